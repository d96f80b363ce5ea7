#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string_view>

#include <clotho/algo/placement.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/flow/buffer.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

/// Elements in a row, without their C++ type.
struct flat {
  buffer_slice<std::byte> bytes;
  scalar type;

  [[nodiscard]] std::size_t size() const noexcept { return bytes.size() / size_bytes(type); }
  /// A part. Throws argument_error unless it lies inside.
  [[nodiscard]] flat slice(std::size_t offset, std::size_t count) const {
    return {bytes.slice(offset * size_bytes(type), count * size_bytes(type)), type};
  }
};

/// What primitives take: a buffer of scalars, or a part of one.
template <class A>
concept flat_array = flow_array<A> && scalar_value<typename A::value_type>;

template <flat_array A> [[nodiscard]] flat flat_of(const A& what) {
  return {all_of(what).as_bytes(), scalar_of<typename A::value_type>};
}

/// Memory for the tasks that use it, which keep it; its content is indeterminate.
[[nodiscard]] flat temporary(const placement& where, scalar type, std::size_t count);

/// `what` as a kernel on that device can take it: itself, or a copy when it does not begin where the device
/// wants parts to.
[[nodiscard]] flat readable(const placement& where, const flat& what);

/// Where a kernel on that device can write what is meant for `target`.
class writable {
 public:
  /// `keeps`: the kernel does not write all of it, or reads it.
  writable(const placement& where, flat target, bool keeps = false);
  [[nodiscard]] const flat& memory() const noexcept { return memory_; }
  /// Brings it there. `last` is the task that wrote it; returns what ends when all is done.
  [[nodiscard]] future<void> finish(future<void> last) const;

 private:
  placement where_;
  flat target_, memory_;
  bool is_copy_;
};

/// The two share some bytes.
[[nodiscard]] bool overlap(const flat& a, const flat& b) noexcept;
/// Throws argument_error unless they share none: "sort: keys and values overlap".
void check_apart(std::string_view what, const flat& a, const flat& b);
/// Throws argument_error unless they have as many elements: "dot: x has 3 elements and y 4".
void check_same_count(std::string_view what, std::string_view a_name, const flat& a, std::string_view b_name,
                      const flat& b);

/// A task that is done already.
[[nodiscard]] future<void> nothing_to_do(const placement& where);

} // namespace clotho::detail
