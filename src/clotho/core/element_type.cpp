// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/element_type.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include <clotho/core/text.hpp>

namespace clotho {
namespace {

struct scalar_record {
  scalar type;
  std::size_t size;
  const char* opencl;
  const char* brief;
};

constexpr std::array<scalar_record, 11> scalars{{
    {scalar::i8, 1, "char", "i8"},
    {scalar::u8, 1, "uchar", "u8"},
    {scalar::i16, 2, "short", "i16"},
    {scalar::u16, 2, "ushort", "u16"},
    {scalar::i32, 4, "int", "i32"},
    {scalar::u32, 4, "uint", "u32"},
    {scalar::i64, 8, "long", "i64"},
    {scalar::u64, 8, "ulong", "u64"},
    {scalar::f16, 2, "half", "f16"},
    {scalar::f32, 4, "float", "f32"},
    {scalar::f64, 8, "double", "f64"},
}};

const scalar_record& record(scalar type) { return scalars[static_cast<std::size_t>(type)]; }

// "unsigned int" and its kin, which clang prints and people write.
constexpr std::array<std::pair<std::string_view, scalar>, 10> long_names{{
    {"signed char", scalar::i8},
    {"unsigned char", scalar::u8},
    {"unsigned short", scalar::u16},
    {"signed short", scalar::i16},
    {"unsigned int", scalar::u32},
    {"unsigned", scalar::u32},
    {"signed int", scalar::i32},
    {"signed", scalar::i32},
    {"unsigned long", scalar::u64},
    {"signed long", scalar::i64},
}};

} // namespace

std::size_t size_bytes(scalar type) noexcept { return record(type).size; }
bool is_floating(scalar type) noexcept { return type >= scalar::f16; }
bool is_signed(scalar type) noexcept { return is_floating(type) || static_cast<std::uint8_t>(type) % 2 == 0; }
const char* short_name(scalar type) noexcept { return record(type).brief; }

std::string opencl_name(element_type type) {
  return record(type.base).opencl + (type.width > 1 ? std::to_string(type.width) : std::string());
}

std::optional<element_type> parse_element_type(std::string_view name) {
  for (const auto& [spelling, type] : long_names)
    if (name == spelling) return element_type{type, 1};
  for (const scalar_record& r : scalars) {
    if (name == r.brief) return element_type{r.type, 1};
    if (!name.starts_with(r.opencl)) continue;
    const std::string_view width = name.substr(std::string_view(r.opencl).size());
    if (width.empty()) return element_type{r.type, 1};
    for (const int w : {2, 3, 4, 8, 16})
      if (width == std::to_string(w)) return element_type{r.type, static_cast<std::uint8_t>(w)};
  }
  return std::nullopt;
}

half to_half(double value) noexcept {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 48 & 0x8000);
  const double magnitude = std::fabs(value);
  if (std::isnan(value)) return {static_cast<std::uint16_t>(sign | 0x7e00)};
  if (magnitude >= 65520.0) return {static_cast<std::uint16_t>(sign | 0x7c00)};
  // Scaling by a power of two is exact, so rounding happens once, in nearbyint, to the format's last place.
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  const int unit = magnitude == 0 ? -24 : std::max(exponent - 11, -24);
  const auto steps = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(magnitude, -unit)));
  const std::uint32_t biased = unit == -24 ? steps : (static_cast<std::uint32_t>(unit + 24) << 10) + steps;
  return {static_cast<std::uint16_t>(sign | biased)};
}

double to_double(half value) noexcept {
  const int exponent = value.bits >> 10 & 31;
  const int fraction = value.bits & 0x3ff;
  double magnitude = 0;
  if (exponent == 31)
    magnitude = fraction ? NAN : INFINITY;
  else
    magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  return value.bits & 0x8000 ? -magnitude : magnitude;
}

} // namespace clotho
