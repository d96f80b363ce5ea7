#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clotho::os {

using bytes = std::vector<std::byte>;

inline constexpr std::uint64_t no_limit = static_cast<std::uint64_t>(-1);

/// The whole content of a regular file. Throws io_error when it cannot be read, is not a regular file (a
/// directory, a device, a pipe that would block) or holds more than `limit` bytes.
[[nodiscard]] bytes read_file(const std::filesystem::path& path, std::uint64_t limit = no_limit);
[[nodiscard]] std::string read_text(const std::filesystem::path& path, std::uint64_t limit = no_limit);

/// Who may read a file that clotho writes.
enum class access { by_umask, owner_only };

/// A file that appears whole or not at all: written under a temporary name beside its target, synced, renamed
/// by commit(). Destroyed before commit(), it leaves no trace and the old file as it was. A target that
/// exists but is not a regular file (/dev/stdout, /dev/full, a pipe) is written in place.
class atomic_file {
 public:
  explicit atomic_file(std::filesystem::path target, access who = access::by_umask);
  ~atomic_file();
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  /// Throws io_error (disk full, ...).
  void write(std::span<const std::byte> data);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void commit();

 private:
  void fail(int error_number) const;

  std::filesystem::path target_;
  std::filesystem::path temporary_; // empty when the target is written in place
  int descriptor_ = -1;
};

void write_file(const std::filesystem::path& path, std::span<const std::byte> data,
                access who = access::by_umask);
void write_file(const std::filesystem::path& path, std::string_view text, access who = access::by_umask);

/// Creates a folder and its parents, readable by the owner alone; throws io_error when it cannot, or when the
/// folder belongs to somebody else or is writable by others: nothing private may be read from or put there.
void make_private_folder(const std::filesystem::path& folder);

/// An exclusive lock on a file (flock), held until destruction; processes and threads exclude each other. The system
/// ends it with the process, however that ends; a fork holds it too. Links are not followed.
class file_lock {
 public:
  /// Waits until `path`, created if need be, is locked. Throws io_error.
  explicit file_lock(const std::filesystem::path& path);
  /// Null when somebody else has it. Throws io_error.
  [[nodiscard]] static std::unique_ptr<file_lock> try_lock(const std::filesystem::path& path);
  ~file_lock();
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

  /// Replaces the content of the locked file, which others may read meanwhile. Throws io_error.
  void write(std::string_view text);

 private:
  struct unlocked {};
  file_lock(const std::filesystem::path& path, unlocked);
  [[nodiscard]] bool lock(int operation);

  std::filesystem::path path_;
  int descriptor_ = -1;
};

} // namespace clotho::os
