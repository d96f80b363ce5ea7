// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/array_state.hpp>

#include <algorithm>
#include <string>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

std::shared_ptr<const array_state> make_state(const placement& where, const buffer_slice<std::byte>& memory,
                                              scalar type, const layout& view) {
  const std::size_t each = size_bytes(type);
  if (const std::size_t end = view.extent().end; end * each > memory.size())
    throw argument_error("an array of shape " + to_string(view.shape()) + " needs " + std::to_string(end)
                         + " elements, and the memory has " + std::to_string(memory.size() / each));
  // Kernels get parts that begin where the device wants, which may be in front of the part that was given.
  const flow_access given = memory.access(access_mode::in);
  const buffer_slice<std::byte> whole(given.memory, {0, given.memory->size_bytes()});
  const layout placed = view.shifted(static_cast<std::int64_t>(given.where.begin / each));
  const layout::hull all = placed.extent();
  const std::size_t align = std::max<std::size_t>(where.target().info().base_address_align_bytes, 1);
  const std::size_t before = all.begin * each % align, begin = all.begin * each - before;
  const bool fills = before == 0 && view.shape().volume() == all.end - all.begin && !view.repeats();
  return std::make_shared<const array_state>(array_state{
      where, whole, type, placed, given.memory.get(), whole.slice(begin, all.end * each - begin),
      placed.offset() - static_cast<std::int64_t>(begin / each), fills && view.is_contiguous(), fills});
}

std::shared_ptr<const array_state> make_state(const placement& where, scalar type, const extents& sizes) {
  return make_state(where, temporary(where, type, sizes.volume()).bytes, type, layout(sizes));
}

layout::hull hull_in_a_row(const array_state& what) {
  if (!what.view.is_contiguous())
    throw argument_error("the elements of this array of shape " + to_string(what.view.shape())
                         + " do not lie in a row: pass a packed() copy to what reads them");
  return what.view.extent();
}

void refuse_nameless() {
  throw argument_error("an array that was given no elements yet: assign to it, or make it with a shape");
}

void check_count(std::size_t count, const extents& sizes) {
  if (count != sizes.volume())
    throw argument_error("an array of shape " + to_string(sizes) + " has " + std::to_string(sizes.volume())
                         + " elements, not " + std::to_string(count));
}

} // namespace clotho::detail
