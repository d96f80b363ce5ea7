// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/amount_text.hpp>

#include <array>
#include <cstdio>

namespace clotho::job {

std::string three_digits(double value) {
  std::array<char, 32> text;
  const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string duration_text(std::chrono::nanoseconds time) {
  const auto ns = static_cast<double>(time.count());
  if (ns < 1e3) return std::to_string(time.count()) + " ns";
  if (ns < 1e6) return three_digits(ns / 1e3) + " us";
  if (ns < 1e9) return three_digits(ns / 1e6) + " ms";
  return three_digits(ns / 1e9) + " s";
}

std::string percent_text(double part) { return three_digits(part * 100) + "%"; }

std::string count_text(std::uint64_t count, std::string_view noun) {
  return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

} // namespace clotho::job
