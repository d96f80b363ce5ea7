// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/transpose.hpp>

#include <cstdint>
#include <string>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/transpose.hpp>
#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

// Of the right size; elements of 16 bytes go by that of half of one.
scalar bits_of(std::size_t bytes) {
  return bytes == 1 ? scalar::u8 : bytes == 2 ? scalar::u16 : bytes == 4 ? scalar::u32 : scalar::u64;
}

// Side of what an item, or a group, takes.
std::uint32_t block_of(const parameters& tuning) {
  return tuning.shape() == shape::cpu ? tuning["block"] : tuning["tile"];
}

primitive_request describe(const parameters& tuning, std::size_t bytes) {
  const std::string side = std::to_string(block_of(tuning));
  const std::string name = opencl_name({bits_of(bytes), static_cast<std::uint8_t>(bytes == 16 ? 2 : 1)});
  const macro_list types{{"T", name}, {"T_BITS", std::to_string(8 * bytes)}};
  if (tuning.shape() == shape::cpu)
    return {{types[0], types[1], {"BLOCK", side}}, {"transpose_cpu", "transpose_square_cpu"}};
  return {{types[0], types[1], {"TILE", side}}, {"transpose_gpu", "transpose_square_gpu"}};
}

const primitive& transpose_for(const placement& where, std::size_t bytes) {
  return primitive_for(where, {kernels::transpose, bytes}, "transpose", bits_of(bytes),
                       [&](const parameters& tuning) { return describe(tuning, bytes); });
}

std::string described(const transposition& what) {
  return std::to_string(what.rows) + " x " + std::to_string(what.columns)
         + (what.count == 1 ? "" : ", " + std::to_string(what.count) + " times");
}

void check_size(const transposition& what, const char* name, const buffer_slice<std::byte>& memory) {
  constexpr std::size_t too_many = std::size_t{1} << 31;
  if (what.rows >= too_many || what.columns >= too_many || what.count >= too_many)
    throw argument_error("transpose: " + described(what) + ": counts must be below 2^31");
  const auto elements = checked_multiply(what.rows * what.columns, what.count);
  if (!elements || *elements != memory.size() / what.element_bytes)
    throw argument_error("transpose: " + described(what) + " elements are not the "
                         + std::to_string(memory.size() / what.element_bytes) + " of " + name);
}

std::uint32_t narrow(std::size_t value) { return static_cast<std::uint32_t>(value); }

nd_range range_for(const primitive& with, const transposition& what) {
  const std::size_t side = block_of(with.tuning), local = with.shape == shape::cpu ? 1 : side;
  return nd_range({divide_up(what.columns, side) * local, divide_up(what.rows, side) * what.count * local})
      .local({local, local});
}

// Stores past the caches are worth it from here on; elements smaller than 4 bytes come in parts of lines.
bool goes_past_caches(const transposition& what, std::size_t size_bytes) {
  return size_bytes >= std::size_t{1} << 20 && what.element_bytes >= 4
         && what.rows * what.element_bytes % 64 == 0;
}

} // namespace

future<void> transpose_bytes(const placement& where, const transposition& what,
                             const buffer_slice<std::byte>& from, const buffer_slice<std::byte>& to) {
  check_size(what, "in", from);
  check_size(what, "out", to);
  const flat source{from, scalar::u8}, target{to, scalar::u8};
  check_apart("transpose: in and out", source, target);
  if (from.size() == 0) return nothing_to_do(where);
  const primitive& with = transpose_for(where, what.element_bytes);
  const writable result(where, target);
  const std::uint32_t blocks = narrow(divide_up(what.rows, block_of(with.tuning)));
  const std::uint32_t past = goes_past_caches(what, to.size()) ? 1 : 0;
  return result.finish(where.owner().launch(with.kernels[0], range_for(with, what),
                                            in(readable(where, source).bytes), out(result.memory().bytes),
                                            narrow(what.rows), narrow(what.columns), blocks, past));
}

future<void> transpose_bytes_in_place(const placement& where, const transposition& what,
                                      const buffer_slice<std::byte>& square) {
  check_size(what, "the matrix", square);
  if (square.size() == 0) return nothing_to_do(where);
  const primitive& with = transpose_for(where, what.element_bytes);
  const writable result(where, {square, scalar::u8}, true);
  const std::uint32_t blocks = narrow(divide_up(what.rows, block_of(with.tuning)));
  return result.finish(where.owner().launch(with.kernels[1], range_for(with, what),
                                            inout(result.memory().bytes), narrow(what.rows), blocks));
}

} // namespace clotho::detail
