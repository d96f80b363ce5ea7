// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/launch_capture.hpp>

#include <string>
#include <system_error>

#include <clotho/core/error.hpp>
#include <clotho/core/glob.hpp>
#include <clotho/core/os/process_name.hpp>
#include <clotho/flow/detail/launch_record.hpp>

namespace clotho::detail {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what, const fs::path& path, const std::error_code& why) {
  throw io_error(std::string("cannot ") + what + " '" + path.string() + "': " + why.message(), path.string());
}

std::string four_digits(std::size_t number) {
  const std::string digits = std::to_string(number);
  return digits.size() < 4 ? std::string(4 - digits.size(), '0') + digits : digits;
}

bool is_taken(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

} // namespace

std::unique_ptr<launch_record> launch_capture::record_of(const std::string& kernel) noexcept try {
  if (!matches_any_glob(kernel, wanted_.kernels)) return nullptr;
  const std::lock_guard lock(mutex_);
  if (submitted_[kernel] >= wanted_.most_per_kernel) return nullptr;
  ++submitted_[kernel];
  return std::make_unique<launch_record>(*this);
} catch (const std::exception& why) {
  log_(log_level::warning, why.what());
  return nullptr;
}

fs::path launch_capture::make_folder(const std::string& kernel) {
  std::error_code failure;
  fs::create_directories(wanted_.folder, failure);
  if (failure) fail("create", wanted_.folder, failure);
  const std::lock_guard lock(mutex_);
  for (;;) { // another process of this number may have left one behind
    const std::string number = std::to_string(os::process_number()) + "-" + std::to_string(++folders_);
    const fs::path made = wanted_.folder / ("." + kernel + "-" + number + ".partial");
    if (fs::create_directory(made, failure)) return made;
    if (failure) fail("create", made, failure);
  }
}

fs::path launch_capture::publish(const fs::path& made, const std::string& kernel) {
  for (std::size_t number = 1;; ++number) {
    fs::path name = wanted_.folder / (kernel + "-" + four_digits(number));
    if (is_taken(name)) continue;
    std::error_code failure;
    fs::rename(made, name, failure);
    if (!failure) return name;
    if (!is_taken(name)) fail("create", name, failure); // else another process was faster
  }
}

} // namespace clotho::detail
