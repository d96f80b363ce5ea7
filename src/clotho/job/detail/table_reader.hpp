#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/job/detail/tree.hpp>
#include <clotho/job/value.hpp>

namespace clotho::job::detail {

/// Reads a table member by member and then refuses those nobody asked for.
class table_reader {
 public:
  /// Throws format_error when `node` is no table.
  explicit table_reader(const tree& node);

  [[nodiscard]] const tree& node() const noexcept { return node_; }
  /// Null when there is no such member.
  [[nodiscard]] const tree* find(std::string_view key);
  /// Throws format_error when there is no such member.
  [[nodiscard]] const tree& require(std::string_view key);
  /// `target = read(member)` when there is such a member.
  template <class Target, class Read> void read(std::string_view key, Target& target, Read&& read_member) {
    if (const tree* member = find(key)) target = read_member(*member);
  }
  /// Throws format_error for the first member that was not asked for, with the nearest that was.
  void finish() const;

 private:
  const tree& node_;
  std::vector<std::string> known_;
};

/// What members may hold. All throw format_error at the place of the node.
[[nodiscard]] const std::string& read_string(const tree& node);
[[nodiscard]] bool read_boolean(const tree& node);
[[nodiscard]] double read_number(const tree& node);
[[nodiscard]] const std::vector<tree>& read_array(const tree& node);
/// A scalar as text, booleans as "1" and "0".
[[nodiscard]] std::string read_text(const tree& node);
[[nodiscard]] std::vector<std::string> read_texts(const tree& node);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_text_table(const tree& node);
/// A string, or an array of strings.
[[nodiscard]] std::vector<std::string> read_strings(const tree& node);
/// A number, or arithmetic in a string.
[[nodiscard]] expression read_expression(const tree& node);
/// One to three of them, alone or in an array.
[[nodiscard]] std::vector<expression> read_range(const tree& node);
/// The same, or "auto", which is empty.
[[nodiscard]] std::vector<expression> read_local_range(const tree& node);
/// The text of a value, a number, a boolean, or an array of numbers.
[[nodiscard]] value read_value(const tree& node);

/// Calls `act` and gives an argument_error the place of `node`.
template <class Act> decltype(auto) located(const tree& node, Act&& act) {
  try {
    return act();
  } catch (const argument_error& why) {
    fail(node, why.what());
  }
}

} // namespace clotho::job::detail
