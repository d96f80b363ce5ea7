// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/job/detail/number_text.hpp>
#include <clotho/job/detail/philox.hpp>
#include <clotho/job/value.hpp>

namespace clotho::job {
namespace {

using clotho::detail::number_text;

[[noreturn]] void throw_unfit(const std::string& what, scalar type) {
  throw argument_error(what + " does not fit " + clotho::detail::range_text(type));
}

// `value` as a T. Floating types round; infinity stays what it is, and a finite number must not become it.
template <scalar_value T> T fitted(double value) {
  if constexpr (std::integral<T>) {
    const double end = std::ldexp(1.0, std::numeric_limits<T>::digits);
    const double begin = std::is_signed_v<T> ? -end : 0.0;
    if (!(value >= begin && value < end && value == std::trunc(value)))
      throw_unfit(number_text(value), scalar_of<T>);
    return static_cast<T>(value);
  } else {
    const double limit = std::is_same_v<T, half>    ? 65520.0
                         : std::is_same_v<T, float> ? 0x1.ffffffp127 // rounds up to 2^128
                                                    : std::numeric_limits<double>::infinity();
    if (std::isfinite(value) && std::fabs(value) >= limit) throw_unfit(number_text(value), scalar_of<T>);
    if constexpr (std::is_same_v<T, half>)
      return to_half(value);
    else
      return static_cast<T>(value);
  }
}

template <class T> constexpr int precision_bits = std::numeric_limits<T>::digits;
template <> constexpr int precision_bits<half> = 11;

// From 0 on and below 1, with as many bits as a T holds, so that rounding never makes it 1.
template <class T> double unit_interval(std::uint64_t random) {
  return std::ldexp(static_cast<double>(random >> (64 - precision_bits<T>)), -precision_bits<T>);
}

// Of the numbers 0 to `span`. The bias of the remainder is below span / 2^64.
std::uint64_t below_or_at(std::uint64_t random, std::uint64_t span) {
  return span == std::numeric_limits<std::uint64_t>::max() ? random : random % (span + 1);
}

template <scalar_value T> void fill_uniform(std::span<T> out, const generator& recipe) {
  const T low = fitted<T>(recipe.low), high = fitted<T>(recipe.high);
  if constexpr (std::integral<T>) {
    const auto base = static_cast<std::uint64_t>(low);
    const std::uint64_t span = static_cast<std::uint64_t>(high) - base;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<T>(base + below_or_at(detail::random_words(recipe.seed, i)[0], span));
  } else {
    // Not low + u * (high - low), whose difference may overflow.
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double u = unit_interval<T>(detail::random_words(recipe.seed, i)[0]);
      out[i] = fitted<T>(recipe.low * (1 - u) + recipe.high * u);
    }
  }
}

// Box and Muller's cosine half, one pair of words an element: an element depends on its index alone.
double normal(std::uint64_t seed, std::uint64_t index) {
  const auto [a, b] = detail::random_words(seed, index);
  constexpr double two_pi = 6.283185307179586;
  const double above_zero = 1 - unit_interval<double>(a);
  return std::sqrt(-2 * std::log(above_zero)) * std::cos(two_pi * unit_interval<double>(b));
}

template <scalar_value T> void fill_normal(std::span<T> out, const generator& recipe) {
  if constexpr (std::integral<T>)
    throw argument_error("'randn:' gives fractions, which " + std::string(short_name(scalar_of<T>))
                         + " cannot hold; use 'rand:' with lo and hi");
  else
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = fitted<T>(normal(recipe.seed, i));
}

template <scalar_value T> void fill_iota(std::span<T> out) {
  if (!out.empty() && out.size() - 1 < (std::uint64_t{1} << 53))
    (void)fitted<T>(static_cast<double>(out.size() - 1));
  for (std::size_t i = 0; i < out.size(); ++i)
    if constexpr (std::is_same_v<T, half>)
      out[i] = to_half(static_cast<double>(i));
    else
      out[i] = static_cast<T>(i);
}

template <scalar_value T> void fill(std::span<T> out, const generator& recipe) {
  switch (recipe.what) {
  case generator::kind::zeros:
  case generator::kind::like: break; // Arrays are made of zeros.
  case generator::kind::fill: std::fill(out.begin(), out.end(), fitted<T>(recipe.value)); break;
  case generator::kind::iota: fill_iota(out); break;
  case generator::kind::uniform: fill_uniform(out, recipe); break;
  case generator::kind::normal: fill_normal(out, recipe); break;
  }
}

} // namespace

host_array generate(const generator& recipe, scalar type, std::vector<std::size_t> shape) {
  host_array array = make_array(type, std::move(shape));
  visit_scalar(type, [&]<class T>(T) { fill(array.values<T>(), recipe); });
  return array;
}

} // namespace clotho::job
