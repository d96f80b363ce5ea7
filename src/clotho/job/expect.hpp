#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <string>

#include <clotho/job/host_array.hpp>

namespace clotho::job {

/// How an array compares with what it should be.
struct expectation_report {
  std::string buffer, expected;
  bool holds = false;
  std::size_t differing = 0, compared = 0;
  std::optional<std::size_t> first_index; ///< of the first element that differs, in C order
  double first_value = 0, first_expected = 0;
  double largest_difference = 0; ///< infinite when a number faces a NaN
  std::string problem;           ///< shapes differ, ...: empty when it is about values
};

/// How far apart two numbers may be: |a - b| <= absolute + relative * |b|.
struct tolerance {
  double absolute = 0, relative = 0;
};

/// Compares element by element. Integers without a tolerance compare exactly, 64-bit ones too; NaN equals
/// NaN and nothing else, an infinity itself. `expected` is first converted to the type of `actual` if that
/// only rounds it. Different shapes are a problem; a single number is compared with every element.
[[nodiscard]] expectation_report compare(const host_array& actual, const host_array& expected,
                                         const tolerance& allowed = {});

/// What a report says, in one line: "holds", "3 of 100 elements differ; first [7]: 1.5, expected 2; largest
/// difference 0.5".
[[nodiscard]] std::string to_string(const expectation_report& report);

} // namespace clotho::job
