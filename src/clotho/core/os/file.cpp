// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include <clotho/core/error.hpp>

namespace clotho::os {
namespace {

constexpr std::size_t largest_transfer = std::size_t{1} << 30;

std::string reason(int error_number) { return std::generic_category().message(error_number); }

[[noreturn]] void throw_io(const char* what, const std::filesystem::path& path, const std::string& why) {
  throw io_error(std::string("cannot ") + what + " '" + path.string() + "': " + why, path.string());
}

struct descriptor {
  int number;
  explicit descriptor(int n) : number(n) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number >= 0) ::close(number);
  }
};

template <class Container> Container read_whole(const std::filesystem::path& path, std::uint64_t limit) {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would hang.
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) throw_io("read", path, reason(errno));
  struct stat status {};
  if (::fstat(file.number, &status) != 0) throw_io("read", path, reason(errno));
  if (S_ISDIR(status.st_mode)) throw_io("read", path, "it is a folder, not a file");
  if (!S_ISREG(status.st_mode)) throw_io("read", path, "it is not a regular file");

  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit)
    throw_io("read", path,
             "it holds " + std::to_string(size) + " bytes, more than the " + std::to_string(limit)
                 + " allowed here");
  Container content(static_cast<std::size_t>(size), typename Container::value_type{});
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got =
        ::read(file.number, content.data() + filled, std::min(content.size() - filled, largest_transfer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_io("read", path, reason(errno));
    if (got == 0) break; // The file shrank meanwhile; what is left is what it is.
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

std::filesystem::path temporary_name(const std::filesystem::path& target) {
  static std::atomic<unsigned> serial{0};
  std::filesystem::path name = target;
  name += ".tmp" + std::to_string(::getpid()) + "." + std::to_string(serial++);
  return name;
}

} // namespace

bytes read_file(const std::filesystem::path& path, std::uint64_t limit) {
  return read_whole<bytes>(path, limit);
}

std::string read_text(const std::filesystem::path& path, std::uint64_t limit) {
  return read_whole<std::string>(path, limit);
}

atomic_file::atomic_file(std::filesystem::path target, access who) : target_(std::move(target)) {
  const mode_t mode = who == access::owner_only ? 0600 : 0666;
  std::error_code ignored;
  const auto status = std::filesystem::status(target_, ignored);
  if (std::filesystem::is_directory(status)) throw_io("write", target_, "it is a folder, not a file");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    // Through a link the file it points to is replaced, not the link.
    if (std::filesystem::is_symlink(target_, ignored)) target_ = std::filesystem::weakly_canonical(target_);
    // rename() needs only a writable folder: without this a read-only file would be replaced all the same.
    if (std::filesystem::exists(status) && ::access(target_.c_str(), W_OK) != 0)
      throw_io("write", target_, reason(errno));
    temporary_ = temporary_name(target_);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  }
  if (descriptor_ < 0) {
    temporary_.clear();
    fail(errno);
  }
}

atomic_file::~atomic_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void atomic_file::fail(int error_number) const { throw_io("write", target_, reason(error_number)); }

void atomic_file::write(std::span<const std::byte> data) {
  while (!data.empty()) {
    const ssize_t put = ::write(descriptor_, data.data(), std::min(data.size(), largest_transfer));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail(errno);
    data = data.subspan(static_cast<std::size_t>(put));
  }
}

void atomic_file::commit() {
  if (!temporary_.empty()) {
    struct stat old {};
    if (::stat(target_.c_str(), &old) == 0 && ::fchmod(descriptor_, old.st_mode & 07777) != 0) fail(errno);
    if (::fsync(descriptor_) != 0) fail(errno);
  }
  if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno);
  if (!temporary_.empty() && ::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> data, access who) {
  atomic_file file(path, who);
  file.write(data);
  file.commit();
}

void write_file(const std::filesystem::path& path, std::string_view text, access who) {
  write_file(path, std::as_bytes(std::span(text)), who);
}

void make_private_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), failure);
  if (failure) throw_io("create", folder.parent_path(), failure.message());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw_io("create", folder, reason(errno));
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0) throw_io("use", folder, reason(errno));
  if (!S_ISDIR(status.st_mode)) throw_io("use", folder, "it is not a folder");
  if (status.st_uid != ::geteuid()) throw_io("use", folder, "it belongs to another user");
  if ((status.st_mode & 0022) != 0) throw_io("use", folder, "others may write to it; run: chmod go-w");
}

file_lock::file_lock(const std::filesystem::path& path, unlocked)
    : path_(path), descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (descriptor_ < 0) throw_io("lock", path, reason(errno));
}

file_lock::file_lock(const std::filesystem::path& path) : file_lock(path, unlocked()) { (void)lock(LOCK_EX); }

std::unique_ptr<file_lock> file_lock::try_lock(const std::filesystem::path& path) {
  std::unique_ptr<file_lock> made(new file_lock(path, unlocked()));
  return made->lock(LOCK_EX | LOCK_NB) ? std::move(made) : nullptr;
}

bool file_lock::lock(int operation) {
  while (::flock(descriptor_, operation) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw_io("lock", path_, reason(errno));
  }
  return true;
}

void file_lock::write(std::string_view text) {
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    throw_io("write", path_, reason(errno));
}

file_lock::~file_lock() { ::close(descriptor_); }

} // namespace clotho::os
