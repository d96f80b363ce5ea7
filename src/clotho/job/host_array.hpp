#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>

namespace clotho {

/// Numbers of one type in host memory with a shape: what files hold and buffers are filled from.
/// Always C order (the last index runs fastest) and native byte order; owns its data.
struct host_array {
  scalar type = scalar::f32;
  std::vector<std::size_t> shape = {0}; ///< empty for a single number
  os::bytes data;

  [[nodiscard]] std::size_t size_bytes() const noexcept { return data.size(); }
  [[nodiscard]] std::size_t element_count() const noexcept { return data.size() / clotho::size_bytes(type); }

  /// The elements in C order. Throws argument_error when the array holds another type.
  template <scalar_value T> [[nodiscard]] std::span<const T> values() const {
    expect(scalar_of<T>);
    return {reinterpret_cast<const T*>(data.data()), element_count()};
  }
  template <scalar_value T> [[nodiscard]] std::span<T> values() {
    expect(scalar_of<T>);
    return {reinterpret_cast<T*>(data.data()), element_count()};
  }

  /// Throws argument_error when `data` is not as long as type and shape demand.
  void check() const;

  friend bool operator==(const host_array&, const host_array&) = default;

 private:
  void expect(scalar wanted) const;
};

/// The product of a shape, 1 for no dimensions. Throws argument_error when it does not fit std::size_t.
[[nodiscard]] std::size_t element_count(std::span<const std::size_t> shape);
/// As Python writes a tuple: "()", "(3,)", "(2, 3)".
[[nodiscard]] std::string shape_text(std::span<const std::size_t> shape);

/// An array of zeros. Throws argument_error when its size overflows or memory does not suffice.
[[nodiscard]] host_array make_array(scalar type, std::vector<std::size_t> shape);

/// The same values as another type. A value may change by rounding to the nearest number that a
/// floating-point type holds, and by nothing else: an integer that does not fit, a fraction, infinity or NaN
/// that should become an integer, and a finite number that would become infinite throw argument_error naming
/// element and value.
[[nodiscard]] host_array convert(host_array array, scalar to);

/// Element `i` in C order, rounded when it is a 64-bit integer beyond 2^53. Throws argument_error past the
/// end.
[[nodiscard]] double to_double(const host_array& array, std::size_t i);

} // namespace clotho
