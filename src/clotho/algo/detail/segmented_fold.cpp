// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/segmented_fold.hpp>

#include <array>
#include <span>
#include <utility>

#include <clotho/algo/detail/operator_macros.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/segmented_tiles.hpp>
#include <clotho/algo/kernels/segmented_scan.hpp>

namespace clotho::detail {

namespace {

struct segmented_kind {
  operation op;
  segment_heads heads;
  scalar type, key;
};

primitive_request describe(const placement& where, const segmented_kind& kind, const parameters& tuning) {
  primitive_request wanted{type_macros(where, kind.type, "segmented scan"), {}};
  for (auto& macro : operator_macros(kind.op, kind.type)) wanted.defines.push_back(std::move(macro));
  require_type(where, kind.key, "segmented scan");
  wanted.defines.emplace_back("K", opencl_name({kind.key, 1}));
  wanted.defines.emplace_back("HEAD", kind.heads == segment_heads::flags ? "HEAD_FLAG" : "HEAD_CHANGE");
  wanted.kernels = segmented_tiles::kernels(tuning.shape());
  return wanted;
}

const primitive& primitive_of(const placement& where, const segmented_kind& kind) {
  const auto variant = static_cast<std::uint64_t>(kind.op) << 24
                       | static_cast<std::uint64_t>(kind.heads) << 16
                       | static_cast<std::uint64_t>(kind.type) << 8 | static_cast<std::uint64_t>(kind.key);
  return primitive_for(where, {kernels::segmented_scan, variant}, "scan", kind.type,
                       [&](const parameters& tuning) { return describe(where, kind, tuning); });
}

} // namespace

future<void> segmented_fold(const placement& where, operation op, scan_form form, segment_heads heads,
                            const flat& x, const flat& keys, const flat& y) {
  check_scan_places(x, y);
  check_same_count("segmented scan", "x", x, "heads", keys);
  check_apart("segmented scan: heads and y", keys, y);
  if (x.size() == 0) return nothing_to_do(where);
  const primitive& with = primitive_of(where, {op, heads, x.type, keys.type});
  const flat from = readable(where, x), marks = readable(where, keys);
  const writable target(where, y);
  const std::array<flow_argument, 3> all{in(from.bytes), in(marks.bytes), out(target.memory().bytes)};
  return target.finish(segmented_tiles(where, with, x.type, x.size())
                           .launch(std::span(all).first(2), all, form == scan_form::exclusive ? 1 : 0));
}

} // namespace clotho::detail
