// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/tuning_store.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/hash.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/source.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/selector.hpp>

namespace clotho::job {
namespace {

namespace fs = std::filesystem;

// The longest part of a name that a selector can hold and a tuning_table can write, which has no '_'.
std::string name_word(std::string_view name) {
  std::string word(trim(name.substr(0, name.find_first_of(",+:_"))));
  std::replace(word.begin(), word.end(), ' ', '_');
  return word;
}

bool matches(const std::string& selector, const device_info& device) {
  try {
    return !select(selector::parse(selector), std::span(&device, 1)).empty();
  } catch (const selection_error&) {
    return false;
  }
}

std::string vendor_of(const device_info& device) {
  for (const char* word :
       {"pocl", "rusticl", "clover", "oclgrind", "nvidia", "amd", "intel", "arm", "qualcomm", "apple"})
    if (matches(word, device)) return word;
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

std::string line_of(std::string_view selector, std::string_view name, std::string_view type,
                    const std::vector<std::pair<std::string, std::uint32_t>>& numbers) {
  std::string line = std::string(selector) + " " + std::string(name) + " " + std::string(type);
  for (const auto& [key, value] : numbers)
    line += " " + key + "=" + (key == "shape" ? (value == 0 ? "cpu" : "gpu") : std::to_string(value));
  return line + "\n";
}

tuning_table read_table(const fs::path& file) {
  return tuning_table::parse(os::read_text(file), file.string());
}

struct ranked {
  std::size_t nearness;
  tuning_table::record record;
};

} // namespace

std::string tuning_name(const fs::path& file, std::string_view kernel,
                        const std::vector<fs::path>& include_folders) {
  sha256 hash;
  // The files themselves: the flattened text names their folders.
  for (const fs::path& one : load_source(file, include_folders).files) hash.field(os::read_text(one));
  return std::string(kernel) + "@" + to_hex(hash.finish()).substr(0, 16);
}

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

tuning_store tuning_store::of_user() {
  if (const auto own = os::environment("CLOTHO_TUNING_DIR")) return tuning_store(*own);
  if (const auto folder = os::data_folder()) return tuning_store(*folder / "tuning");
  throw io_error("there is no folder for tuning records: set CLOTHO_TUNING_DIR, XDG_DATA_HOME or HOME",
                 "tuning");
}

fs::path tuning_store::file_for(const device_info& device) const {
  return folder_ / (slug(vendor_of(device) + " " + device.name) + ".tuning");
}

void tuning_store::save(const device_info& device, const std::string& name,
                        const tuning_choice& choice) const {
  os::make_private_folder(folder_);
  const os::file_lock lock(folder_ / "lock");
  const fs::path file = file_for(device);
  std::string text = "# clotho tuning 1\n";
  const tuning_table former = fs::exists(file) ? read_table(file) : tuning_table();
  for (const tuning_table::record& one : former.records())
    if (one.primitive != name)
      text += line_of(one.selector, one.primitive, one.type ? short_name(*one.type) : "*", one.numbers.all());
  for (const std::string& selector : tuning_selectors(device)) text += line_of(selector, name, "*", choice);
  os::write_file(file, text);
}

std::optional<tuning_store::record> tuning_store::find(const device_info& device,
                                                       const std::string& name) const {
  const std::vector<std::string> selectors = tuning_selectors(device);
  std::vector<ranked> found;
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, ignored))
    if (entry.path().extension() == ".tuning") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const tuning_table table = read_table(file);
    for (const tuning_table::record& one : table.records()) {
      if (one.primitive != name) continue;
      const auto place = std::find(selectors.begin(), selectors.end(), one.selector);
      if (place != selectors.end())
        found.push_back({static_cast<std::size_t>(place - selectors.begin()), one});
    }
  }
  if (found.empty()) return std::nullopt;
  const auto nearest = std::max_element(
      found.begin(), found.end(), [](const ranked& a, const ranked& b) { return a.nearness < b.nearness; });
  return record{nearest->record.selector, nearest->record.numbers.all()};
}

} // namespace clotho::job
