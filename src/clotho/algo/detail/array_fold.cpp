// SPDX-License-Identifier: Apache-2.0
// Host side of cl/array_reduce.cl.
#include <clotho/algo/detail/array_fold.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <clotho/algo/detail/formula_call.hpp>
#include <clotho/algo/detail/formula_text.hpp>
#include <clotho/algo/detail/operator_macros.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/walk.hpp>
#include <clotho/algo/kernels/array_reduce.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/runtime.hpp>

namespace clotho::detail {

namespace {

constexpr std::uint32_t usual_groups = 256, outputs_of_item = 64;

struct fold {
  const formula& what;
  operation op;
  scalar type;

  [[nodiscard]] const placement& where() const { return placement_of(what); }
};

primitive_request describe(const fold& of, const parameters& tuning) {
  const bool cpu = tuning.shape() == shape::cpu;
  macro_list macros = formula_macros(of.where(), of.what.code, of.type);
  const auto add = [&](const macro_list& more) { macros.insert(macros.end(), more.begin(), more.end()); };
  add(type_macros(of.where(), of.type, "an array's reduction"));
  add(operator_macros(of.op, of.type));
  add({{"W", cpu ? "16" : "1"},
       {"TILE", std::to_string(tuning["tile"])},
       {"GROUP", std::to_string(tuning["group"])},
       {"OUTPUTS", std::to_string(outputs_of_item)}});
  if (cpu)
    return {std::move(macros), {"array_fold_all_cpu", "array_fold_rows_cpu", "array_fold_columns_cpu"}};
  return {std::move(macros), {"array_fold_all_gpu", "array_fold_axis_gpu"}};
}

const primitive& program_for(const fold& of) {
  const std::uint64_t variant = static_cast<std::uint64_t>(of.type) * 16 + static_cast<std::uint64_t>(of.op);
  return primitive_for(of.where(), {kernels::array_reduce, variant, of.what.code}, "array_reduce", of.type,
                       [&](const parameters& tuning) { return describe(of, tuning); });
}

// Its values in an array of their own, which kernels can walk through in any case.
template <class Fold> auto with_values(const formula& what, scalar type, const Fold& fold) {
  const auto values = make_state(placement_of(what), type, shape_of(what));
  evaluate(*values, what);
  const auto all = code_of(step::array, static_cast<std::uint8_t>(type));
  const operand only{values.get()};
  return fold(formula{{all.data(), all.size()}, {&only, 1}});
}

// The arrays and scalars behind the first arguments; each array with `along`, if that is given.
void add_operands(formula_call& call, const formula& what, const walk& how,
                  std::span<const std::int64_t> along) {
  std::size_t next = 0;
  for (const operand& one : what.operands) {
    if (one.array == nullptr) {
      call.add(one);
      continue;
    }
    call.add(one, 0, how.steps[next]);
    if (!along.empty()) call.add(along[next]);
    ++next;
  }
}

// Rows, when more arrays lie in a row along the dimension that is folded than along the last of the others.
bool in_rows(const walk& how, std::span<const std::int64_t> along) {
  std::ptrdiff_t rows = 0;
  for (std::size_t i = 0; i < along.size(); ++i)
    rows += (along[i] == 1 ? 1 : 0) - (how.steps[i][3] == 1 && how.shape[3] > 1 ? 1 : 0);
  return rows > 0;
}

} // namespace

flat fold_all(const formula& what, operation op, scalar type) {
  const placement where = placement_of(what);
  const extents shape = shape_of(what);
  if (shape.volume() == 0) return temporary(where, type, 0);
  const std::vector<layout> views = views_of(what, shape, nullptr);
  const walk how = plan_walk(views);
  if (how.outer_bases.size() > 1)
    return with_values(what, type, [&](const formula& values) { return fold_all(values, op, type); });
  const primitive& built = program_for({what, op, type});
  const bool cpu = built.shape == shape::cpu;
  const std::size_t each = cpu ? built.tuning["tile"] : built.tuning["group"];
  std::size_t count = divide_up(how.volume, each);
  if (!cpu) count = std::min<std::size_t>(count, usual_groups);
  const flat partials = temporary(where, type, count);
  formula_call call(3 * what.operands.size() + 3);
  call.add(how.volume);
  call.add(how.shape);
  call.add_flat(partials);
  add_operands(call, what, how, {});
  where.owner().launch(built.kernels[0], cpu ? one_by_one(count) : groups_of(each, count), call.arguments());
  return partials;
}

std::shared_ptr<const array_state> fold_axis(const formula& what, operation op, scalar type,
                                             std::int64_t axis) {
  const placement where = placement_of(what);
  const extents shape = shape_of(what);
  const std::size_t which = layout(shape).axis_of(axis);
  const auto result = make_state(where, type, shape.without(which));
  if (result->view.shape().volume() == 0) return result;
  std::vector<layout> views = views_of(what, shape, nullptr);
  std::vector<std::int64_t> along;
  for (layout& one : views) {
    along.push_back(one.strides()[which]);
    one = shape[which] == 0 ? layout(result->view.shape()) : one.chosen(static_cast<std::int64_t>(which), 0);
  }
  const walk how = plan_walk(views, true);
  if (how.outer_bases.size() > 1)
    return with_values(what, type, [&](const formula& values) { return fold_axis(values, op, type, axis); });
  const primitive& built = program_for({what, op, type});
  const std::uint64_t count = shape[which];
  formula_call call(4 * what.operands.size() + 4);
  call.add(how.volume);
  call.add(how.shape);
  call.add(count);
  call.add_result(*result);
  add_operands(call, what, how, along);
  const std::size_t group = built.tuning["group"];
  if (built.shape == shape::gpu)
    where.owner().launch(built.kernels[1], groups_of(group, divide_up(how.volume, group)), call.arguments());
  else
    where.owner().launch(built.kernels[in_rows(how, along) ? 1 : 2],
                         one_by_one(divide_up(how.volume, outputs_of_item)), call.arguments());
  return result;
}

void refuse_none(const char* what, const extents& shape) {
  throw argument_error(std::string(what) + " of an array of shape " + to_string(shape)
                       + ": there are no elements");
}

} // namespace clotho::detail
