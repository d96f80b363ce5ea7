// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/input_file.hpp>

#include <cerrno>
#include <system_error>

#include <clotho/core/error.hpp>

namespace clotho::detail {

input_file::input_file(const std::filesystem::path& path) : path_(path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path_, failure);
  if (failure) fail(failure.message());
  if (std::filesystem::is_directory(status)) fail("it is a folder, not a file");
  // Opening a pipe that nobody writes to would hang.
  if (!std::filesystem::is_regular_file(status)) fail("it is not a regular file");
  size_ = std::filesystem::file_size(path_, failure);
  if (failure) fail(failure.message());
  errno = 0;
  stream_.open(path_, std::ios::binary);
  if (!stream_) fail(errno != 0 ? std::generic_category().message(errno) : "it cannot be opened");
}

void input_file::read_at(std::uint64_t offset, std::span<std::byte> target) {
  if (target.empty()) return;
  stream_.seekg(static_cast<std::streamoff>(offset));
  stream_.read(reinterpret_cast<char*>(target.data()), static_cast<std::streamsize>(target.size()));
  if (!stream_) fail("it ended before byte " + std::to_string(offset + target.size()) + "; did it change?");
}

void input_file::fail(const std::string& why) const {
  throw io_error("cannot read '" + path_.string() + "': " + why, path_.string());
}

} // namespace clotho::detail
