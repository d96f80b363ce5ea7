// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/include_search.hpp>

#include <algorithm>
#include <system_error>

#include <clotho/core/text.hpp>

namespace clotho::detail::clc {
namespace {

namespace fs = std::filesystem;

fs::path canonical_folder(const fs::path& folder) {
  std::error_code failure;
  fs::path whole = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, failure);
  if (!whole.has_filename()) whole = whole.parent_path(); // "dir/" would not compare as a prefix
  return failure ? fs::path() : whole;
}

bool is_inside(const fs::path& file, const fs::path& folder) {
  if (folder.empty()) return false;
  const auto [in_folder, in_file] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return in_folder == folder.end() && in_file != file.end();
}

std::string shown_folder(const fs::path& folder) { return folder.empty() ? "." : folder.string(); }

} // namespace

std::string header_name::shown() const {
  return quoted ? '"' + printable(name) + '"' : '<' + printable(name) + '>';
}

std::optional<header_name> parse_header_name(std::string_view text, std::size_t& length) {
  if (text.empty() || (text[0] != '"' && text[0] != '<')) return std::nullopt;
  const std::size_t end = text.find(text[0] == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos || end == 1) return std::nullopt;
  length = end + 1;
  return header_name{std::string(text.substr(1, end - 1)), text[0] == '"'};
}

include_search::include_search(const std::vector<fs::path>& folders, const std::optional<fs::path>& home)
    : folders_(folders) {
  for (const fs::path& folder : folders_) allowed_.push_back(canonical_folder(folder));
  if (home) allowed_.push_back(canonical_folder(*home));
}

bool include_search::allows(const fs::path& canonical) const {
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const fs::path& folder) { return is_inside(canonical, folder); });
}

found_header include_search::find(const header_name& header, const std::optional<fs::path>& beside) const {
  std::vector<fs::path> folders;
  if (header.quoted && beside) folders.push_back(*beside);
  folders.insert(folders.end(), folders_.begin(), folders_.end());

  found_header result;
  if (folders.empty() && fs::path(header.name).is_absolute()) result.how = found_header::outcome::refused;
  for (const fs::path& folder : folders) {
    const fs::path candidate = folder / header.name;
    std::error_code failure;
    const fs::path canonical = fs::weakly_canonical(candidate, failure);
    if (failure || !allows(canonical)) {
      result.how = found_header::outcome::refused;
      continue;
    }
    result.searched.push_back(shown_folder(folder));
    if (!fs::exists(canonical, failure)) continue;
    return {found_header::outcome::found, candidate.lexically_normal(), canonical, {}};
  }
  return result;
}

} // namespace clotho::detail::clc
