// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/axpy.hpp>

#include <cstdint>

#include <clotho/algo/detail/matrix_memory.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/vector.hpp>

namespace clotho::detail {

namespace {

constexpr std::uint32_t tile = 8192; // elements of an item of the CPU shape

const primitive& kernels_for(const placement& where, scalar type, std::string_view what) {
  return primitive_for(where, {kernels::vector, static_cast<std::uint64_t>(type)}, "vector", type,
                       [&](const parameters& tuning) -> primitive_request {
                         const macro_list types = type_macros(where, type, what);
                         if (tuning.shape() == shape::cpu) return {types, {"axpy_cpu", "scal_cpu"}};
                         return {types, {"axpy_gpu", "scal_gpu"}};
                       });
}

} // namespace

future<void> add_scaled(const placement& where, double alpha, const strided_vector& x,
                        const strided_vector& y) {
  check_real("axpy", x.memory, y.memory, y.memory);
  x.check("axpy: x");
  y.check("axpy: y");
  if (x.count == 0) return nothing_to_do(where);
  check_apart("axpy: x and y", x.used(), y.used());
  const primitive& with = kernels_for(where, y.memory.type, "axpy");
  const flat from = readable(where, x.used());
  const writable to(where, y.used(), true);
  const real_argument factor(y.memory.type, alpha);
  const std::uint64_t n = y.count;
  const runtime& rt = where.owner();
  if (with.shape == shape::gpu)
    return to.finish(rt.launch(with.kernels[0], nd_range(n), factor.argument(), in(from.bytes), x.first(),
                               std::int64_t{x.step}, inout(to.memory().bytes), y.first(),
                               std::int64_t{y.step}, n));
  return to.finish(rt.launch(with.kernels[0], one_by_one(divide_up(n, tile)), factor.argument(),
                             in(from.bytes), x.first(), std::int64_t{x.step}, inout(to.memory().bytes),
                             y.first(), std::int64_t{y.step}, n, tile));
}

future<void> scale(const placement& where, double alpha, const strided_vector& x) {
  check_real("scal", x.memory, x.memory, x.memory);
  x.check("scal: x");
  if (x.count == 0) return nothing_to_do(where);
  const primitive& with = kernels_for(where, x.memory.type, "scal");
  const writable to(where, x.used(), true);
  const real_argument factor(x.memory.type, alpha);
  const std::uint64_t n = x.count;
  const runtime& rt = where.owner();
  if (with.shape == shape::gpu)
    return to.finish(rt.launch(with.kernels[1], nd_range(n), factor.argument(), inout(to.memory().bytes),
                               x.first(), std::int64_t{x.step}, n));
  return to.finish(rt.launch(with.kernels[1], one_by_one(divide_up(n, tile)), factor.argument(),
                             inout(to.memory().bytes), x.first(), std::int64_t{x.step}, n, tile));
}

} // namespace clotho::detail
