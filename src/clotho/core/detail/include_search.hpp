#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clotho::detail::clc {

/// A file name as an #include or __has_include writes it.
struct header_name {
  std::string name;
  bool quoted = true;

  /// With its quotes or angle brackets, fit for a message.
  [[nodiscard]] std::string shown() const;
};

/// The header name that `text` begins with; empty when it begins with something else (a macro).
/// `length` becomes the characters it takes.
[[nodiscard]] std::optional<header_name> parse_header_name(std::string_view text, std::size_t& length);

struct found_header {
  enum class outcome { found, missing, refused };
  outcome how = outcome::missing;
  std::filesystem::path path;        ///< as messages show it
  std::filesystem::path canonical;   ///< what to open
  std::vector<std::string> searched; ///< folders
};

/// Looks for headers inside allowed folders, and nowhere else.
class include_search {
 public:
  /// `home`, when there is one, is allowed too, but searched only for the files in it.
  explicit include_search(const std::vector<std::filesystem::path>& folders,
                          const std::optional<std::filesystem::path>& home = std::nullopt);

  /// `beside`: the folder of the including file, if it has one. Whether a file outside the allowed folders
  /// exists makes no difference to the result.
  [[nodiscard]] found_header find(const header_name& header,
                                  const std::optional<std::filesystem::path>& beside) const;

 private:
  [[nodiscard]] bool allows(const std::filesystem::path& canonical) const;

  std::vector<std::filesystem::path> folders_;
  std::vector<std::filesystem::path> allowed_; // canonical
};

} // namespace clotho::detail::clc
