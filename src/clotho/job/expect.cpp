// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/expect.hpp>

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include <clotho/job/detail/number_text.hpp>

namespace clotho::job {
namespace {

// |a - b|; exact for integers up to the point where a double rounds it.
template <class T> double distance(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using natural = std::make_unsigned_t<T>;
    const auto apart = static_cast<natural>(a > b ? static_cast<natural>(a) - static_cast<natural>(b)
                                                  : static_cast<natural>(b) - static_cast<natural>(a));
    return static_cast<double>(apart);
  } else {
    const double x = a, y = b;
    if (x == y || (std::isnan(x) && std::isnan(y))) return 0;
    const double apart = std::fabs(x - y);
    return std::isnan(apart) ? std::numeric_limits<double>::infinity() : apart;
  }
}

bool within(double distance, double expected, const tolerance& allowed) {
  // An infinite bound would let anything pass.
  const double relative = std::isfinite(expected) ? allowed.relative * std::fabs(expected) : 0;
  return distance <= allowed.absolute + relative;
}

struct counter {
  expectation_report& report;
  const tolerance& allowed;

  template <class T> void add(std::size_t index, T value, T wanted) {
    const double apart = distance(value, wanted);
    ++report.compared;
    report.largest_difference = std::fmax(report.largest_difference, apart);
    if (within(apart, static_cast<double>(wanted), allowed)) return;
    ++report.differing;
    if (report.first_index) return;
    report.first_index = index;
    report.first_value = static_cast<double>(value);
    report.first_expected = static_cast<double>(wanted);
  }
};

// The expectation in the type of the result, when that means the same numbers.
host_array fitted(const host_array& expected, scalar type) {
  try {
    return convert(expected, type);
  } catch (const argument_error&) {
    return expected;
  }
}

void compare_values(counter& count, const host_array& actual, const host_array& expected) {
  const std::size_t step = expected.shape.empty() ? 0 : 1;
  if (actual.type != expected.type) {
    for (std::size_t i = 0; i < actual.element_count(); ++i)
      count.add(i, to_double(actual, i), to_double(expected, i * step));
    return;
  }
  visit_scalar(actual.type, [&]<class T>(T) {
    const auto a = actual.values<T>(), b = expected.values<T>();
    for (std::size_t i = 0; i < a.size(); ++i)
      count.add(i, clotho::detail::arithmetic(a[i]), clotho::detail::arithmetic(b[i * step]));
  });
}

std::string number(double value) { return clotho::detail::number_text(value); }

} // namespace

expectation_report compare(const host_array& actual, const host_array& expected, const tolerance& allowed) {
  expectation_report report;
  if (!expected.shape.empty() && actual.shape != expected.shape) {
    report.problem = "its shape is " + shape_text(actual.shape) + ", expected " + shape_text(expected.shape);
    return report;
  }
  counter count{report, allowed};
  compare_values(count, actual, fitted(expected, actual.type));
  report.holds = report.differing == 0;
  return report;
}

std::string to_string(const expectation_report& report) {
  if (!report.problem.empty()) return report.problem;
  if (report.holds) return "holds";
  std::string text = std::to_string(report.differing) + " of " + std::to_string(report.compared)
                     + (report.compared == 1 ? " element differs" : " elements differ");
  if (report.first_index)
    text += "; first [" + std::to_string(*report.first_index) + "]: " + number(report.first_value)
            + ", expected " + number(report.first_expected);
  return text + "; largest difference " + number(report.largest_difference);
}

} // namespace clotho::job
