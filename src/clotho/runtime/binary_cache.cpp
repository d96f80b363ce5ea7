// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/binary_cache.hpp>

#include <algorithm>
#include <cstring>
#include <system_error>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/text.hpp>

namespace clotho {
namespace {

namespace fs = std::filesystem;

// An entry is: magic, digest of all that follows, key, length of the label, label, binary. Numbers are
// little-endian.
constexpr std::string_view magic = "CLOTHO-BINARY-1\n";
constexpr std::string_view suffix = ".clbin";
constexpr std::size_t key_at = magic.size() + sizeof(digest);
constexpr std::size_t label_length_at = key_at + sizeof(digest);
constexpr std::size_t header_bytes = label_length_at + 4;
constexpr std::size_t longest_label = 4096;
constexpr std::uint64_t largest_entry = std::uint64_t{1} << 31;

std::array<std::byte, 4> little_endian(std::size_t value) {
  std::array<std::byte, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
  return bytes;
}

std::size_t label_length(std::span<const std::byte> header) {
  std::size_t length = 0;
  for (std::size_t i = 4; i-- > 0;)
    length = length << 8 | std::to_integer<std::size_t>(header[label_length_at + i]);
  return length;
}

os::bytes encode(const cache_key& key, std::span<const std::byte> binary, std::string_view label) {
  label = label.substr(0, longest_label);
  os::bytes content(key_at);
  const auto append = [&](std::span<const std::byte> part) {
    content.insert(content.end(), part.begin(), part.end());
  };
  append(key.bytes);
  append(little_endian(label.size()));
  append(std::as_bytes(std::span(label)));
  append(binary);
  const digest sum = hash_of(std::span(content).subspan(key_at));
  std::memcpy(content.data(), magic.data(), magic.size());
  std::memcpy(content.data() + magic.size(), sum.data(), sum.size());
  return content;
}

bool has_magic(std::span<const std::byte> content) {
  return content.size() >= header_bytes && std::memcmp(content.data(), magic.data(), magic.size()) == 0
         && label_length(content) <= std::min(longest_label, content.size() - header_bytes);
}

// Where the binary begins, when the entry is whole and is what `key` asks for.
std::optional<std::size_t> binary_offset(std::span<const std::byte> content, const std::string& key) {
  if (!has_magic(content) || to_hex(content.subspan(key_at, sizeof(digest))) != key) return std::nullopt;
  const digest sum = hash_of(content.subspan(key_at));
  if (std::memcmp(content.data() + magic.size(), sum.data(), sum.size()) != 0) return std::nullopt;
  return header_bytes + label_length(content);
}

std::string label_of(std::span<const std::byte> content) {
  return {reinterpret_cast<const char*>(content.data()) + header_bytes, label_length(content)};
}

std::chrono::system_clock::time_point to_system(fs::file_time_type time) {
  return std::chrono::time_point_cast<std::chrono::system_clock::duration>(
      std::chrono::file_clock::to_sys(time));
}

// Calls `f(path, status-size, last-use)` for every file in the folder; what vanishes meanwhile is passed
// over.
template <class F> void for_each_file(const fs::path& folder, F f) {
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    std::error_code gone;
    const std::uint64_t size = at->file_size(gone);
    const fs::file_time_type used = at->last_write_time(gone);
    if (!gone) f(at->path(), size, used);
  }
}

bool is_entry(const fs::path& path) { return path.extension() == suffix; }

// Temporary files and locks that no living process can need any more.
bool is_left_over(const fs::path& path, fs::file_time_type used) {
  return !is_entry(path) && fs::file_time_type::clock::now() - used > std::chrono::hours(1);
}

} // namespace

binary_cache::binary_cache(fs::path folder, cache_mode mode, std::uint64_t cap_bytes)
    : folder_(std::move(folder)), mode_(mode), cap_bytes_(cap_bytes) {
  if (fs::exists(folder_) || mode_ == cache_mode::read_write) os::make_private_folder(folder_);
}

std::shared_ptr<binary_cache> binary_cache::from_environment(std::string* problem) {
  const std::string wish = os::environment("CLOTHO_CACHE").value_or("on");
  if (wish == "off") return nullptr;
  if (wish != "on" && wish != "readonly")
    throw argument_error("CLOTHO_CACHE is '" + printable(wish) + "'; it can be on, off or readonly");
  const std::string size = os::environment("CLOTHO_CACHE_SIZE").value_or("1GiB");
  const std::optional<std::uint64_t> cap = parse_size(size);
  if (!cap)
    throw argument_error("CLOTHO_CACHE_SIZE is '" + printable(size) + "'; it is a size such as 512MiB");
  const std::optional<fs::path> folder = os::cache_folder();
  try {
    if (folder)
      return std::make_shared<binary_cache>(
          *folder / "programs", wish == "on" ? cache_mode::read_write : cache_mode::read_only, *cap);
    if (problem) *problem = "there is no home folder; set CLOTHO_CACHE_DIR";
  } catch (const std::exception& failure) {
    if (problem) *problem = failure.what();
  }
  return nullptr;
}

fs::path binary_cache::path_of(const cache_key& key) const {
  return folder_ / (key.text() + std::string(suffix));
}

std::optional<os::bytes> binary_cache::load(const cache_key& key) noexcept try {
  const fs::path path = path_of(key);
  std::error_code missing;
  if (!fs::exists(path, missing)) return std::nullopt;
  os::bytes content = os::read_file(path, largest_entry);
  const std::optional<std::size_t> offset = binary_offset(content, key.text());
  if (!offset) {
    remove(key);
    return std::nullopt;
  }
  content.erase(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(*offset));
  // The time of last use, by which prune() decides; access times are often off.
  if (mode_ == cache_mode::read_write) fs::last_write_time(path, fs::file_time_type::clock::now(), missing);
  return content;
} catch (...) {
  return std::nullopt;
}

bool binary_cache::store(const cache_key& key, std::span<const std::byte> binary,
                         const std::string& label) noexcept try {
  if (mode_ == cache_mode::read_only || binary.empty()) return false;
  os::make_private_folder(folder_);
  os::write_file(path_of(key), encode(key, binary, label), os::access::owner_only);
  prune(cap_bytes_);
  return true;
} catch (...) {
  return false;
}

void binary_cache::remove(const cache_key& key) noexcept {
  std::error_code ignored;
  if (mode_ == cache_mode::read_write) fs::remove(path_of(key), ignored);
}

std::unique_ptr<os::file_lock> binary_cache::lock(const cache_key& key) noexcept try {
  if (mode_ == cache_mode::read_only) return nullptr;
  // 256 lock files for all keys: they are never removed while in use, so their number has to be bounded.
  return std::make_unique<os::file_lock>(folder_ / ("lock-" + key.text().substr(0, 2)));
} catch (...) {
  return nullptr;
}

std::vector<binary_cache::entry> binary_cache::list() const {
  std::vector<entry> entries;
  for_each_file(folder_, [&](const fs::path& path, std::uint64_t size, fs::file_time_type used) {
    if (!is_entry(path)) return;
    entry found{path.stem().string(), "", size, to_system(used), false};
    try {
      const os::bytes content = os::read_file(path, largest_entry);
      found.intact = has_magic(content);
      if (found.intact) found.label = label_of(content);
    } catch (const error&) { // unreadable counts as damaged
    }
    entries.push_back(std::move(found));
  });
  std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.last_used > b.last_used; });
  return entries;
}

std::vector<binary_cache::entry> binary_cache::verify() {
  std::vector<entry> damaged;
  for (entry& candidate : list()) {
    const fs::path path = folder_ / (candidate.key + std::string(suffix));
    bool intact = false;
    try {
      intact = binary_offset(os::read_file(path, largest_entry), candidate.key).has_value();
    } catch (const error&) { // unreadable counts as damaged
    }
    if (intact) continue;
    candidate.intact = false;
    damaged.push_back(candidate);
    std::error_code ignored;
    if (mode_ == cache_mode::read_write) fs::remove(path, ignored);
  }
  return damaged;
}

std::uint64_t binary_cache::prune(std::uint64_t cap_bytes) noexcept try {
  struct file {
    fs::path path;
    std::uint64_t size;
    fs::file_time_type used;
  };
  std::vector<file> entries;
  std::uint64_t total = 0, freed = 0;
  std::error_code failure;
  for_each_file(folder_, [&](const fs::path& path, std::uint64_t size, fs::file_time_type used) {
    if (is_entry(path))
      entries.push_back({path, size, used}), total += size;
    else if (is_left_over(path, used) && fs::remove(path, failure))
      freed += size;
  });
  std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.used < b.used; });
  for (const file& oldest : entries) {
    if (total <= cap_bytes) break;
    if (fs::remove(oldest.path, failure)) freed += oldest.size;
    total -= oldest.size;
  }
  return freed;
} catch (...) {
  return 0;
}

} // namespace clotho
