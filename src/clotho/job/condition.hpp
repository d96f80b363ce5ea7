#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include <clotho/job/expression.hpp>

namespace clotho::job {

/// Two expressions compared: "WG * UNROLL <= 1024", by <, <=, >, >=, == or !=. Several joined by "&&" must
/// all hold.
class condition {
 public:
  /// Throws argument_error that shows the text.
  [[nodiscard]] static condition parse(std::string_view text);

  /// Throws what expression::evaluate throws.
  [[nodiscard]] bool holds(const symbol_lookup& names) const;
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  enum class relation { less, less_equal, greater, greater_equal, equal, unequal };
  struct comparison {
    relation how = relation::equal;
    expression left, right;
  };
  static comparison parse_comparison(std::string_view part, std::string_view whole);

  std::string text_;
  std::vector<comparison> parts_;
};

} // namespace clotho::job
