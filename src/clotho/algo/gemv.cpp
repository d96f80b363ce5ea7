// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/gemv.hpp>

#include <cstdint>
#include <string>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/gemv.hpp>

namespace clotho::detail {

namespace {

// Columns of a row, or rows of a column, whose products an item or a group sums.
constexpr std::uint32_t width = 4096, height = 256;

enum : std::size_t { gather, product, product_transposed, finish, outer_product };

std::uint32_t group_of(const parameters& tuning) { return tuning["group"]; }

const primitive& kernels_for(const placement& where, scalar type, std::string_view what) {
  return primitive_for(
      where, {kernels::gemv, static_cast<std::uint64_t>(type)}, "gemv", type,
      [&](const parameters& tuning) -> primitive_request {
        macro_list defines = type_macros(where, type, what);
        if (tuning.shape() == shape::cpu)
          return {defines, {"gather", "gemv_cpu", "gemv_transposed_cpu", "gemv_finish", "ger_cpu"}};
        defines.push_back({"GROUP", std::to_string(group_of(tuning))});
        return {defines, {"gather", "gemv_gpu", "gemv_transposed_gpu", "gemv_finish", "ger_gpu"}};
      });
}

scalar sum_type(scalar type) { return type == scalar::f64 ? scalar::f64 : scalar::f32; }

std::uint32_t narrow(std::size_t value) { return static_cast<std::uint32_t>(value); }

// A launch of single elements: in groups as a GPU likes them.
nd_range elements(const primitive& with, std::size_t n) {
  return with.shape == shape::cpu ? one_by_one(n) : nd_range(n);
}

// A vector as kernels take it: in a row, as what is calculated with.
flat in_a_row(const placement& where, const primitive& with, const strided_vector& x) {
  const flat memory = readable(where, x.used());
  if ((x.step == 1 || x.count == 1) && memory.type != scalar::f16) return memory;
  const flat row = temporary(where, sum_type(memory.type), x.count);
  where.owner().launch(with.kernels[gather], elements(with, x.count), in(memory.bytes), x.first(),
                       std::int64_t{x.step}, out(row.bytes), std::uint64_t{x.count});
  return row;
}

// Parts of each sum, and who calculates them.
struct layout {
  std::size_t parts;
  nd_range range;
};

layout lay_out(const primitive& with, bool transposed, const matrix_memory& a) {
  const std::size_t parts = transposed ? divide_up(a.rows, height) : divide_up(a.columns, width);
  if (with.shape == shape::cpu) {
    const std::size_t columns = 16 * (a.memory.type == scalar::f64 ? 8 : 16); // as the kernel has it
    return {parts, nd_range(transposed ? extent{divide_up(a.columns, columns), parts}
                                       : extent{parts, divide_up(a.rows, 4)})
                       .local({1, 1})};
  }
  const std::size_t group = group_of(with.tuning);
  const extent global =
      transposed ? extent{divide_up(a.columns, group) * group, parts} : extent{parts * group, a.rows};
  return {parts, nd_range(global).local({group, 1})};
}

} // namespace

future<void> multiply_vector(const placement& where, matrix_op op, double alpha, const matrix_memory& a,
                             const strided_vector& x, double beta, const strided_vector& y) {
  check_real("gemv", a.memory, x.memory, y.memory);
  a.check("gemv: A");
  x.check("gemv: x");
  y.check("gemv: y");
  if (y.count == 0) return nothing_to_do(where);
  check_apart("gemv: x and y", x.used(), y.used());
  check_apart("gemv: A and y", a.used(), y.used());
  const scalar type = y.memory.type;
  const primitive& with = kernels_for(where, type, "gemv");
  const bool transposed = op == matrix_op::transpose, multiplies = alpha != 0 && x.count != 0;
  const layout how = lay_out(with, transposed, a);
  const std::size_t parts = multiplies ? how.parts : 0;
  const flat partial = temporary(where, sum_type(type), multiplies ? parts * y.count : 1);
  const runtime& rt = where.owner();
  if (multiplies)
    rt.launch(with.kernels[transposed ? product_transposed : product], how.range,
              in(readable(where, a.used()).bytes), std::uint64_t{a.ld}, in(in_a_row(where, with, x).bytes),
              out(partial.bytes), narrow(a.rows), narrow(a.columns), transposed ? height : width);
  const writable to(where, y.used(), true);
  return to.finish(rt.launch(with.kernels[finish], elements(with, y.count), in(partial.bytes), narrow(parts),
                             narrow(y.count), real_argument(type, multiplies ? alpha : 0).argument(),
                             real_argument(type, beta).argument(), inout(to.memory().bytes), y.first(),
                             std::int64_t{y.step}));
}

future<void> add_outer_product(const placement& where, double alpha, const strided_vector& x,
                               const strided_vector& y, const matrix_memory& a) {
  check_real("ger", x.memory, y.memory, a.memory);
  x.check("ger: x");
  y.check("ger: y");
  a.check("ger: A");
  if (a.is_empty()) return nothing_to_do(where);
  check_apart("ger: x and A", x.used(), a.used());
  check_apart("ger: y and A", y.used(), a.used());
  const primitive& with = kernels_for(where, a.memory.type, "ger");
  const flat column = in_a_row(where, with, x), row = in_a_row(where, with, y);
  const writable to(where, a.used(), true);
  const real_argument factor(a.memory.type, alpha);
  const runtime& rt = where.owner();
  if (with.shape == shape::gpu)
    return to.finish(rt.launch(with.kernels[outer_product], nd_range({a.columns, a.rows}), factor.argument(),
                               in(column.bytes), in(row.bytes), inout(to.memory().bytes), std::uint64_t{a.ld},
                               narrow(a.columns)));
  return to.finish(rt.launch(with.kernels[outer_product],
                             nd_range({divide_up(a.columns, width), a.rows}).local({1, 1}), factor.argument(),
                             in(column.bytes), in(row.bytes), inout(to.memory().bytes), std::uint64_t{a.ld},
                             narrow(a.columns), width));
}

} // namespace clotho::detail
