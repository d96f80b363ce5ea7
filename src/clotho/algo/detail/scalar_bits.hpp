#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstring>

#include <clotho/algo/operators.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/runtime/launch_argument.hpp>

namespace clotho::detail {

/// One value without its C++ type.
class scalar_bits {
 public:
  template <scalar_value T> explicit scalar_bits(T value) noexcept : type_(scalar_of<T>) {
    std::memcpy(bytes_.data(), &value, sizeof value);
  }

  [[nodiscard]] scalar type() const noexcept { return type_; }
  [[nodiscard]] const std::byte* data() const noexcept { return bytes_.data(); }
  template <scalar_value T> [[nodiscard]] T as() const noexcept {
    T value{};
    std::memcpy(&value, bytes_.data(), sizeof value);
    return value;
  }
  /// As a kernel's argument; borrows this.
  [[nodiscard]] launch_argument argument() const noexcept {
    launch_argument made(nullptr);
    made.what = bound::scalar;
    made.type = {type_, 1};
    made.size = size_bytes(type_);
    made.object = bytes_.data();
    return made;
  }

 private:
  scalar type_;
  std::array<std::byte, 8> bytes_{};
};

/// The integer that is as wide: what comparing vectors gives.
[[nodiscard]] scalar integer_like(scalar type, bool with_sign) noexcept;

/// What an operator does not change values of `type` by.
[[nodiscard]] scalar_bits neutral_of(operation op, scalar type);

} // namespace clotho::detail
