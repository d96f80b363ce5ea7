#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/formula.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

/// The arguments of a launch of a formula's kernel, gathered one by one. What is added is borrowed, but for
/// bases.
class formula_call {
 public:
  explicit formula_call(std::size_t most) {
    arguments_.reserve(most);
    bases_.reserve(most);
  }

  template <class T> void add(const T& value) { arguments_.emplace_back(launch_argument(value)); }
  /// A scalar, or an array that lies in a row.
  void add(const operand& one);
  /// An array at any steps, `more` elements further on.
  void add(const operand& one, std::int64_t more, const std::array<std::int64_t, 4>& steps);
  void add_result(const array_state& target);
  /// Elements in a row that are all written.
  void add_flat(const flat& result) { arguments_.emplace_back(out(result.bytes)); }
  /// `whole`: it is written by this launch alone.
  void add_result(const array_state& target, std::int64_t more, const std::array<std::int64_t, 4>& steps,
                  bool whole);

  [[nodiscard]] std::span<const flow_argument> arguments() const noexcept { return arguments_; }

 private:
  void add_place(const array_state& of, std::int64_t more, const std::array<std::int64_t, 4>& steps);

  std::vector<flow_argument> arguments_;
  std::vector<std::int64_t> bases_;
};

/// How the target, if there is one, and the arrays of a formula lie when they are repeated to `shape`.
[[nodiscard]] std::vector<layout> views_of(const formula& what, const extents& shape,
                                           const array_state* target);

} // namespace clotho::detail
