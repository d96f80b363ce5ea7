// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/spmv.hpp>

#include <string>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/spmv.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

void check_count(const char* name, const flat& what, std::size_t count) {
  if (what.size() != count)
    throw argument_error("spmv: " + std::string(name) + " has " + std::to_string(what.size())
                         + " elements, not " + std::to_string(count));
}

void check(const flat_csr& a, const flat& x, const flat& y) {
  check_count("row_starts", a.row_starts, a.rows + 1);
  check_count("column_indices", a.column_indices, a.values.size());
  check_count("x", x, a.columns);
  check_count("y", y, a.rows);
  check_apart("spmv: x and y", x, y);
  check_apart("spmv: values and y", a.values, y);
  check_apart("spmv: column_indices and y", a.column_indices, y);
  check_apart("spmv: row_starts and y", a.row_starts, y);
}

// Work-items to a row of the GPU shape.
unsigned lanes_for(const flat_csr& a) { return a.values.size() / 8 < a.rows ? 1 : 16; }

const primitive& program_for(const placement& where, const flat_csr& a) {
  const unsigned lanes = lanes_for(a);
  const scalar type = a.values.type, offset = a.row_starts.type;
  const std::uint64_t variant =
      static_cast<std::uint64_t>(type) | static_cast<std::uint64_t>(offset) << 8 | std::uint64_t{lanes} << 16;
  return primitive_for(where, {kernels::spmv, variant}, "spmv", type, [&](const parameters& tuning) {
    macro_list macros = type_macros(where, type, "spmv");
    macros.insert(macros.end(), {{"OFFSET", opencl_name({offset, 1})},
                                 {"LANES", std::to_string(lanes)},
                                 {"TILE", std::to_string(tuning["tile"])},
                                 {"WG", std::to_string(tuning["group"])}});
    if (tuning.shape() == shape::cpu)
      return primitive_request{std::move(macros), {"spmv_cpu", "spmv_carry_cpu"}};
    return primitive_request{std::move(macros), {"spmv_gpu"}};
  });
}

// A kernel takes no buffer without bytes; of one that it does not read, anything will do.
flat something(const placement& where, const flat& what) {
  return what.size() == 0 ? temporary(where, what.type, 1) : readable(where, what);
}

template <class T> struct product {
  const placement& where;
  const primitive& p;
  flat row_starts, column_indices, values, x, y;
  std::uint64_t rows, elements;
  T alpha, beta;

  [[nodiscard]] auto result() const { // what is not read need not be brought there
    return beta == 0 ? flow_argument(out(y.bytes)) : flow_argument(inout(y.bytes));
  }
  [[nodiscard]] future<void> on_cpu() const {
    const std::size_t parts = divide_up(rows + elements, p.tuning["tile"]);
    const flat carries = temporary(where, y.type, parts);
    const runtime& rt = where.owner();
    future<void> done =
        rt.launch(p.kernels[0], one_by_one(parts), rows, elements, alpha, beta, in(row_starts.bytes),
                  in(column_indices.bytes), in(values.bytes), in(x.bytes), result(), out(carries.bytes));
    if (parts == 1) return done;
    return rt.launch(p.kernels[1], one_by_one(1), rows, elements, alpha, in(row_starts.bytes),
                     in(carries.bytes), inout(y.bytes));
  }
  [[nodiscard]] future<void> on_gpu(unsigned lanes) const {
    const std::size_t group = p.tuning["group"];
    return where.owner().launch(p.kernels[0], groups_of(group, divide_up(rows * lanes, group)), rows, alpha,
                                beta, in(row_starts.bytes), in(column_indices.bytes), in(values.bytes),
                                in(x.bytes), result());
  }
};

template <class T>
future<void> multiply(const placement& where, const flat_csr& a, const flat& x, const flat& y, double alpha,
                      double beta) {
  const primitive& p = program_for(where, a);
  if (a.rows == 0) return nothing_to_do(where);
  const writable target(where, y, beta != 0);
  const product<T> made{where,
                        p,
                        readable(where, a.row_starts),
                        something(where, a.column_indices),
                        something(where, a.values),
                        something(where, x),
                        target.memory(),
                        a.rows,
                        a.values.size(),
                        static_cast<T>(alpha),
                        static_cast<T>(beta)};
  return target.finish(p.shape == shape::cpu ? made.on_cpu() : made.on_gpu(lanes_for(a)));
}

} // namespace

future<void> spmv(const placement& where, const flat_csr& a, const flat& x, const flat& y, double alpha,
                  double beta) {
  check(a, x, y);
  return a.values.type == scalar::f32 ? multiply<float>(where, a, x, y, alpha, beta)
                                      : multiply<double>(where, a, x, y, alpha, beta);
}

} // namespace clotho::detail
