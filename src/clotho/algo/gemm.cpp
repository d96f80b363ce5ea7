// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/gemm.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

#include <clotho/algo/detail/matrix_memory.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/gemm.hpp>

namespace clotho::detail {

namespace {

using std::size_t;

// What the kernels of the CPU shape are built with, where no record says otherwise: register tiles of `rows`
// x `vectors`, as many as fit 32 registers; `depth` rows of a panel of B fit the first cache, `block` panels
// of A the second.
struct cpu_numbers {
  std::uint32_t rows, columns, depth, block;
};
constexpr std::uint32_t pack_depth = 128, pack_panels = 4; // what an item packs
constexpr std::uint32_t direct_rows = 8;                   // of C, for an item without packing

std::uint32_t vectors_of(const parameters& tuning) { return tuning["vectors"]; }
std::uint32_t rows_of(const parameters& tuning) { return tuning["rows"]; }

// Those of the GPU shape: groups of `group` x `group` work-items, `each` x `each` elements of C for each.
std::uint32_t group_of(const parameters& tuning) { return tuning["group"]; }
std::uint32_t each_of(const parameters& tuning) { return tuning["each"]; }

cpu_numbers numbers_for(const parameters& tuning, scalar type) {
  const std::uint32_t vector = type == scalar::f64 ? 8 : 16;
  return {rows_of(tuning), vectors_of(tuning) * vector, tuning["depth"], tuning["block"]};
}

primitive_request describe(const placement& where, const parameters& tuning, scalar type) {
  primitive_request wanted{type_macros(where, type, "gemm"), {"gemm_gpu"}};
  if (tuning.shape() == shape::gpu) {
    const std::string group = std::to_string(group_of(tuning)), each = std::to_string(each_of(tuning));
    wanted.defines.insert(wanted.defines.end(), {{"WX", group}, {"WY", group}, {"RM", each}, {"RN", each}});
    return wanted;
  }
  wanted.defines.push_back({"MR", std::to_string(rows_of(tuning))});
  wanted.defines.push_back({"NV", std::to_string(vectors_of(tuning))});
  wanted.kernels = {"gemm_pack_a_cpu", "gemm_pack_b_cpu", "gemm_packed_cpu"};
  if (type != scalar::f16) wanted.kernels.push_back("gemm_direct_cpu");
  return wanted;
}

const primitive& gemm_for(const placement& where, scalar type) {
  return primitive_for(where, {kernels::gemm, static_cast<std::uint64_t>(type)}, "gemm", type,
                       [&](const parameters& tuning) { return describe(where, tuning, type); });
}

std::uint32_t narrow(size_t value) noexcept { return static_cast<std::uint32_t>(value); }

// A problem with its memory where kernels take it.
class multiplication {
 public:
  multiplication(const placement& where, const gemm_problem& what, const matrix_memory& a,
                 const matrix_memory& b, const matrix_memory& c)
      : where_(where), what_(what), kernels_(gemm_for(where, what.c.type)),
        needs_product_(what.k != 0 && what.alpha != 0), overwrites_(what.beta == 0 && c.is_dense()),
        c_(where, c.used(), !overwrites_),
        a_(needs_product_ ? readable(where, a.used()) : temporary(where, sum_type(), 1)),
        b_(needs_product_ ? readable(where, b.used()) : temporary(where, sum_type(), 1)) {}

  future<void> run() {
    if (kernels_.shape == shape::gpu) return c_.finish(run_grouped());
    return c_.finish(is_small() ? run_direct() : run_packed());
  }

 private:
  [[nodiscard]] scalar sum_type() const { return what_.c.type == scalar::f64 ? scalar::f64 : scalar::f32; }
  [[nodiscard]] real_argument real(double value) const { return {what_.c.type, value}; }
  [[nodiscard]] size_t depth() const { return needs_product_ ? what_.k : 0; }
  [[nodiscard]] double alpha() const { return needs_product_ ? what_.alpha : 0; }

  // Submits what writes C: `launch(argument)` with C as an argument. It is read unless this is the first to
  // write all of it.
  template <class Launch> future<void> write_c(bool first, const Launch& launch) {
    return first && overwrites_ ? launch(flow_argument(out(c_.memory().bytes)))
                                : launch(flow_argument(inout(c_.memory().bytes)));
  }

  future<void> run_grouped() {
    const size_t group = group_of(kernels_.tuning), tile = group * each_of(kernels_.tuning);
    const size_t groups = divide_up(what_.m, tile);
    const nd_range range =
        nd_range({divide_up(what_.n, tile) * group, groups * what_.count * group}).local({group, group});
    return write_c(true, [&](const flow_argument& c) {
      return where_.owner().launch(
          kernels_.kernels[0], range, in(a_.bytes), std::uint64_t{0}, std::uint64_t{what_.lda},
          std::uint64_t{what_.stride_a}, is_transposed(what_.op_a), in(b_.bytes), std::uint64_t{0},
          std::uint64_t{what_.ldb}, std::uint64_t{what_.stride_b}, is_transposed(what_.op_b), c,
          std::uint64_t{0}, std::uint64_t{what_.ldc}, std::uint64_t{what_.stride_c}, narrow(what_.m),
          narrow(what_.n), narrow(depth()), narrow(groups), real(alpha()).argument(),
          real(what_.beta).argument());
    });
  }

  static std::uint32_t is_transposed(matrix_op op) { return op == matrix_op::transpose ? 1 : 0; }

  // Where packing takes longer than it saves.
  [[nodiscard]] bool is_small() const {
    const size_t vector = what_.c.type == scalar::f64 ? 8 : 16;
    return what_.c.type != scalar::f16 && what_.op_b == matrix_op::none && what_.n >= vector && needs_product_
           && std::max({what_.m, what_.n, what_.k}) <= 1024
           && what_.m * what_.n * what_.k <= size_t{160} * 160 * 160;
  }

  future<void> run_direct() {
    const bool transposed = what_.op_a == matrix_op::transpose;
    const nd_range range =
        nd_range({divide_up(what_.n, numbers_.columns), divide_up(what_.m, direct_rows) * what_.count})
            .local({1, 1});
    return write_c(true, [&](const flow_argument& c) {
      return where_.owner().launch(
          kernels_.kernels[3], range, in(a_.bytes), std::uint64_t{transposed ? 1 : what_.lda},
          std::uint64_t{transposed ? what_.lda : 1}, std::uint64_t{what_.stride_a}, in(b_.bytes),
          std::uint64_t{what_.ldb}, std::uint64_t{what_.stride_b}, c, std::uint64_t{what_.ldc},
          std::uint64_t{what_.stride_c}, narrow(what_.m), narrow(what_.n), narrow(what_.k),
          real(what_.alpha).argument(), real(what_.beta).argument());
    });
  }

  // A few matrices at a time, so that what is packed does not grow with their count, and a few rows of B at a
  // time.
  future<void> run_packed() {
    const size_t blocks = std::max<size_t>(divide_up(depth(), numbers_.depth), 1);
    const size_t rows =
        std::max<size_t>(divide_up(divide_up(depth(), blocks), 16), 1) * 16; // about the same for each
    const size_t of_a = divide_up(what_.m, numbers_.rows) * numbers_.rows * rows;
    const size_t of_b = divide_up(what_.n, numbers_.columns) * numbers_.columns * rows;
    const size_t together = std::clamp<size_t>((size_t{1} << 24) / (of_a + of_b), 1, what_.count);
    const flat packed_a = temporary(where_, sum_type(), together * of_a);
    const flat packed_b = temporary(where_, sum_type(), together * of_b);
    future<void> last;
    for (size_t first = 0; first < what_.count; first += together) {
      const size_t count = std::min(together, what_.count - first);
      for (size_t row = 0; row == 0 || row < depth(); row += rows)
        last = multiply_block({first, count, row, std::min(rows, depth() - row)}, packed_a, packed_b);
    }
    return last;
  }

  // Matrices [first, first + count), rows [row, row + depth) of B.
  struct part {
    size_t first, count, row, depth;
  };

  future<void> multiply_block(const part& now, const flat& packed_a, const flat& packed_b) {
    if (now.depth != 0) {
      const bool ordered_a = what_.op_a == matrix_op::transpose, ordered_b = what_.op_b == matrix_op::none;
      pack(0, a_, {what_.m, numbers_.rows, what_.lda, what_.stride_a, ordered_a}, now, packed_a);
      pack(1, b_, {what_.n, numbers_.columns, what_.ldb, what_.stride_b, ordered_b}, now, packed_b);
    }
    const size_t groups = divide_up(divide_up(what_.m, numbers_.rows), numbers_.block);
    const nd_range range = nd_range({divide_up(what_.n, numbers_.columns), groups * now.count}).local({1, 1});
    return write_c(now.row == 0 && now.count == what_.count, [&](const flow_argument& c) {
      return where_.owner().launch(kernels_.kernels[2], range, in(packed_a.bytes), in(packed_b.bytes), c,
                                   std::uint64_t{now.first * what_.stride_c}, std::uint64_t{what_.ldc},
                                   std::uint64_t{what_.stride_c}, narrow(what_.m), narrow(what_.n),
                                   narrow(now.depth), numbers_.block, narrow(groups),
                                   real(alpha()).argument(), real(now.row == 0 ? what_.beta : 1).argument());
    });
  }

  struct side {
    size_t width, panel, ld, stride;
    bool in_order;
  };

  void pack(size_t kernel, const flat& from, const side& how, const part& now, const flat& to) {
    const size_t groups = divide_up(divide_up(how.width, how.panel), pack_panels);
    const size_t offset = now.first * how.stride + now.row * (how.in_order ? how.ld : 1);
    const nd_range range = nd_range({divide_up(now.depth, pack_depth), groups * now.count}).local({1, 1});
    where_.owner().launch(kernels_.kernels[kernel], range, in(from.bytes), std::uint64_t{offset},
                          std::uint64_t{how.ld}, std::uint64_t{how.stride}, std::uint32_t{how.in_order},
                          inout(to.bytes), narrow(how.width), narrow(now.depth), pack_depth, pack_panels,
                          narrow(groups));
  }

  placement where_;
  const gemm_problem& what_;
  const primitive& kernels_;
  cpu_numbers numbers_ = numbers_for(kernels_.tuning, what_.c.type);
  bool needs_product_, overwrites_;
  writable c_;
  flat a_, b_;
};

} // namespace

future<void> multiply_matrices(const placement& where, const gemm_problem& problem) {
  check_real("gemm", problem.a, problem.b, problem.c);
  matrix_memory a = matrix_before(problem.op_a, problem.a, problem.m, problem.k, problem.lda);
  matrix_memory b = matrix_before(problem.op_b, problem.b, problem.k, problem.n, problem.ldb);
  const matrix_memory c{problem.c, problem.m, problem.n, problem.ldc, problem.stride_c, problem.count};
  a.stride = problem.stride_a, b.stride = problem.stride_b;
  a.count = b.count = problem.count;
  a.check("gemm: A");
  b.check("gemm: B");
  c.check("gemm: C", true);
  require_type(where, problem.c.type, "gemm");
  if (c.is_empty()) return nothing_to_do(where);
  check_apart("gemm: A and C", a.used(), c.used());
  check_apart("gemm: B and C", b.used(), c.used());
  return multiplication(where, problem, a, b, c).run();
}

} // namespace clotho::detail
