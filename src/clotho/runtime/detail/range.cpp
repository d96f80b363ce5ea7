// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/range.hpp>

#include <algorithm>
#include <limits>
#include <string>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {
namespace {

// Groups beyond this gain nothing on CPUs, where clotho chooses the local size itself.
constexpr std::size_t chosen_group_items = 256;

[[noreturn]] void refuse(std::string_view kernel, const std::string& why) {
  throw argument_error("cannot launch kernel '" + std::string(kernel) + "': " + why);
}

std::size_t largest_divisor(std::size_t n, std::size_t most) {
  for (std::size_t d = std::min(n, most); d > 1; --d)
    if (n % d == 0) return d;
  return 1;
}

void check_dimensions(const nd_range& wish, std::string_view kernel) {
  const unsigned dimensions = wish.global().dimensions();
  const auto differs = [&](const extent& e) { return e.dimensions() != 0 && e.dimensions() != dimensions; };
  if (differs(wish.local()))
    refuse(kernel, "the range " + to_string(wish.global()) + " and the local size " + to_string(wish.local())
                       + " have different dimensions");
  if (differs(wish.offset()))
    refuse(kernel, "the range " + to_string(wish.global()) + " and the offset " + to_string(wish.offset())
                       + " have different dimensions");
}

void check_total(const resolved_range& range, std::string_view kernel) {
  std::size_t total = 1;
  for (unsigned d = 0; d < range.dimensions; ++d) {
    const auto items = checked_multiply(total, range.global[d]);
    // Half of the address space: drivers add sizes and offsets in signed numbers.
    if (!items || *items > std::numeric_limits<std::size_t>::max() / 2
        || !checked_add(range.global[d], range.offset[d]))
      refuse(kernel, "a range of " + to_string(extent(range.dimensions, range.global))
                         + " work-items is more than a device can count");
    total = *items;
  }
}

// The local size as asked for, or as the kernel demands; zeros when neither says.
std::array<std::size_t, 3> wanted_local(const nd_range& wish, const range_limits& limits,
                                        std::string_view kernel) {
  const bool required = limits.required_local[0] != 0;
  const bool asked = wish.local().dimensions() != 0;
  if (!required && !asked) return {};
  std::array<std::size_t, 3> local{1, 1, 1};
  if (asked)
    for (unsigned d = 0; d < wish.local().dimensions(); ++d) local[d] = wish.local()[d];
  if (asked && (local[0] == 0 || local[1] == 0 || local[2] == 0))
    refuse(kernel, "the local size " + to_string(wish.local()) + " has a zero in it");
  if (!required) return local;
  if (asked && !wish.local_is_preference() && local != limits.required_local)
    refuse(kernel, "it was written for a local size of " + to_string(extent(3, limits.required_local))
                       + " (reqd_work_group_size), not " + to_string(wish.local())
                       + "; leave the local size out");
  return limits.required_local;
}

// Makes a preferred size fit: within the limits, and a divisor in each dimension.
void fit(std::array<std::size_t, 3>& local, const resolved_range& range, const range_limits& limits,
         std::size_t most) {
  std::size_t room = most;
  for (unsigned d = 0; d < 3; ++d) {
    const std::size_t cap = std::min({local[d], limits.max_local_sizes[d], room});
    local[d] = limits.non_uniform ? std::max<std::size_t>(cap, 1) : largest_divisor(range.global[d], cap);
    room = std::max<std::size_t>(1, room / local[d]);
  }
}

std::size_t most_items(const range_limits& limits) {
  return limits.max_stack_items ? std::max<std::size_t>(1, std::min(limits.max_local, limits.max_stack_items))
                                : limits.max_local;
}

// Wide in x, as rows lie in memory; then as much of y and z as there is room for.
std::array<std::size_t, 3> choose_local(const resolved_range& range, const range_limits& limits) {
  std::array<std::size_t, 3> local = range.global;
  range_limits uniform = limits;
  uniform.non_uniform = false;
  fit(local, range, uniform, std::min(most_items(limits), chosen_group_items));
  return local;
}

void round_up(resolved_range& range, std::string_view kernel) {
  for (unsigned d = 0; d < range.dimensions; ++d) {
    const std::size_t rest = range.global[d] % range.local[d];
    if (rest == 0) continue;
    const auto grown = checked_add(range.global[d], range.local[d] - rest);
    if (!grown) refuse(kernel, "the range does not fit when rounded up");
    range.global[d] = *grown;
  }
}

void check_divides(const resolved_range& range, std::string_view kernel) {
  for (unsigned d = 0; d < range.dimensions; ++d) {
    if (range.global[d] % range.local[d] == 0) continue;
    const std::size_t divisor = largest_divisor(range.global[d], range.local[d]);
    refuse(kernel, "the local size " + std::to_string(range.local[d]) + " does not divide the range "
                       + std::to_string(range.global[d]) + " in dimension " + std::to_string(d) + ", and "
                       + "the device or the program's OpenCL C version does not allow that; use "
                       + std::to_string(divisor)
                       + ", leave the local size out, or round the range up if the kernel guards its index");
  }
}

void check_limits(const resolved_range& range, const range_limits& limits, std::string_view kernel) {
  const extent local(range.dimensions, range.local);
  std::size_t items = 1;
  for (unsigned d = 0; d < 3; ++d) {
    const auto product = checked_multiply(items, range.local[d]);
    if (!product || range.local[d] > limits.max_local_sizes[d] || *product > limits.max_local)
      refuse(kernel, "the local size " + to_string(local) + " is too large: this kernel takes at most "
                         + std::to_string(limits.max_local) + " work-items in a group here, at most "
                         + to_string(extent(3, limits.max_local_sizes)) + " by dimension");
    items = *product;
  }
  if (limits.max_stack_items != 0 && items > limits.max_stack_items)
    refuse(kernel, "its private arrays times " + std::to_string(items)
                       + " work-items in a group do not fit the stack of a CPU device; at most "
                       + std::to_string(limits.max_stack_items) + " would");
}

} // namespace

resolved_range resolve(const nd_range& wish, const range_limits& limits, std::string_view kernel) {
  if (wish.global().dimensions() == 0) refuse(kernel, "the range has no dimensions");
  check_dimensions(wish, kernel);
  resolved_range range;
  range.dimensions = wish.global().dimensions();
  for (unsigned d = 0; d < range.dimensions; ++d) {
    range.global[d] = wish.global()[d];
    if (wish.offset().dimensions() != 0) range.offset[d] = wish.offset()[d];
    if (range.global[d] == 0) range.empty = true;
  }
  check_total(range, kernel);
  const std::array<std::size_t, 3> local = wanted_local(wish, limits, kernel);
  if (range.empty) return range;

  const bool chosen = local[0] == 0;
  range.local = chosen ? std::array<std::size_t, 3>{1, 1, 1} : local;
  if (chosen) {
    const bool choose = limits.choose_local || limits.max_stack_items != 0;
    if (choose) range.local = choose_local(range, limits);
    range.driver_chooses_local = !choose;
  } else if (wish.local_is_preference() && limits.required_local[0] == 0 && !wish.rounds_up()) {
    fit(range.local, range, limits, most_items(limits));
  }
  if (range.driver_chooses_local) return range;
  if (wish.rounds_up()) round_up(range, kernel);
  check_limits(range, limits, kernel);
  if (!limits.non_uniform) check_divides(range, kernel);
  check_total(range, kernel);
  return range;
}

} // namespace clotho::detail
