// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/key_order.hpp>

#include <algorithm>
#include <string>

#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

// Those below bit `count`.
constexpr std::uint64_t low_bits(unsigned count) {
  return count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

unsigned bits_of(scalar type) { return static_cast<unsigned>(8 * size_bytes(type)); }

unsigned end_of(scalar type, const sort_options& how) {
  return how.end_bit == sort_options::all_bits ? bits_of(type) : how.end_bit;
}

} // namespace

key_order order_of(scalar type, const sort_options& how) {
  const unsigned bits = bits_of(type);
  const bool is_integer_with_sign = is_signed(type) && !is_floating(type);
  const std::uint64_t sign = is_integer_with_sign ? std::uint64_t{1} << (bits - 1) : 0;
  return {sign ^ (how.descending ? low_bits(bits) : 0),
          low_bits(end_of(type, how)) & ~low_bits(how.begin_bit)};
}

void check_bits(std::string_view what, scalar type, const sort_options& how) {
  const unsigned all = bits_of(type), end = end_of(type, how);
  if (how.begin_bit == 0 && end == all) return;
  const std::string bits = std::string(what) + ": bits " + std::to_string(how.begin_bit) + " to "
                           + std::to_string(end) + " of " + opencl_name({type, 1}) + " keys";
  if (is_floating(type))
    throw argument_error(bits + ": only keys that are integers can be sorted by some of their bits");
  if (how.begin_bit >= end || end > all)
    throw argument_error(bits + ", which have bits 0 to " + std::to_string(all));
}

macro_list key_macros(scalar type, std::size_t value_bytes) {
  return {{"KEY_BYTES", std::to_string(size_bytes(type))},
          {"VALUE_BYTES", std::to_string(value_bytes)},
          {"IS_FLOAT", is_floating(type) ? "1" : "0"}};
}

} // namespace clotho::detail
