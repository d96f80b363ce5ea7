// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/cut.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/runtime/detail/state.hpp>

namespace clotho {
namespace {

using namespace detail;

struct layout {
  resolved_range range;
  std::optional<unsigned> tail; // the dimension that ends in a smaller group of its own launch

  [[nodiscard]] std::size_t groups(unsigned d) const {
    return range.global[d] / range.local[d] + (range.global[d] % range.local[d] != 0 ? 1 : 0);
  }
  [[nodiscard]] bool is_ragged(unsigned d) const { return range.global[d] % range.local[d] != 0; }
};

bool may_have_tail(const kernel_signature& signature, const layout& of, unsigned d) {
  for (unsigned other = 0; other < of.range.dimensions; ++other)
    if (other != d && of.is_ragged(other)) return false;
  return why_not_cut(signature, d).empty() && signature.range.why_no_tail(d).empty();
}

// With a tail where the local size asked for does not divide the range and the kernel allows one.
std::optional<layout> lay_out_with_tail(const kernel_state& function, range_limits limits,
                                        const nd_range& wish) {
  limits.non_uniform = true;
  layout made{resolve(wish, limits, function.signature.name), {}};
  for (unsigned d = 0; d < made.range.dimensions && !made.range.empty; ++d)
    if (made.is_ragged(d)) made.tail = d;
  if (made.tail && !may_have_tail(function.signature, made, *made.tail)) return std::nullopt;
  return made;
}

layout lay_out(const kernel_state& function, const nd_range& wish) {
  range_limits limits = function.range;
  limits.choose_local = true; // pieces that the driver groups as it likes would differ from each other
  const bool asks_local = wish.local().dimensions() != 0 && !wish.rounds_up();
  if (asks_local && limits.required_local[0] == 0 && !limits.non_uniform)
    if (auto made = lay_out_with_tail(function, limits, wish)) return *made;
  return {resolve(wish, limits, function.signature.name), {}};
}

nd_range piece_of(const layout& whole, unsigned d, std::size_t begin, std::size_t end) {
  resolved_range piece = whole.range;
  piece.offset[d] += begin;
  piece.global[d] = end - begin;
  if (whole.tail == d) piece.local[d] = std::min(piece.local[d], piece.global[d]);
  nd_range made{extent(piece.dimensions, piece.global)};
  return made.offset(extent(piece.dimensions, piece.offset)).local(extent(piece.dimensions, piece.local));
}

// `pieces` of whole groups, the tail by itself.
std::vector<nd_range> cut_along(const layout& whole, unsigned d, std::size_t pieces) {
  std::vector<nd_range> made;
  const std::size_t size = whole.range.global[d], local = whole.range.local[d];
  const std::size_t groups = whole.tail == d ? size / local : whole.groups(d);
  pieces = std::min(pieces, groups);
  for (std::size_t i = 0, begin = 0; i < pieces; ++i) {
    const std::size_t share = groups / pieces + (i < groups % pieces ? 1 : 0);
    const std::size_t end = std::min(size, begin + share * local);
    made.push_back(piece_of(whole, d, begin, end));
    begin = end;
  }
  if (whole.tail == d) made.push_back(piece_of(whole, d, groups * local, size));
  return made;
}

// The outermost dimension with enough groups, so that pieces lie together in memory; else the one with most.
std::optional<unsigned> best_dimension(const kernel_signature& signature, const layout& whole,
                                       std::size_t pieces) {
  std::optional<unsigned> best;
  for (unsigned d = whole.range.dimensions; d-- > 0;) {
    if (whole.groups(d) < 2 || !why_not_cut(signature, d).empty()) continue;
    if (whole.groups(d) >= pieces) return d;
    if (!best || whole.groups(d) > whole.groups(*best)) best = d;
  }
  return best;
}

std::string why_in_no_dimension(const kernel_signature& signature, const layout& whole) {
  std::string reasons;
  for (unsigned d = 0; d < whole.range.dimensions; ++d) {
    const std::string reason = whole.groups(d) < 2 ? "" : why_not_cut(signature, d);
    if (reason.empty() || reasons.find(reason) != std::string::npos) continue;
    reasons += (reasons.empty() ? "" : "; ") + reason;
  }
  return reasons;
}

} // namespace

std::string why_not_cut(const kernel_signature& signature, unsigned dimension) {
  if (signature.uses_printf) return "it prints, and its lines would come in another order";
  return signature.range.why_not_cut(dimension);
}

cut_plan cut(const kernel& function, const nd_range& range, std::size_t pieces) {
  const kernel_signature& signature = function.signature();
  if (pieces == 0)
    throw argument_error("the range of kernel '" + signature.name + "' cannot be cut into 0 pieces");
  const layout whole = lay_out(*function.state(), range);
  if (whole.range.empty) return {{range}, {}};
  if (whole.tail) return {cut_along(whole, *whole.tail, pieces), {}};
  if (pieces == 1) return {cut_along(whole, 0, 1), {}};
  if (const auto best = best_dimension(signature, whole, pieces))
    return {cut_along(whole, *best, pieces), {}};
  std::string refusal = why_in_no_dimension(signature, whole);
  if (refusal.empty()) return {cut_along(whole, 0, 1), {}}; // it is one group
  return {{}, std::move(refusal)};
}

} // namespace clotho
