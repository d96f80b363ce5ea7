#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/diagnostic.hpp>

namespace clotho::job::detail {

/// What TOML and JSON have in common, so that a document means the same in either.
struct tree {
  enum class kind { boolean, integer, real, string, array, table };

  kind what = kind::table;
  std::string key;            ///< of a table's member
  std::string text;           ///< of a scalar: "true", "16", "2.0", a string's content
  std::vector<tree> children; ///< items of an array, members of a table, in the order of the document
  std::string path;           ///< "steps[2].global"; empty for the document
  source_location where;

  [[nodiscard]] bool is(kind other) const noexcept { return what == other; }
  [[nodiscard]] const tree* find(std::string_view name) const noexcept;
};

/// "a string", "an array", ...
[[nodiscard]] const char* to_string(tree::kind what) noexcept;

/// Throws format_error at the place of `node`: "steps[2].global: <problem>".
[[noreturn]] void fail(const tree& node, const std::string& problem);

/// How arrays and tables may nest; deeper documents are refused.
inline constexpr int deepest_tree = 64;

/// Throws format_error when `table` has 10,000 members: finding one takes time in proportion.
void check_size(const tree& table);

/// Read a document; `file` is for messages. Throw format_error with line and column.
[[nodiscard]] tree read_toml(std::string_view text, std::string_view file);
[[nodiscard]] tree read_json(std::string_view text, std::string_view file);

/// "steps" and "global" make "steps.global"; "" and "steps" make "steps".
[[nodiscard]] std::string member_path(const std::string& parent, std::string_view key);
[[nodiscard]] std::string item_path(const std::string& parent, std::size_t index);

/// A number as text that keeps integers and reals apart: "2", "2.0", "1e+30".
[[nodiscard]] std::string real_text(double value);

} // namespace clotho::job::detail
