// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/formula_call.hpp>

namespace clotho::detail {

void formula_call::add(const operand& one) {
  if (one.array != nullptr) {
    arguments_.emplace_back(in(one.array->part));
    return;
  }
  launch_argument scalar(nullptr);
  scalar.what = bound::scalar;
  scalar.type = {one.type, 1};
  scalar.size = size_bytes(one.type);
  scalar.object = one.value.data();
  arguments_.emplace_back(scalar);
}

void formula_call::add(const operand& one, std::int64_t more, const std::array<std::int64_t, 4>& steps) {
  add(one);
  add_place(*one.array, more, steps);
}

void formula_call::add_result(const array_state& target) { arguments_.emplace_back(out(target.part)); }

void formula_call::add_result(const array_state& target, std::int64_t more,
                              const std::array<std::int64_t, 4>& steps, bool whole) {
  // Else what lies between its elements stays.
  if (whole && target.fills_part)
    add_result(target);
  else
    arguments_.emplace_back(inout(target.part));
  add_place(target, more, steps);
}

void formula_call::add_place(const array_state& of, std::int64_t more,
                             const std::array<std::int64_t, 4>& steps) {
  bases_.push_back(of.base + more);
  add(bases_.back());
  add(steps);
}

std::vector<layout> views_of(const formula& what, const extents& shape, const array_state* target) {
  std::vector<layout> views;
  if (target != nullptr) views.push_back(target->view);
  for (const operand& one : what.operands)
    if (one.array != nullptr) views.push_back(one.array->view.broadcast_to(shape));
  return views;
}

} // namespace clotho::detail
