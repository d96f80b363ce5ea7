#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <type_traits>

#include <clotho/algo/placement.hpp>
#include <clotho/flow/buffer.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

/// What elements are to a transposition: bytes.
template <class A>
concept transposable = flow_array<A> &&(sizeof(typename A::value_type) == 1
                                        || sizeof(typename A::value_type) == 2
                                        || sizeof(typename A::value_type) == 4
                                        || sizeof(typename A::value_type) == 8
                                        || sizeof(typename A::value_type) == 16);

struct transposition {
  std::size_t element_bytes, rows, columns, count;
};
future<void> transpose_bytes(const placement& where, const transposition& what,
                             const buffer_slice<std::byte>& from, const buffer_slice<std::byte>& to);
future<void> transpose_bytes_in_place(const placement& where, const transposition& what,
                                      const buffer_slice<std::byte>& square);

} // namespace detail

/// Writes the transposed of a row-major matrix of rows x columns elements, of 1, 2, 4, 8 or 16 bytes, which
/// are moved as they are; with `count`, of as many matrices that lie one after the other.
///
/// Returns at once. Reads and writes each element once. On CPU devices results of 1 MiB and more, whose rows
/// are whole lines of 64 bytes, are written past the caches.
///
/// Throws argument_error unless `in` and `out` have rows * columns * count elements each and share no memory,
/// and for 2^31 rows, columns or matrices.
template <detail::transposable A, detail::transposable B>
requires std::is_same_v<typename A::value_type, typename B::value_type> future<void>
transpose(const placement& where, std::size_t rows, std::size_t columns, const A& in, const B& out,
          std::size_t count = 1) {
  return detail::transpose_bytes(where, {sizeof(typename A::value_type), rows, columns, count},
                                 detail::all_of(in).as_bytes(), detail::all_of(out).as_bytes());
}

/// Transposes a matrix of n x n elements where it is, or `count` of them.
template <detail::transposable A>
future<void> transpose(const placement& where, std::size_t n, const A& square, std::size_t count = 1) {
  return detail::transpose_bytes_in_place(where, {sizeof(typename A::value_type), n, n, count},
                                          detail::all_of(square).as_bytes());
}

} // namespace clotho
