// SPDX-License-Identifier: Apache-2.0
// Host side of cl/array.cl.
#include <algorithm>
#include <string>
#include <vector>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/formula.hpp>
#include <clotho/algo/detail/formula_call.hpp>
#include <clotho/algo/detail/formula_text.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/walk.hpp>
#include <clotho/algo/kernels/array.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/runtime.hpp>

namespace clotho::detail {

namespace {

// Results that are larger than what the processors keep.
constexpr std::size_t larger_than_caches = std::size_t{16} << 20;

// Written past the caches: unless the kernel reads it too, and so has brought it there.
bool is_streamed(const array_state& target, const formula& what) {
  return target.view.shape().volume() * size_bytes(target.type) >= larger_than_caches
         && std::none_of(what.operands.begin(), what.operands.end(), [&](const operand& one) {
              return one.array != nullptr && one.array->identity == target.identity;
            });
}

primitive_request describe(const placement& where, const array_state& target, const formula& what,
                           const parameters& tuning, bool streams) {
  const bool cpu = tuning.shape() == shape::cpu;
  macro_list macros = formula_macros(where, what.code, target.type);
  macros.emplace_back("OUT", opencl_name({target.type, 1}));
  if (target.type == scalar::f16) macros.emplace_back("OUT_IS_HALF", "1");
  macros.emplace_back("W", cpu ? "16" : "1");
  macros.emplace_back("GROUP", std::to_string(tuning["group"]));
  macros.emplace_back("TILE", std::to_string(tuning["tile"]));
  if (streams) macros.emplace_back("NON_TEMPORAL", "1");
  if (cpu) return {std::move(macros), {"array_flat_cpu", "array_strided_cpu"}};
  return {std::move(macros), {"array_flat_gpu", "array_strided_gpu"}};
}

const primitive& program_for(const array_state& target, const formula& what, bool streams) {
  const std::uint64_t variant = static_cast<std::uint64_t>(target.type) * 2 + (streams ? 1 : 0);
  return primitive_for(
      target.where, {kernels::array, variant, what.code}, "array", target.type,
      [&](const parameters& tuning) { return describe(target.where, target, what, tuning, streams); });
}

nd_range range_for(const primitive& built, std::uint64_t n) {
  if (built.shape == shape::cpu) return one_by_one(divide_up(n, built.tuning["tile"]));
  const std::size_t group = built.tuning["group"];
  return groups_of(group, divide_up(n, group));
}

bool all_in_a_row(const array_state& target, const formula& what) {
  if (!target.in_a_row) return false;
  return std::all_of(what.operands.begin(), what.operands.end(), [&](const operand& one) {
    return one.array == nullptr || (one.array->in_a_row && one.array->view.shape() == target.view.shape());
  });
}

future<void> evaluate_flat(const array_state& target, const formula& what) {
  const std::uint64_t n = target.view.shape().volume();
  const primitive& built = program_for(target, what, is_streamed(target, what));
  formula_call call(what.operands.size() + 2);
  call.add(n);
  call.add_result(target);
  for (const operand& one : what.operands) call.add(one);
  return target.where.owner().launch(built.kernels[0], range_for(built, n), call.arguments());
}

future<void> evaluate_strided(const array_state& target, const formula& what) {
  const std::vector<layout> views = views_of(what, target.view.shape(), &target);
  const walk how = plan_walk(views);
  const primitive& built = program_for(target, what, false);
  future<void> last;
  for (const auto& bases : how.outer_bases) {
    formula_call call(3 * what.operands.size() + 5);
    call.add(how.volume);
    call.add(how.shape);
    call.add_result(target, bases[0], how.steps[0], how.outer_bases.size() == 1);
    std::size_t next = 1;
    for (const operand& one : what.operands) {
      if (one.array == nullptr)
        call.add(one);
      else
        call.add(one, bases[next], how.steps[next]);
      next += one.array != nullptr ? 1 : 0;
    }
    last = target.where.owner().launch(built.kernels[1], range_for(built, how.volume), call.arguments());
  }
  return last;
}

// Where the operand's elements are not the target's at the same index, but may be the target's at another.
bool is_in_the_way(const array_state& one, const array_state& target) {
  if (&one == &target || one.identity != target.identity) return false;
  const layout::hull a = one.view.extent(), b = target.view.extent();
  if (a.begin >= b.end || b.begin >= a.end) return false;
  return !(one.view.broadcast_to(target.view.shape()) == target.view);
}

future<void> evaluate_apart(const array_state& target, const formula& what) {
  const auto values = make_state(target.where, target.type, target.view.shape());
  evaluate(*values, what);
  const auto copy = code_of(step::array, static_cast<std::uint8_t>(target.type));
  const operand all{values.get()};
  return evaluate(target, {{copy.data(), copy.size()}, {&all, 1}});
}

void check_shapes(const array_state& target, const formula& what) {
  const extents& wanted = target.view.shape();
  for (const operand& one : what.operands) {
    if (one.array == nullptr || one.array->view.shape() == wanted) continue;
    const extents shape = shape_of(what);
    if (!shape.repeats_to(wanted))
      throw argument_error("values of shape " + to_string(shape) + " cannot be assigned to an array of shape "
                           + to_string(wanted));
    return;
  }
}

} // namespace

extents shape_of(const formula& what) {
  extents shape;
  for (const operand& one : what.operands)
    if (one.array != nullptr) shape = broadcast(shape, one.array->view.shape());
  return shape;
}

const placement& placement_of(const formula& what) {
  for (const operand& one : what.operands)
    if (one.array != nullptr) return one.array->where;
  throw argument_error("an expression of numbers alone has no place where it could be calculated");
}

future<void> evaluate(const array_state& target, const formula& what) {
  check_shapes(target, what);
  if (target.view.repeats())
    throw argument_error("an array of shape " + to_string(target.view.shape())
                         + " whose elements are repeated cannot be assigned to: several values would be "
                           "meant for one element");
  if (target.view.shape().volume() == 0) return nothing_to_do(target.where);
  const auto conflicts = [&](const operand& one) {
    return one.array != nullptr && is_in_the_way(*one.array, target);
  };
  if (std::any_of(what.operands.begin(), what.operands.end(), conflicts)) return evaluate_apart(target, what);
  return all_in_a_row(target, what) ? evaluate_flat(target, what) : evaluate_strided(target, what);
}

} // namespace clotho::detail
