// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/npz.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/format_failure.hpp>
#include <clotho/job/detail/npy_header.hpp>
#include <clotho/job/detail/npy_stream.hpp>
#include <clotho/job/detail/zip_reader.hpp>
#include <clotho/job/detail/zip_writer.hpp>

namespace clotho {
namespace {

using detail::zip::entry;

constexpr std::string_view suffix = ".npy";

std::string without_suffix(std::string_view name) {
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return std::string(name);
}

bool is_folder(const entry& member) { return member.name.ends_with('/'); }

std::vector<std::string> names(const std::vector<entry>& entries) {
  std::vector<std::string> result;
  for (const entry& member : entries)
    if (!is_folder(member)) result.push_back(without_suffix(member.name));
  return result;
}

std::string listing(const std::vector<std::string>& all) {
  return all.empty() ? "it holds no arrays" : "it holds " + printable(join(all, ", "));
}

const entry& sole_member(const std::vector<entry>& entries, const std::string& file) {
  const auto is_array = [](const entry& member) { return !is_folder(member); };
  if (std::count_if(entries.begin(), entries.end(), is_array) != 1)
    throw argument_error("'" + file + "': name the array to read, as in " + file + ":NAME; "
                         + listing(names(entries)));
  return *std::find_if(entries.begin(), entries.end(), is_array);
}

const entry& find_member(const std::vector<entry>& entries, const std::string& wanted,
                         const std::string& file) {
  if (wanted.empty()) return sole_member(entries, file);
  // Of several members with one name the last counts, as in Python.
  for (const std::string& name : {wanted + std::string(suffix), wanted}) {
    const auto found =
        std::find_if(entries.rbegin(), entries.rend(), [&](auto& m) { return m.name == name; });
    if (found != entries.rend()) return *found;
  }
  const std::vector<std::string> all = names(entries);
  const std::optional<std::string> nearest = did_you_mean(without_suffix(wanted), all);
  throw argument_error("'" + file + "' has no array '" + printable(wanted) + "'; "
                       + (nearest ? "did you mean '" + printable(*nearest) + "'? " : std::string())
                       + listing(all));
}

// Reads what NumPy ignores after the data, so that the checksum covers the whole member.
void drain(detail::byte_source& content) {
  std::array<std::byte, 4096> ignored;
  do {
    const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(content.remaining(), 4096));
    content.read(std::span(ignored).first(most));
  } while (content.remaining() > 0);
}

void check_name(const std::string& name, std::set<std::string>& seen) {
  if (name.empty()) throw argument_error("an array in a .npz file needs a name");
  if (name.size() > 0xff00 || name.find('\0') != std::string::npos)
    throw argument_error("'" + printable(name.substr(0, 40))
                         + "' cannot be the name of an array in a .npz file");
  if (!seen.insert(name).second) throw argument_error("two arrays are named '" + printable(name) + "'");
}

void check_all(const std::vector<std::pair<std::string, host_array>>& arrays) {
  std::set<std::string> seen;
  for (const auto& [name, array] : arrays) {
    check_name(without_suffix(name), seen);
    array.check();
  }
}

} // namespace

std::vector<std::string> list_npz(const std::filesystem::path& path) {
  return names(detail::zip::reader(path).entries());
}

host_array read_npz(const std::filesystem::path& path, const std::string& member, std::uint64_t limit_bytes) {
  detail::zip::reader archive(path);
  const entry& found = find_member(archive.entries(), member, path.string());
  const std::string name = path.string() + ":" + printable(without_suffix(found.name));
  if (found.size_bytes > limit_bytes)
    detail::throw_format(name, "it declares " + std::to_string(found.size_bytes) + " bytes, more than the "
                                   + std::to_string(limit_bytes) + " allowed");
  const std::unique_ptr<detail::byte_source> content = archive.open(found, name);
  host_array array = detail::read_npy_stream(*content, name);
  drain(*content);
  return array;
}

void write_npz(const std::filesystem::path& path,
               const std::vector<std::pair<std::string, host_array>>& arrays, bool compress) {
  check_all(arrays);
  os::atomic_file file(path);
  detail::zip::writer archive(file);
  for (const auto& [name, array] : arrays) {
    const std::string preamble = detail::npy_preamble(array.type, array.shape);
    archive.add(without_suffix(name) + std::string(suffix), std::as_bytes(std::span(preamble)), array.data,
                compress);
  }
  archive.finish();
  file.commit();
}

} // namespace clotho
