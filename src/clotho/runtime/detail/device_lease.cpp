// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/device_lease.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/hash.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/os/process_name.hpp>
#include <clotho/core/text.hpp>

namespace clotho::detail {

namespace {

// A lock belongs to the open file: without this, two users in one process would exclude each other.
struct held_files {
  struct entry {
    std::unique_ptr<os::file_lock> lock;
    std::size_t users = 0;
  };
  std::mutex mutex;
  std::map<std::filesystem::path, entry> files;
};

// Never destroyed: a device may be given up while static objects go.
held_files& held() {
  static auto& all = *new held_files;
  return all;
}

std::filesystem::path file_for(const device_info& what) {
  const std::string identity = lease_identity(what);
  const std::string name = to_hex(hash_of(std::as_bytes(std::span(identity))));
  const std::filesystem::path folder = os::runtime_folder();
  os::make_private_folder(folder);
  return folder / ("device-" + name.substr(0, 16));
}

// Only for messages: it may be cut short, or of a process that is gone.
std::string holder_of(const std::filesystem::path& file) try {
  constexpr std::size_t most = 4096;
  const std::string text = os::read_text(file, most);
  const std::vector<std::string_view> lines = split(text, '\n');
  if (lines.size() < 2 || !parse_unsigned(lines[0])) return "another process";
  return "process " + std::string(lines[0]) + " (" + printable(lines[1]) + ")";
} catch (const io_error&) {
  return "another process";
}

} // namespace

std::string lease_identity(const device_info& what) {
  if (!what.uuid.empty()) return "uuid " + what.uuid;
  sha256 names;
  names.field(what.platform_name).field(what.vendor).field(what.name);
  return to_hex(names.finish()) + " " + std::to_string(what.index);
}

std::shared_ptr<const device_lease> device_lease::try_take(const device_info& what, std::string& holder) try {
  const std::filesystem::path file = file_for(what);
  held_files& all = held();
  const std::lock_guard lock(all.mutex);
  if (const auto found = all.files.find(file); found == all.files.end()) {
    std::unique_ptr<os::file_lock> locked = os::file_lock::try_lock(file);
    if (!locked) {
      holder = holder_of(file);
      return nullptr;
    }
    locked->write(std::to_string(os::process_number()) + "\n" + os::process_name() + "\n" + what.name + "\n");
    all.files.emplace(file, held_files::entry{std::move(locked), 0});
  }
  std::shared_ptr<const device_lease> made(new device_lease(file));
  ++all.files.at(file).users;
  return made;
} catch (const io_error& why) {
  throw io_error(std::string("no device can be taken for one process alone: ") + why.what()
                     + "; set XDG_RUNTIME_DIR to a folder of your own, or leave out 'exclusive'",
                 why.path());
}

device_lease::~device_lease() {
  held_files& all = held();
  const std::lock_guard lock(all.mutex);
  if (const auto found = all.files.find(file_); found != all.files.end() && --found->second.users == 0)
    all.files.erase(found); // The file stays: who waits for a lock has it open, and another would lock a new one.
}

} // namespace clotho::detail
