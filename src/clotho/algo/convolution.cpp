// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/convolution.hpp>

#include <string>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/convolution.hpp>
#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

void check_size(const char* name, rows_and_columns size, const flat& what) {
  if (const auto all = checked_multiply(size.rows, size.columns); all && what.size() == *all) return;
  throw argument_error("convolve: " + std::string(name) + " has " + std::to_string(what.size())
                       + " elements, not " + std::to_string(size.rows) + " x "
                       + std::to_string(size.columns));
}

void check(rows_and_columns size, const flat& in, rows_and_columns filter_size, const flat& filter,
           const flat& out) {
  check_size("in", size, in);
  check_size("out", size, out);
  check_size("the filter", filter_size, filter);
  if (filter.size() == 0) throw argument_error("convolve: the filter is empty");
  check_apart("convolve: in and out", in, out);
  check_apart("convolve: the filter and out", filter, out);
}

const primitive& program_for(const placement& where, scalar type, border beyond) {
  const std::uint64_t variant = static_cast<std::uint64_t>(type) | static_cast<std::uint64_t>(beyond) << 8;
  return primitive_for(
      where, {kernels::convolution, variant}, "convolution", type, [&](const parameters& tuning) {
        macro_list macros = type_macros(where, type, "convolution");
        macros.insert(macros.end(), {{"BORDER", std::to_string(static_cast<int>(beyond))},
                                     {"TILE", std::to_string(tuning["tile"])},
                                     {"WG", std::to_string(tuning["group"])}});
        return primitive_request{std::move(macros),
                                 {tuning.shape() == shape::cpu ? "convolution_cpu" : "convolution_gpu"}};
      });
}

nd_range range_for(const primitive& p, rows_and_columns size) {
  if (p.shape == shape::cpu)
    return nd_range({divide_up(size.columns, p.tuning["tile"]), size.rows}).local({1, 1});
  const std::size_t group = p.tuning["group"];
  return nd_range({divide_up(size.columns, group) * group, size.rows}).local({group, 1});
}

} // namespace

future<void> convolve(const placement& where, rows_and_columns size, const flat& in,
                      rows_and_columns filter_size, const flat& filter, const flat& out, border beyond) {
  check(size, in, filter_size, filter, out);
  const primitive& p = program_for(where, in.type, beyond);
  if (in.size() == 0) return nothing_to_do(where);
  const flat from = readable(where, in), weights = readable(where, filter);
  const writable to(where, out);
  const auto number = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  return to.finish(where.owner().launch(p.kernels[0], range_for(p, size), number(size.rows),
                                        number(size.columns), number(filter_size.rows),
                                        number(filter_size.columns), clotho::in(weights.bytes),
                                        clotho::in(from.bytes), clotho::out(to.memory().bytes)));
}

future<void> convolve_separable(const placement& where, rows_and_columns size, const flat& in,
                                const flat& column_filter, const flat& row_filter, const flat& out,
                                border beyond) {
  if (beyond == border::keep)
    throw argument_error(
        "convolve_separable: border::keep needs the whole neighbourhood at once: use convolve_2d");
  const rows_and_columns tall{column_filter.size(), 1}, wide{1, row_filter.size()};
  check(size, in, tall, column_filter, out);
  check(size, in, wide, row_filter, out);
  if (in.size() == 0) return nothing_to_do(where);
  const flat between = temporary(where, in.type, in.size());
  (void)convolve(where, size, in, wide, row_filter, between, beyond);
  return convolve(where, size, between, tall, column_filter, out, beyond);
}

} // namespace clotho::detail
