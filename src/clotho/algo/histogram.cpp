// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/histogram.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/histogram.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

namespace {

// As cl/histogram.cl has them.
enum class bin_rule : std::uint8_t { bytes, integers, reals, edges };
constexpr std::size_t group = 256, group_tile = group * 128, folded_by_item = 64;
constexpr unsigned row_bits = 31;
constexpr std::uint64_t most_bytes = 256, most_others = 4096; // bins that are counted near by

// In the order of describe().
enum kernel_place : std::size_t { tile_kernel, many_kernel, fold_kernel };

// Half is loaded as float, which all devices can.
macro_list element_macros(const placement& where, scalar type) {
  if (type != scalar::f16) return type_macros(where, type, "histogram");
  return {{"T", "half"}, {"T_BITS", "16"}, {"T_IS_FLOAT", "1"}, {"T_IS_SIGNED", "1"}};
}

primitive_request describe(const placement& where, bin_rule rule, scalar type, scalar counted,
                           const parameters& tuning) {
  primitive_request wanted{element_macros(where, type), {}};
  const bool is_bytes = rule == bin_rule::bytes;
  wanted.defines.emplace_back("RULE", std::to_string(static_cast<int>(rule)));
  wanted.defines.emplace_back("COUNT", opencl_name({counted, 1}));
  wanted.defines.emplace_back("MOST", std::to_string(is_bytes ? most_bytes : most_others));
  wanted.defines.emplace_back("PARTS", is_bytes ? "4" : "2");
  if (tuning.shape() == shape::cpu)
    wanted.kernels = {"histogram_tile_cpu", "histogram_many_cpu", "histogram_fold_cpu"};
  else
    wanted.kernels = {"histogram_tile_gpu", "histogram_many_gpu", "histogram_fold_gpu"};
  return wanted;
}

const primitive& primitive_of(const placement& where, bin_rule rule, scalar type, scalar counted) {
  const auto variant = static_cast<std::uint64_t>(rule) << 16 | static_cast<std::uint64_t>(type) << 8
                       | static_cast<std::uint64_t>(counted);
  return primitive_for(
      where, {kernels::histogram, variant}, "histogram", type,
      [&](const parameters& tuning) { return describe(where, rule, type, counted, tuning); });
}

// Counts into rows, of which there is one for each tile, or each part of 2^31 elements.
flat count_rows(const placement& where, const primitive& with, const flat& x, const flat& rule,
                std::uint32_t bins, bool is_many) {
  const std::uint64_t n = x.size();
  const std::uint32_t tile = std::max<std::uint32_t>(with.tuning["tile"] / 8 * 8, 8);
  const bool is_cpu = with.shape == shape::cpu, has_shared_rows = is_many || !is_cpu;
  const std::uint64_t height = has_shared_rows ? ((n - 1) >> row_bits) + 1 : divide_up(n, tile);
  flat rows = temporary(where, scalar::u32, height * bins);
  const loaded_kernel& kernel = with.kernels[is_many ? many_kernel : tile_kernel];
  const runtime& rt = where.owner();
  if (has_shared_rows) rt.fill(rows.bytes, std::byte{0});
  const flow_argument to =
      has_shared_rows ? flow_argument(inout(rows.bytes)) : flow_argument(out(rows.bytes));
  if (is_cpu)
    rt.launch(kernel, one_by_one(divide_up(n, tile)), in(x.bytes), in(rule.bytes), to, bins, tile, n);
  else
    rt.launch(kernel, groups_of(group, divide_up(n, group_tile)), in(x.bytes), in(rule.bytes), to, bins, n);
  return rows;
}

void check_counts(const flat& x, const flat& counts) {
  if (counts.size() == 0) throw argument_error("histogram: there are no bins");
  if (counts.size() >= UINT32_MAX)
    throw argument_error("histogram: " + std::to_string(counts.size()) + " bins are more than 32 bits count");
  if (counts.type == scalar::u32 && x.size() > UINT32_MAX)
    throw argument_error("histogram: " + std::to_string(x.size()) + " elements need counts of 64 bits");
  check_apart("histogram: x and counts", x, counts);
}

future<void> count_by(const placement& where, bin_rule by, const flat& x, const flat& rule,
                      const flat& counts) {
  if (x.size() == 0) return where.owner().fill(counts.bytes, std::byte{0});
  const primitive& with = primitive_of(where, by, x.type, counts.type);
  const auto bins = static_cast<std::uint32_t>(counts.size());
  const bool is_many = bins > (by == bin_rule::bytes ? most_bytes : most_others);
  const flat rows = count_rows(where, with, readable(where, x), readable(where, rule), bins, is_many);
  const writable target(where, counts);
  const nd_range range = with.shape == shape::cpu ? one_by_one(divide_up(bins, folded_by_item))
                                                  : groups_of(group, divide_up(bins, group));
  return target.finish(where.owner().launch(with.kernels[fold_kernel], range, in(rows.bytes),
                                            out(target.memory().bytes), bins,
                                            std::uint64_t{rows.size() / bins}));
}

// bins * 2^64 / width, rounded down; all bits for as many bins as values.
std::uint64_t scale_of(std::uint64_t bins, std::uint64_t width) {
  if (bins == width) return ~std::uint64_t{0};
  std::uint64_t scale = 0, rest = bins;
  for (unsigned bit = 0; bit < 64; ++bit) {
    const bool is_over = rest >= width - rest; // 2 * rest >= width
    rest = is_over ? rest - (width - rest) : 2 * rest;
    scale = scale << 1 | (is_over ? 1 : 0);
  }
  return scale;
}

template <class T> flat rule_of(const placement& where, const std::array<T, 3>& numbers) {
  return flat_of(buffer<T>(where.owner(), std::span<const T>(numbers)));
}

[[noreturn]] void refuse_range(const std::string& low, const std::string& high, const char* why) {
  throw argument_error("histogram: [" + low + ", " + high + ") " + why);
}

template <std::integral T> flat even_rule(const placement& where, T low, T high, std::uint64_t bins) {
  const std::string from = std::to_string(low), to = std::to_string(high);
  if (low >= high) refuse_range(from, to, "is empty");
  const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (bins > width) refuse_range(from, to, ("has no " + std::to_string(bins) + " bins of integers").c_str());
  return rule_of<std::uint64_t>(where, {static_cast<std::uint64_t>(low), width, scale_of(bins, width)});
}

template <std::floating_point T> flat even_rule(const placement& where, T low, T high, std::uint64_t bins) {
  const std::string from = std::to_string(low), to = std::to_string(high);
  if (!(low < high)) refuse_range(from, to, "is empty");
  const T scale = static_cast<T>(bins) / (high - low);
  if (!std::isnormal(scale) || !std::isfinite(high - low))
    refuse_range(from, to, "is too wide or too narrow for its type");
  return rule_of<T>(where, {low, high, scale});
}

} // namespace

future<void> histogram_of_bytes(const placement& where, const flat& x, const flat& counts) {
  if (counts.size() != 256)
    throw argument_error("histogram: bytes have 256 values, and there are " + std::to_string(counts.size())
                         + " counts");
  check_counts(x, counts);
  return count_by(where, bin_rule::bytes, x, x, counts);
}

future<void> histogram_even(const placement& where, const flat& x, const scalar_bits& low,
                            const scalar_bits& high, const flat& counts) {
  check_counts(x, counts);
  const flat rule = visit_scalar(low.type(), [&]<class T>(T) -> flat {
    if constexpr (std::is_arithmetic_v<T>)
      return even_rule<T>(where, low.as<T>(), high.as<T>(), counts.size());
    else
      throw argument_error("histogram: limits are not of type half");
  });
  return count_by(where, is_floating(x.type) ? bin_rule::reals : bin_rule::integers, x, rule, counts);
}

future<void> histogram_by_edges(const placement& where, const flat& x, const flat& edges,
                                const flat& counts) {
  if (edges.size() != counts.size() + 1)
    throw argument_error("histogram: " + std::to_string(counts.size()) + " bins have "
                         + std::to_string(counts.size() + 1) + " edges, not " + std::to_string(edges.size()));
  check_counts(x, counts);
  check_apart("histogram: edges and counts", edges, counts);
  return count_by(where, bin_rule::edges, x, edges, counts);
}

} // namespace clotho::detail
