// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/fft_passes.hpp>

#include <algorithm>
#include <complex>
#include <limits>
#include <utility>

#include <clotho/algo/detail/fft_roots.hpp>

namespace clotho::detail {

namespace {

using lengths = std::vector<std::uint32_t>;

std::uint64_t in_blocks(std::uint64_t count, std::uint64_t of) noexcept { return (count + of - 1) / of; }

// What a pass costs for each point, in about the time that a radix-2 step takes: memory, arithmetic, and
// lanes that idle.
double cost_of_pass(std::uint32_t length, std::uint64_t columns, bool transposed, const fft_target& target) {
  double work = 6;
  for (const std::uint32_t radix : small_radices(length)) work += 1.5 + 0.35 * radix;
  const auto lanes = static_cast<double>(std::max<std::uint32_t>(target.vector, 4));
  const auto wanted = static_cast<double>(columns);
  const double idle =
      static_cast<double>(in_blocks(columns, static_cast<std::uint64_t>(lanes))) * lanes / wanted;
  const bool by_element = transposed && length < target.vector;
  return work * idle + (idle > 1 ? 4 * (idle - 1) : 0) + (by_element ? 8 : 0);
}

struct split_search {
  const fft_axis& axis;
  const fft_target& target;
  double best_cost = std::numeric_limits<double>::infinity();
  lengths best{};

  double cost_of(std::uint32_t length, std::uint64_t before, std::uint64_t after) const {
    const std::uint64_t inner = axis.inner * before;
    if (inner > 1) return cost_of_pass(length, inner, false, target);
    return after > 1 ? cost_of_pass(length, after, true, target)
                     : cost_of_pass(length, axis.rows, true, target) + 2;
  }

  std::uint32_t longest(std::uint64_t before, std::uint64_t after) const {
    return axis.inner * before == 1 && after == 1 ? target.longest_row : target.longest;
  }

  // All ways to write `rest` as `count` lengths, in order.
  void search(lengths& chosen, std::uint64_t before, std::uint64_t rest, std::size_t count, double cost) {
    if (cost >= best_cost) return;
    if (count == 1) {
      if (rest > longest(before, 1)) return;
      cost += cost_of(static_cast<std::uint32_t>(rest), before, 1);
      if (cost >= best_cost) return;
      best_cost = cost;
      best = chosen;
      best.push_back(static_cast<std::uint32_t>(rest));
      return;
    }
    for (std::uint32_t length = std::min<std::uint32_t>(target.longest, 256); length > 1; --length) {
      if (rest % length != 0 || rest == length) continue;
      chosen.push_back(length);
      search(chosen, before * length, rest / length, count - 1,
             cost + cost_of(length, before, rest / length));
      chosen.pop_back();
    }
  }
};

std::size_t least_passes(std::uint64_t n, std::uint64_t longest) noexcept {
  std::size_t count = 1;
  for (std::uint64_t reach = longest; reach < n; reach *= longest) ++count;
  return count;
}

void append(std::vector<double>& tables, std::complex<double> root) {
  tables.push_back(root.real());
  tables.push_back(root.imag());
}

// w(positions radix)^(p k) for each p and k from 1.
std::uint32_t append_step_roots(std::vector<double>& tables, const fft_pass& pass) {
  const auto begin = static_cast<std::uint32_t>(tables.size());
  std::uint32_t positions = pass.length;
  for (std::uint32_t i = 0; i < pass.radix_count; ++i) {
    const std::uint32_t whole = std::exchange(positions, positions / pass.radix[i]);
    for (std::uint32_t p = 0; p < positions; ++p)
      for (std::uint32_t k = 1; k < pass.radix[i]; ++k)
        append(tables, root_of_unity(std::uint64_t{p} * k, whole));
  }
  return begin;
}

// For each p, a factor for each k.
void append_twiddles(std::vector<double>& tables, std::uint64_t step, std::uint64_t count,
                     const fft_pass& pass) {
  const std::uint64_t whole = std::uint64_t{pass.positions} * pass.length;
  for (std::uint64_t p = 0; p < count; ++p)
    for (std::uint64_t k = 0; k < pass.length; ++k) append(tables, root_of_unity(p * step * k, whole));
}

// For each k, the factors of the lanes: real parts, then imaginary parts.
void append_lane_twiddles(std::vector<double>& tables, const fft_pass& pass) {
  const std::uint64_t whole = std::uint64_t{pass.positions} * pass.length;
  for (std::uint64_t k = 0; k < pass.length; ++k) {
    for (std::uint64_t lane = 0; lane < pass.lanes; ++lane)
      tables.push_back(root_of_unity(lane * k, whole).real());
    for (std::uint64_t lane = 0; lane < pass.lanes; ++lane)
      tables.push_back(root_of_unity(lane * k, whole).imag());
  }
}

std::uint32_t append_pass_twiddles(std::vector<double>& tables, const fft_pass& pass) {
  if (pass.positions == 1) return fft_pass::none;
  const auto begin = static_cast<std::uint32_t>(tables.size());
  if (pass.order == fft_pass::in_positions) {
    append_lane_twiddles(tables, pass);
    append_twiddles(tables, pass.lanes, pass.tiles, pass);
  } else {
    append_twiddles(tables, 1, pass.positions, pass);
  }
  return begin;
}

std::uint32_t lanes_of(const fft_target& target, std::uint32_t length, std::uint64_t columns) {
  if (target.vector > 1) return target.vector;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(target.tile / length, columns));
}

fft_pass make_pass(const fft_axis& axis, std::uint32_t length, std::uint64_t before, std::uint64_t after,
                   const fft_target& target) {
  fft_pass pass;
  pass.length = length;
  pass.positions = static_cast<std::uint32_t>(after);
  pass.inner = static_cast<std::uint32_t>(axis.inner * before);
  pass.rows = static_cast<std::uint32_t>(axis.rows);
  pass.order = pass.inner > 1       ? fft_pass::in_inner
               : pass.positions > 1 ? fft_pass::in_positions
                                    : fft_pass::in_rows;
  const std::uint64_t columns = pass.inner > 1 ? pass.inner : pass.positions > 1 ? pass.positions : pass.rows;
  pass.lanes = lanes_of(target, length, columns);
  const std::uint64_t blocks = in_blocks(columns, pass.lanes);
  pass.tiles = static_cast<std::uint32_t>(pass.inner > 1 ? blocks * pass.positions : blocks);
  const lengths radices = small_radices(length);
  pass.radix_count = static_cast<std::uint32_t>(radices.size());
  std::copy(radices.begin(), radices.end(), pass.radix.begin());
  return pass;
}

void append_axis(fft_schedule& schedule, const fft_axis& axis, const fft_target& target) {
  const lengths chosen = pass_lengths(axis, target);
  std::uint64_t before = 1;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    fft_pass pass = make_pass(axis, chosen[i], before, axis.length / before / chosen[i], target);
    pass.row_in = static_cast<std::uint32_t>(i == 0 ? axis.row_in : axis.row_out);
    pass.row_out = static_cast<std::uint32_t>(axis.row_out);
    pass.roots = append_step_roots(schedule.tables, pass);
    pass.twiddles = append_pass_twiddles(schedule.tables, pass);
    schedule.passes.push_back(pass);
    before *= chosen[i];
  }
}

// About so many points for a work-item, whatever the lengths: the host lane learns what one takes.
constexpr std::uint64_t points_of_item = 16384;

std::uint32_t units_of_item(std::uint64_t points_of_unit) noexcept {
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, points_of_item / points_of_unit));
}

void append_launches(fft_schedule& schedule, std::uint32_t begin, const fft_axis& axis,
                     const fft_target& target) {
  const auto end = static_cast<std::uint32_t>(schedule.passes.size());
  const bool cached = axis.length * axis.inner <= target.cached_points && axis.rows >= 4;
  if (cached && end - begin > 1) {
    schedule.launches.push_back(
        {begin, end, true, axis.rows, units_of_item(axis.length * axis.inner * (end - begin))});
    return;
  }
  for (std::uint32_t i = begin; i < end; ++i) {
    const fft_pass& pass = schedule.passes[i];
    const std::uint64_t rows = pass.order == fft_pass::in_rows ? 1 : axis.rows;
    schedule.launches.push_back(
        {i, i + 1, false, rows * pass.tiles, units_of_item(std::uint64_t{pass.length} * pass.lanes)});
  }
}

} // namespace

bool is_smooth(std::uint64_t n) noexcept {
  for (const std::uint64_t prime : {2u, 3u, 5u, 7u})
    while (n % prime == 0) n /= prime;
  return n == 1;
}

lengths small_radices(std::uint32_t length) {
  lengths found;
  for (const std::uint32_t prime : {7u, 5u, 3u})
    for (; length % prime == 0; length /= prime) found.push_back(prime);
  for (; length % 8 == 0 && length != 16; length /= 8) found.push_back(8);
  for (; length % 4 == 0; length /= 4) found.push_back(4);
  if (length == 2) found.push_back(2);
  return found;
}

lengths pass_lengths(const fft_axis& axis, const fft_target& target) {
  split_search search{.axis = axis, .target = target};
  const std::size_t least = least_passes(
      axis.length, axis.inner == 1 ? std::max(target.longest, target.longest_row) : target.longest);
  for (std::size_t count = least; count < least + 3 && count <= 8; ++count) {
    lengths chosen;
    search.search(chosen, 1, axis.length, count, 0);
  }
  return search.best;
}

fft_schedule schedule_for(std::span<const fft_axis> axes, const fft_target& target) {
  fft_schedule made;
  for (const fft_axis& axis : axes) {
    const auto begin = static_cast<std::uint32_t>(made.passes.size());
    append_axis(made, axis, target);
    append_launches(made, begin, axis, target);
  }
  made.passes.back().last = 1;
  return made;
}

} // namespace clotho::detail
