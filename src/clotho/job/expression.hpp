#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clotho::job {

namespace detail {
struct instruction;
}

/// What a name stands for in an expression: a scalar argument or parameter ("n"), or a property of an array:
/// its first dimension as the bare name, "x.n" elements, "x.w" width, "x.h" height, "x.d" depth, "x.c"
/// channels, "x.bytes".
using symbol_lookup = std::function<std::optional<double>(std::string_view name)>;

/// A small arithmetic expression over names: + - * / % ( ) min(a,b) max(a,b) ceil_div(a,b), as global sizes,
/// shapes, flops and bytes are written. Division of whole numbers drops the fraction, as in C: "7/2" is 3 and
/// "7/2.0" is 3.5; a name is whole when its value is. "$n" and "${n}" are the name "n". A default-constructed
/// expression has no text and cannot be evaluated.
class expression {
 public:
  /// Throws argument_error that shows the text and the place.
  [[nodiscard]] static expression parse(std::string_view text);

  /// Throws argument_error when a name is unknown, when dividing by zero, and when the value is not finite.
  [[nodiscard]] double evaluate(const symbol_lookup& names) const;
  /// As a size: throws argument_error when the value is negative, not whole, or 2^53 or more, or a name is
  /// unknown.
  [[nodiscard]] std::uint64_t evaluate_size(const symbol_lookup& names) const;

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// The names it mentions, each once, "src.w" as written.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::string text_;
  std::shared_ptr<const std::vector<detail::instruction>> code_; // Immutable, so that copies may share it.
};

} // namespace clotho::job
