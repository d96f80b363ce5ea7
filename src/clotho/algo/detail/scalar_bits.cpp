// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/scalar_bits.hpp>

#include <limits>
#include <type_traits>

namespace clotho::detail {

namespace {

template <class T> T neutral_number(operation op) {
  using limits = std::numeric_limits<T>;
  switch (op) {
  case operation::multiplies:
  case operation::logical_and: return T{1};
  case operation::minimum: return limits::has_quiet_NaN ? limits::quiet_NaN() : limits::max();
  case operation::maximum: return limits::has_quiet_NaN ? limits::quiet_NaN() : limits::lowest();
  case operation::bit_and: return static_cast<T>(-1);
  default: break;
  }
  return T{0};
}

} // namespace

scalar integer_like(scalar type, bool with_sign) noexcept {
  switch (size_bytes(type)) {
  case 1: return with_sign ? scalar::i8 : scalar::u8;
  case 2: return with_sign ? scalar::i16 : scalar::u16;
  case 4: return with_sign ? scalar::i32 : scalar::u32;
  default: break;
  }
  return with_sign ? scalar::i64 : scalar::u64;
}

scalar_bits neutral_of(operation op, scalar type) {
  return visit_scalar(type, [op]<class T>(T) {
    if constexpr (std::is_same_v<T, half>)
      return scalar_bits(to_half(neutral_number<double>(op)));
    else
      return scalar_bits(neutral_number<T>(op));
  });
}

} // namespace clotho::detail
