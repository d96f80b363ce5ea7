// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/split_plan.hpp>

#include <algorithm>
#include <iterator>

#include <clotho/core/error.hpp>
#include <clotho/runtime/cut.hpp>

namespace clotho::detail {

namespace {

// Groups that large are all that CPU devices want. Few sizes: drivers compile a kernel for each.
constexpr std::size_t largest_group = 256;
constexpr std::size_t group_steps[] = {256, 16, 1};
constexpr std::size_t grains_for_each = 8; // of a small range

std::size_t largest_divisor(std::size_t n, std::size_t most) noexcept {
  std::size_t d = std::max<std::size_t>(1, std::min(n, most));
  while (n % d != 0) --d;
  return d;
}

unsigned outermost(const extent& global) noexcept {
  unsigned d = global.dimensions();
  while (d > 1 && global[d - 1] == 1) --d;
  return d == 0 ? 0 : d - 1;
}

void check_dimensions(const kernel_signature& signature, const nd_range& range) {
  const unsigned dimensions = range.global().dimensions();
  const auto fits = [&](const extent& one) { return one.dimensions() == 0 || one.dimensions() == dimensions; };
  if (dimensions == 0 || !fits(range.local()) || !fits(range.offset()))
    throw argument_error("cannot launch kernel '" + signature.name +
                         "': the range, its offset and its local size need 1 to 3 dimensions, all of them the same");
}

void check_kernel(const kernel_signature& signature, unsigned dimension) {
  const std::string why = why_not_cut(signature, dimension);
  if (!why.empty())
    throw argument_error("kernel '" + signature.name + "' cannot be split along dimension " + std::to_string(dimension) +
                         ": " + why);
}

void check_mode(const kernel_signature& signature, std::size_t index, access_mode mode, split_part part) {
  if (!writes(mode) || part == split_part::block) return;
  throw argument_error(describe_argument(signature, index) +
                       " is written, and so each device must know which part is its own: pass it as block(...), or, if the "
                       "kernel only reads it, as in(...)");
}

bool overlap(const flow_access& a, const flow_access& b) noexcept {
  return a.memory == b.memory && a.where.begin < b.where.end && b.where.begin < a.where.end;
}

// A chunk must not see what another one writes: on one device it would, on two it would not.
void check_overlaps(const kernel_signature& signature, std::span<const flow_access> all,
                    std::span<const split_plan::need> needs) {
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (i == k || !writes(all[i].mode) || !overlap(all[i], all[k])) continue;
      if (needs[k].part != split_part::block || all[i].where != all[k].where)
        throw argument_error("kernel '" + signature.name +
                             "' cannot be split: it writes memory of which chunks on other devices would read; let it write to "
                             "another buffer");
    }
}

} // namespace

split_plan::split_plan(kernel_call& call, std::span<const split_argument> given, std::size_t devices)
    : range_(call.range()), dimension_(outermost(range_.global())) {
  const kernel_signature& signature = call.signature();
  check_dimensions(signature, range_);
  check_kernel(signature, dimension_);
  shape_.extent = range_.global().volume() == 0 ? 0 : range_.global()[dimension_];
  choose_grain(signature, devices);
  for (const split_argument& one : given) {
    if (one.what().scratch())
      throw argument_error("kernel '" + signature.name +
                           "' cannot be split with scratch memory, of which no device knows its part: pass a buffer as block(...)");
    if (one.what().access()) {
      const std::size_t i = needs_.size();
      add_need(signature, call.argument_of(i), call.accesses()[i], one);
    }
  }
  check_overlaps(signature, call.accesses(), needs_);
}

std::size_t split_plan::base() const noexcept {
  return range_.offset().dimensions() != 0 ? range_.offset()[dimension_] : 0;
}

void split_plan::choose_grain(const kernel_signature& signature, std::size_t devices) {
  if (const std::size_t required = signature.required_local[dimension_]; required != 0) {
    shape_.grain = required;
  } else if (range_.local().dimensions() == 0) {
    choose_groups(devices);
  } else {
    shape_.grain = std::max<std::size_t>(1, range_.local()[dimension_]);
    shape_.tail_apart = !range_.rounds_up() &&
                        (range_.local_is_preference() || signature.range.why_no_tail(dimension_).empty());
  }
}

// The same for all chunks, as far along the rows as they go; what is left over has groups of one row.
void split_plan::choose_groups(std::size_t devices) {
  std::array<std::size_t, 3> local{1, 1, 1};
  std::size_t room = largest_group;
  for (unsigned d = 0; d < dimension_; ++d) {
    local[d] = largest_divisor(range_.global()[d], room);
    room /= local[d];
  }
  const std::size_t most = std::max<std::size_t>(1, std::min(room, shape_.extent / (grains_for_each * devices)));
  shape_.grain = *std::find_if(std::begin(group_steps), std::end(group_steps), [&](std::size_t one) { return one <= most; });
  local[dimension_] = shape_.grain;
  shape_.tail_apart = true;
  range_ = nd_range(range_.global()).offset(range_.offset()).preferred_local(extent(range_.global().dimensions(), local));
}

void split_plan::add_need(const kernel_signature& signature, std::size_t index, const flow_access& access,
                          const split_argument& given) {
  check_mode(signature, index, access.mode, given.part());
  if (access.memory->is_image() && given.part() != split_part::whole)
    throw argument_error(describe_argument(signature, index) + " is an image, of which devices have all or nothing: pass it as whole(...)");
  need made{given.part(), given.margin(), 0};
  const std::size_t indices = base() + shape_.extent, elements = access.where.size() / given.element_bytes();
  if (made.part != split_part::whole && shape_.extent != 0) {
    if (elements % indices != 0)
      throw argument_error(describe_argument(signature, index) + " has " + std::to_string(elements) + " elements, which the " +
                           std::to_string(indices) + " indices of dimension " + std::to_string(dimension_) +
                           " do not divide into equal parts; pass it as whole(...) if the kernel only reads it, or a slice that "
                           "has as many for each index");
    made.index_bytes = access.where.size() / indices;
  }
  needs_.push_back(made);
}

double split_plan::items_per_index() const noexcept {
  return shape_.extent == 0 ? 1 : static_cast<double>(range_.global().volume()) / static_cast<double>(shape_.extent);
}

nd_range split_plan::range_of(const split_chunk& chunk) const {
  const unsigned dimensions = range_.global().dimensions();
  std::array<std::size_t, 3> global{1, 1, 1}, offset{0, 0, 0}, local{1, 1, 1};
  for (unsigned d = 0; d < dimensions; ++d) {
    global[d] = range_.global()[d];
    if (range_.offset().dimensions() != 0) offset[d] = range_.offset()[d];
    if (range_.local().dimensions() != 0) local[d] = range_.local()[d];
  }
  global[dimension_] = chunk.size();
  offset[dimension_] += chunk.begin;
  if (shape_.tail_apart && chunk.size() < shape_.grain) local[dimension_] = range_.local_is_preference() ? 1 : chunk.size();
  nd_range made{extent(dimensions, global)};
  made.offset(extent(dimensions, offset));
  if (range_.local().dimensions() == 0) return made; // the kernel's own, then
  const extent size(dimensions, local);
  range_.local_is_preference() ? made.preferred_local(size) : made.local(size);
  return range_.rounds_up() ? made.rounded_up() : made;
}

region split_plan::region_of(std::size_t i, region where, const split_chunk& chunk) const noexcept {
  const need& of = needs_[i];
  if (of.part == split_part::whole) return where;
  const std::size_t before = base() + chunk.begin, after = shape_.extent - chunk.end;
  const std::size_t first = before - std::min(before, of.margin);
  const std::size_t last = base() + chunk.end + std::min(after, of.margin);
  return {where.begin + first * of.index_bytes, where.begin + last * of.index_bytes};
}

} // namespace clotho::detail
