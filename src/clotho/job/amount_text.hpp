#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace clotho::job {

/// Amounts as people read them.

/// A number that is not negative, with three digits as far as that needs a point: "1.23", "12.3", "1234".
[[nodiscard]] std::string three_digits(double value);

/// "12.3 ms": three digits and ns, us, ms or s.
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds time);

/// "12.3%" for 0.123.
[[nodiscard]] std::string percent_text(double part);

/// "1 span", "2 spans".
[[nodiscard]] std::string count_text(std::uint64_t count, std::string_view noun);

} // namespace clotho::job
