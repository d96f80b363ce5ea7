// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/host_array.hpp>

#include <cmath>
#include <concepts>
#include <limits>
#include <new>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <clotho/core/checked.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/number_text.hpp>

namespace clotho {
namespace {

// True when the integer type holds `value`, which is then a whole number.
template <std::integral To> bool holds(double value) {
  const double end = std::ldexp(1.0, std::numeric_limits<To>::digits);
  const double begin = std::is_signed_v<To> ? -end : 0.0;
  return value >= begin && value < end && value == std::trunc(value);
}

template <class To> To round_to(double value) {
  if constexpr (std::is_same_v<To, half>)
    return to_half(value);
  else
    return static_cast<To>(value);
}

bool is_infinite(half value) { return std::isinf(to_double(value)); }
bool is_infinite(double value) { return std::isinf(value); }

// `value` as `To` when it changes by rounding at most.
template <class To, class From> std::optional<To> fitted(From value) {
  if constexpr (std::is_same_v<From, half>) {
    return fitted<To>(to_double(value));
  } else if constexpr (std::integral<To> && std::integral<From>) {
    return std::in_range<To>(value) ? std::optional<To>(static_cast<To>(value)) : std::nullopt;
  } else if constexpr (std::integral<To>) {
    return holds<To>(value) ? std::optional<To>(static_cast<To>(value)) : std::nullopt;
  } else if constexpr (std::integral<From> && !std::is_same_v<To, half>) {
    return static_cast<To>(value); // Directly: by way of double a 64-bit integer would be rounded twice.
  } else {
    const To rounded = round_to<To>(static_cast<double>(value));
    const bool overflowed = is_infinite(rounded) && !is_infinite(static_cast<double>(value));
    return overflowed ? std::nullopt : std::optional<To>(rounded);
  }
}

std::string index_text(std::span<const std::size_t> shape, std::size_t i) {
  std::vector<std::string> indices(shape.size());
  for (std::size_t d = shape.size(); d-- > 0; i /= shape[d]) indices[d] = std::to_string(i % shape[d]);
  return "[" + join(indices, ", ") + "]";
}

bool is_whole(double value) { return value == std::trunc(value) && std::isfinite(value); }

template <class From>
[[noreturn]] void throw_unfit(From value, scalar to, const std::vector<std::size_t>& shape, std::size_t i) {
  const std::string text = "element " + index_text(shape, i) + " is " + detail::number_text(value);
  if constexpr (!std::integral<From>)
    if (!is_floating(to) && !is_whole(static_cast<double>(detail::arithmetic(value))))
      throw argument_error(text + ", which is not a whole number; " + short_name(to) + " needs one");
  throw argument_error(text + ", which does not fit " + detail::range_text(to));
}

template <class To, class From> void convert_values(const host_array& from, host_array& to) {
  const std::span<const From> source = from.values<From>();
  const std::span<To> target = to.values<To>();
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::optional<To> value = fitted<To>(source[i]);
    if (!value) throw_unfit(source[i], to.type, from.shape, i);
    target[i] = *value;
  }
}

} // namespace

void host_array::expect(scalar wanted) const {
  if (type != wanted)
    throw argument_error(std::string("the array holds ") + short_name(type) + ", not " + short_name(wanted)
                         + "; use convert()");
}

void host_array::check() const {
  const std::optional<std::size_t> needed =
      checked_multiply(clotho::element_count(shape), clotho::size_bytes(type));
  if (needed != data.size())
    throw argument_error("the array says " + shape_text(shape) + " " + short_name(type) + " but holds "
                         + std::to_string(data.size()) + " bytes");
}

std::size_t element_count(std::span<const std::size_t> shape) {
  const std::optional<std::size_t> count = checked_product(shape);
  if (!count)
    throw argument_error("an array of shape " + shape_text(shape)
                         + " has more elements than memory can have");
  return *count;
}

std::string shape_text(std::span<const std::size_t> shape) {
  std::vector<std::string> sizes;
  for (const std::size_t size : shape) sizes.push_back(std::to_string(size));
  return "(" + join(sizes, ", ") + (sizes.size() == 1 ? ",)" : ")");
}

host_array make_array(scalar type, std::vector<std::size_t> shape) {
  const std::optional<std::size_t> size = checked_multiply(element_count(shape), size_bytes(type));
  host_array array{type, std::move(shape), {}};
  const std::string what =
      "an array of " + shape_text(array.shape) + " " + short_name(type) + " does not fit into memory";
  try {
    array.data.resize(size ? *size : array.data.max_size() + 1);
  } catch (const std::bad_alloc&) {
    throw argument_error(what);
  } catch (const std::length_error&) {
    throw argument_error(what);
  }
  return array;
}

host_array convert(host_array array, scalar to) {
  if (array.type == to) return array;
  host_array result = make_array(to, array.shape);
  visit_scalar(array.type, [&]<class From>(From) {
    visit_scalar(to, [&]<class To>(To) { convert_values<To, From>(array, result); });
  });
  return result;
}

double to_double(const host_array& array, std::size_t i) {
  if (i >= array.element_count())
    throw argument_error("element " + std::to_string(i) + " of an array of "
                         + std::to_string(array.element_count()));
  return visit_scalar(
      array.type, [&]<class T>(T) { return static_cast<double>(detail::arithmetic(array.values<T>()[i])); });
}

} // namespace clotho
