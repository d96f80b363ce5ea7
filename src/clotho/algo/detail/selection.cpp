// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/selection.hpp>

#include <array>
#include <string>

#include <clotho/algo/detail/fold.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/running_fold.hpp>
#include <clotho/algo/detail/splice.hpp>
#include <clotho/algo/kernels/compact.hpp>
#include <clotho/algo/kernels/compact_predicate.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t item_tile = 16384, group = 256, group_tile = 8 * group; // as cl/compact.cl has them

const char* macro_of(selected which) {
  switch (which) {
  case selected::flagged: break;
  case selected::not_flagged: return "KEEP_NO_FLAG";
  case selected::first_of_run: return "KEEP_FIRST";
  case selected::last_of_run: return "KEEP_LAST";
  case selected::tested: return "KEEP_IF";
  }
  return "KEEP_FLAG";
}

std::string predicate_text(std::string_view predicate) {
  const std::array<snippet, 1> parts{{{"predicate", "predicate", predicate}}};
  return splice(kernels::compact_predicate, parts).text;
}

primitive_request describe(const placement& where, const selection_kind& kind, scalar type, scalar key,
                           const parameters& tuning) {
  primitive_request wanted{type_macros(where, type, "compaction"), {}};
  require_type(where, key, "compaction");
  wanted.defines.emplace_back("K", opencl_name({key, 1}));
  wanted.defines.emplace_back("KEEP", macro_of(kind.which));
  wanted.defines.emplace_back("REJECTED", kind.with_rejected ? "1" : "0");
  if (tuning.shape() == shape::cpu)
    wanted.kernels = {"compact_count_cpu", "compact_write_cpu"};
  else
    wanted.kernels = {"compact_count_gpu", "compact_write_gpu"};
  if (kind.which == selected::tested) wanted.preamble = predicate_text(kind.predicate);
  return wanted;
}

const primitive& primitive_of(const placement& where, const selection_kind& kind, scalar type, scalar key) {
  const auto variant = static_cast<std::uint64_t>(kind.which) << 24
                       | static_cast<std::uint64_t>(kind.with_rejected) << 16
                       | static_cast<std::uint64_t>(type) << 8 | static_cast<std::uint64_t>(key);
  return primitive_for(where, {kernels::compact, variant, kind.predicate}, "compact", type,
                       [&](const parameters& tuning) { return describe(where, kind, type, key, tuning); });
}

void check(const flat& x, const flat& keys, const flat& y) {
  check_same_count("compaction", "x", x, "keys", keys);
  check_same_count("compaction", "x", x, "y", y);
  check_apart("compaction: x and y", x, y);
  check_apart("compaction: keys and y", keys, y);
}

} // namespace

future<std::uint64_t> select_into(const placement& where, const selection_kind& kind, const flat& x,
                                  const flat& keys, const flat& y) {
  check(x, keys, y);
  const runtime& rt = where.owner();
  if (x.size() == 0) return rt.host([] { return std::uint64_t{0}; });
  const primitive& with = primitive_of(where, kind, x.type, keys.type);
  const std::uint64_t n = x.size(), tiles = divide_up(n, with.shape == shape::cpu ? item_tile : group_tile);
  const nd_range range = with.shape == shape::cpu ? one_by_one(tiles) : groups_of(group, tiles);
  const flat places = temporary(where, scalar::u64, tiles + 1), from = readable(where, x),
             by = readable(where, keys);
  rt.launch(with.kernels[0], range, in(by.bytes), out(places.bytes), n);
  running_fold(where, operation::plus, scan_form::exclusive, places, places, scalar_bits(std::uint64_t{0}));
  const writable target(where, y, true);
  (void)target.finish(rt.launch(with.kernels[1], range, in(from.bytes), in(by.bytes),
                                inout(target.memory().bytes), in(places.bytes), tiles, n));
  return only_element<std::uint64_t>(where, places.slice(tiles, 1));
}

} // namespace clotho::detail
