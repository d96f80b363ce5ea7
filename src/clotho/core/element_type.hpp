#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clotho {

/// The scalar types an OpenCL buffer can hold.
enum class scalar : std::uint8_t { i8, u8, i16, u16, i32, u32, i64, u64, f16, f32, f64 };

[[nodiscard]] std::size_t size_bytes(scalar type) noexcept;
[[nodiscard]] bool is_floating(scalar type) noexcept;
[[nodiscard]] bool is_signed(scalar type) noexcept;

/// A scalar or an OpenCL vector of 2, 3, 4, 8 or 16 of them.
struct element_type {
  scalar base = scalar::f32;
  std::uint8_t width = 1;

  /// Bytes an element takes in memory: a vector of 3 takes the room of 4.
  [[nodiscard]] std::size_t size_bytes() const noexcept {
    return clotho::size_bytes(base) * (width == 3 ? 4u : width);
  }
  friend bool operator==(const element_type&, const element_type&) = default;
};

/// The OpenCL C name: "float4", "uchar", "half".
[[nodiscard]] std::string opencl_name(element_type type);
/// The short name that the command line and files use: "f32", "u8".
[[nodiscard]] const char* short_name(scalar type) noexcept;
/// From "float4", "uint", "unsigned int", "f32", "uint8_t"-free OpenCL spelling; nothing else.
[[nodiscard]] std::optional<element_type> parse_element_type(std::string_view name);

/// An IEEE 754 half as host code holds it: bits, no arithmetic.
struct half {
  std::uint16_t bits = 0;
  friend bool operator==(half, half) = default;
};
/// Round to nearest even; overflow gives infinity, NaN stays NaN.
[[nodiscard]] half to_half(double value) noexcept;
[[nodiscard]] double to_double(half value) noexcept;

template <class T> struct scalar_of_type;
template <> struct scalar_of_type<std::int8_t> { static constexpr scalar value = scalar::i8; };
template <> struct scalar_of_type<std::uint8_t> { static constexpr scalar value = scalar::u8; };
template <> struct scalar_of_type<std::int16_t> { static constexpr scalar value = scalar::i16; };
template <> struct scalar_of_type<std::uint16_t> { static constexpr scalar value = scalar::u16; };
template <> struct scalar_of_type<std::int32_t> { static constexpr scalar value = scalar::i32; };
template <> struct scalar_of_type<std::uint32_t> { static constexpr scalar value = scalar::u32; };
template <> struct scalar_of_type<std::int64_t> { static constexpr scalar value = scalar::i64; };
template <> struct scalar_of_type<std::uint64_t> { static constexpr scalar value = scalar::u64; };
template <> struct scalar_of_type<half> { static constexpr scalar value = scalar::f16; };
template <> struct scalar_of_type<float> { static constexpr scalar value = scalar::f32; };
template <> struct scalar_of_type<double> { static constexpr scalar value = scalar::f64; };

/// The scalar that the host type `T` is.
template <class T> inline constexpr scalar scalar_of = scalar_of_type<T>::value;

/// A host type that is one OpenCL scalar.
template <class T>
concept scalar_value = requires {
  scalar_of_type<T>::value;
};

/// Calls `f` with a value of the host type of `type`: visit_scalar(s, [&]<class T>(T) { ... }).
template <class F> decltype(auto) visit_scalar(scalar type, F&& f) {
  switch (type) {
  case scalar::i8: return f(std::int8_t{});
  case scalar::u8: return f(std::uint8_t{});
  case scalar::i16: return f(std::int16_t{});
  case scalar::u16: return f(std::uint16_t{});
  case scalar::i32: return f(std::int32_t{});
  case scalar::u32: return f(std::uint32_t{});
  case scalar::i64: return f(std::int64_t{});
  case scalar::u64: return f(std::uint64_t{});
  case scalar::f16: return f(half{});
  case scalar::f32: return f(float{});
  case scalar::f64: break;
  }
  return f(double{});
}

} // namespace clotho
