// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/tuning_store.hpp>

#include <algorithm>

#include <clotho/algo/tuning_files.hpp>
#include <clotho/core/hash.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/source.hpp>

namespace clotho::job {
namespace {

namespace fs = std::filesystem;

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

tuning_store tuning_store::of_user() { return tuning_store(tuning_folder()); }

fs::path tuning_store::file_for(const device_info& device) const {
  return folder_ / tuning_file_name(device);
}

void tuning_store::save(const device_info& device, const std::string& name, const tuning_choice& choice,
                        std::optional<scalar> type) const {
  os::make_private_folder(folder_);
  const os::file_lock lock(folder_ / "lock");
  const fs::path file = file_for(device);
  tuning_table made;
  const tuning_table former = fs::exists(file) ? read_table(file) : tuning_table();
  for (const tuning_table::record& one : former.records())
    if (one.primitive != name || one.type != type) made.add(one);
  parameters numbers;
  for (const auto& [number, value] : choice) numbers.set(number, value);
  for (const std::string& selector : tuning_selectors(device)) made.add({selector, name, type, numbers});
  os::write_file(file, to_string(made));
}

std::optional<tuning_store::record> tuning_store::find(const device_info& device,
                                                       const std::string& name) const {
  const std::vector<std::string> selectors = tuning_selectors(device);
  std::vector<ranked> found;
  for (const fs::path& file : tuning_files(folder_)) {
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
