// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/walk.hpp>

#include <algorithm>

namespace clotho::detail {

namespace {

struct dimension {
  std::int64_t size;
  std::vector<std::int64_t> steps; // of each array
};

dimension dimension_of(std::span<const layout> views, std::size_t axis) {
  dimension made{static_cast<std::int64_t>(views[0].shape()[axis]), {}};
  for (const layout& one : views) made.steps.push_back(one.strides()[axis]);
  return made;
}

// One step of `outer` leads right behind the last of `inner`, in all arrays.
bool follow(const dimension& outer, const dimension& inner) {
  for (std::size_t i = 0; i < outer.steps.size(); ++i)
    if (outer.steps[i] != inner.steps[i] * inner.size) return false;
  return true;
}

std::vector<dimension> joined_dimensions(std::span<const layout> views) {
  std::vector<dimension> all;
  for (std::size_t axis = 0; axis < views[0].shape().rank(); ++axis) {
    dimension next = dimension_of(views, axis);
    if (next.size == 1) continue;
    if (!all.empty() && follow(all.back(), next)) {
      next.size *= all.back().size;
      all.back() = std::move(next);
    } else {
      all.push_back(std::move(next));
    }
  }
  return all;
}

// Rows of a few elements would be walked along a vector at a time, mostly empty: a long dimension is better,
// if its elements lie apart.
void put_long_one_last(std::vector<dimension>& all) {
  constexpr std::int64_t long_enough = 16;
  if (all.size() < 2 || all.back().size >= long_enough) return;
  const auto longest =
      std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.size < b.size; });
  std::swap(*longest, all.back());
}

void add_outer(walk& into, const dimension& one) {
  const std::vector<std::vector<std::int64_t>> before = std::move(into.outer_bases);
  into.outer_bases.clear();
  for (const auto& bases : before)
    for (std::int64_t i = 0; i < one.size; ++i) {
      into.outer_bases.push_back(bases);
      for (std::size_t k = 0; k < one.steps.size(); ++k) into.outer_bases.back()[k] += i * one.steps[k];
    }
}

} // namespace

walk plan_walk(std::span<const layout> views, bool in_order) {
  std::vector<dimension> all = joined_dimensions(views);
  if (!in_order) put_long_one_last(all);
  walk made;
  made.steps.resize(views.size());
  made.outer_bases.emplace_back(views.size(), 0);
  const std::size_t outer = all.size() > 4 ? all.size() - 4 : 0, first = 4 - (all.size() - outer);
  for (std::size_t i = 0; i < outer; ++i) add_outer(made, all[i]);
  for (std::size_t i = outer; i < all.size(); ++i) {
    const std::size_t to = first + i - outer;
    made.shape[to] = static_cast<std::uint64_t>(all[i].size);
    made.volume *= made.shape[to];
    for (std::size_t k = 0; k < views.size(); ++k) made.steps[k][to] = all[i].steps[k];
  }
  return made;
}

} // namespace clotho::detail
