// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/tuning_files.hpp>

#include <algorithm>
#include <span>

#include <clotho/algo/tuning_space.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/selector.hpp>

namespace clotho {

namespace {

namespace fs = std::filesystem;

// The longest part of a name that a selector can hold and a tuning_table can write, which has no '_'.
std::string name_word(std::string_view name) {
  std::string word(trim(name.substr(0, name.find_first_of(",+:_"))));
  std::replace(word.begin(), word.end(), ' ', '_');
  return word;
}

std::string vendor_of(const device_info& device) {
  for (const char* word :
       {"pocl", "rusticl", "clover", "oclgrind", "nvidia", "amd", "intel", "arm", "qualcomm", "apple"})
    if (fits({word, {}, {}, {}}, device)) return word;
  return {};
}

// PoCL names processors "pthread-skylake-avx512-Intel(R) Xeon(R)"; drivers of GPUs name the architecture, or
// do not tell.
std::string architecture_of(const device_info& device) {
  for (const std::string_view kind : {"pthread-", "basic-", "cpu-"}) {
    if (!device.name.starts_with(kind)) continue;
    const std::string_view rest = std::string_view(device.name).substr(kind.size());
    for (const std::string_view maker : {"-Intel", "-AMD", "-ARM"})
      if (const std::size_t end = rest.find(maker); end != rest.npos) return name_word(rest.substr(0, end));
  }
  return {};
}

// A file's name: letters, digits and dashes.
std::string slug(std::string_view text) {
  std::string made;
  for (const char c : to_lower(text)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_plain)
      made += c;
    else if (!made.empty() && made.back() != '-')
      made += '-';
  }
  while (made.ends_with('-')) made.pop_back();
  return made.substr(0, 100);
}

tuning_table read_checked(const fs::path& file) try {
  return tuning_table::parse(os::read_text(file), file.string(), tuning_names::known);
} catch (const format_error& wrong) {
  const std::string why = std::string(wrong.what()).substr(to_string(wrong.where()).size() + 2);
  throw format_error(wrong.where(),
                     why + "; correct the file or delete it, or set CLOTHO_TUNING=off to do without");
}

// Puts the records that fit in the order of how near they are.
class nearest_last {
 public:
  explicit nearest_last(const device_info& device) : device_(device), selectors_(tuning_selectors(device)) {}

  void add(const tuning_table& more) {
    for (const tuning_table::record& one : more.records())
      if (fits(one, device_)) found_.push_back({nearness(one.selector), &one});
  }

  [[nodiscard]] tuning_table take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const ranked& a, const ranked& b) { return a.nearness < b.nearness; });
    tuning_table made;
    for (const ranked& one : found_)
      if (is_possible(made, *one.record)) made.add(*one.record);
    return made;
  }

 private:
  struct ranked {
    std::size_t nearness;
    const tuning_table::record* record;
  };

  [[nodiscard]] std::size_t nearness(const std::string& selector) const {
    if (selector == "*") return 0;
    const auto place = std::find(selectors_.begin(), selectors_.end(), selector);
    return 1 + static_cast<std::size_t>(place - selectors_.begin());
  }

  // What holds for a type of many devices may be too much for this one.
  [[nodiscard]] bool is_possible(const tuning_table& others, const tuning_table::record& one) const {
    if (find_tunable(one.primitive) == nullptr) return true;
    const scalar type = one.type.value_or(scalar::f64);
    parameters numbers = others.look_up(device_, one.primitive, type);
    for (const auto& [name, value] : one.numbers.all()) numbers.set(name, value);
    return tuning_refusal(device_, one.primitive, type, numbers).empty();
  }

  const device_info& device_;
  std::vector<std::string> selectors_;
  std::vector<ranked> found_;
};

tuning_table with_files_of(const fs::path& folder, const device_info& device) {
  std::vector<tuning_table> tables{tuning_table::shipped()};
  for (const fs::path& file : tuning_files(folder)) tables.push_back(read_checked(file));
  nearest_last all(device);
  for (const tuning_table& one : tables) all.add(one);
  return all.take();
}

} // namespace

std::vector<std::string> tuning_selectors(const device_info& device) {
  std::vector<std::string> words;
  if (device.type != device_type::other) words.emplace_back(to_string(device.type));
  const std::string vendor = vendor_of(device), architecture = architecture_of(device),
                    name = name_word(device.name);
  if (!vendor.empty()) words.push_back(vendor);
  if (!vendor.empty() && !architecture.empty()) words.push_back(vendor + "+name=" + architecture);
  if (!name.empty()) words.push_back("name=" + name);
  return words;
}

std::string tuning_file_name(const device_info& device) {
  return slug(vendor_of(device) + " " + device.name) + ".tuning";
}

fs::path tuning_folder() {
  if (const auto own = os::environment("CLOTHO_TUNING_DIR")) return *own;
  if (const auto folder = os::data_folder()) return *folder / "tuning";
  throw io_error("there is no folder for tuning records: set CLOTHO_TUNING_DIR, XDG_DATA_HOME or HOME",
                 "tuning");
}

std::vector<fs::path> tuning_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".tuning") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

tuning_table known_tuning(const device_info& device) {
  const std::string wish = os::environment("CLOTHO_TUNING").value_or("");
  if (wish == "off") return tuning_table::shipped();
  if (wish.empty()) {
    const bool has_home = os::environment("CLOTHO_TUNING_DIR") || os::data_folder();
    return has_home ? with_files_of(tuning_folder(), device) : tuning_table::shipped();
  }
  tuning_table all = tuning_table::shipped();
  all.append(read_checked(wish));
  return all;
}

} // namespace clotho
