#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <clotho/core/hash.hpp>
#include <clotho/core/os/file.hpp>

namespace clotho {

/// Names what a binary was made from: everything that could change it.
struct cache_key {
  digest bytes{};
  [[nodiscard]] std::string text() const { return to_hex(bytes); }
  friend bool operator==(const cache_key&, const cache_key&) = default;
};

enum class cache_mode { read_write, read_only };

/// Compiled programs on disk, one file each, for one user.
///
/// An entry appears whole or not at all, and is checked against its digest before a driver sees it: PoCL
/// aborts the process on damaged binaries. Whatever is wrong with an entry, it is a miss, and the entry is
/// removed. The folder is readable by its owner alone. When the entries exceed the cap the least recently
/// used go. Safe from any thread and any number of processes; there is no lock over the whole cache, only one
/// per key while it is being built.
class binary_cache {
 public:
  static constexpr std::uint64_t default_cap_bytes = std::uint64_t{1} << 30;

  /// Uses `folder`, created when first written to. Throws io_error when it cannot be private.
  explicit binary_cache(std::filesystem::path folder, cache_mode mode = cache_mode::read_write,
                        std::uint64_t cap_bytes = default_cap_bytes);

  /// As the environment wants it: in os::cache_folder(), unless CLOTHO_CACHE is "off" (then null) or
  /// "readonly"; CLOTHO_CACHE_SIZE caps it. Null as well when no private folder can be had; `problem` then
  /// says why.
  [[nodiscard]] static std::shared_ptr<binary_cache> from_environment(std::string* problem = nullptr);

  /// The binary, if it is there and intact. Never throws.
  [[nodiscard]] std::optional<os::bytes> load(const cache_key& key) noexcept;
  /// Adds or replaces. `label` tells people what it is. Never throws: false when it could not be stored.
  bool store(const cache_key& key, std::span<const std::byte> binary, const std::string& label) noexcept;
  /// Forgets an entry that turned out not to work.
  void remove(const cache_key& key) noexcept;

  /// Held while the program of `key` is compiled, so that of many processes one does the work. Null when
  /// locking is not possible; then everyone compiles.
  [[nodiscard]] std::unique_ptr<os::file_lock> lock(const cache_key& key) noexcept;

  struct entry {
    std::string key;
    std::string label;
    std::uint64_t size_bytes = 0; ///< on disk
    std::chrono::system_clock::time_point last_used;
    bool intact = true; ///< as far as was looked: see verify()
  };
  /// Everything in the cache, the most recently used first. Reads headers only.
  [[nodiscard]] std::vector<entry> list() const;
  /// Reads every entry whole; damaged ones are removed unless the cache is read-only. Returns them.
  std::vector<entry> verify();
  /// Removes the least recently used until at most `cap_bytes` remain, and what crashed processes left
  /// behind. Returns how many bytes went. Throws nothing.
  std::uint64_t prune(std::uint64_t cap_bytes) noexcept;

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] cache_mode mode() const noexcept { return mode_; }
  [[nodiscard]] std::uint64_t cap_bytes() const noexcept { return cap_bytes_; }

 private:
  [[nodiscard]] std::filesystem::path path_of(const cache_key& key) const;

  std::filesystem::path folder_;
  cache_mode mode_;
  std::uint64_t cap_bytes_;
};

} // namespace clotho
