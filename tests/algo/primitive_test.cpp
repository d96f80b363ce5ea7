// SPDX-License-Identifier: Apache-2.0
// What all primitives stand on: programs that are built once, both shapes, memory that does not begin where
// devices want.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/core/error.hpp>
#include <kernels/probe.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

const detail::primitive& probe(const placement& where, scalar type, std::uint64_t variant = 0) {
  return detail::primitive_for(
      where, {test::kernels::probe, variant}, "probe", type, [&](const parameters& tuning) {
        return detail::primitive_request{detail::type_macros(where, type, "probe"),
                                         {tuning.shape() == shape::cpu ? "add_cpu" : "add_gpu"}};
      });
}

template <class T>
future<void> add(const placement& where, const buffer_slice<T>& from, const buffer_slice<T>& to, T more) {
  constexpr std::uint32_t tile = 16;
  const detail::primitive& p = probe(where, scalar_of<T>);
  const detail::flat source = detail::readable(where, detail::flat_of(from));
  const detail::writable target(where, detail::flat_of(to));
  const std::uint64_t n = from.size();
  const auto& rt = where.owner();
  if (p.shape == shape::cpu)
    return target.finish(rt.launch(p.kernels[0], detail::one_by_one(detail::divide_up(n, tile)),
                                   in(source.bytes), out(target.memory().bytes), more, n, tile));
  return target.finish(rt.launch(p.kernels[0], detail::groups_of(16, detail::divide_up(n, 16)),
                                 in(source.bytes), out(target.memory().bytes), more, n));
}

std::vector<int> counted(std::size_t n) {
  std::vector<int> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = static_cast<int>(i);
  return all;
}

} // namespace

TEST_CASE("both shapes, whole buffers and parts that begin anywhere") {
  test::for_each_shape([](const runtime& rt) {
    const std::size_t n = 100;
    const buffer<int> x(rt, counted(n));
    for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, std::size_t{32}, std::size_t{37}}) {
      CAPTURE(offset);
      const buffer<int> y(rt, n), z(rt, n);
      add<int>(rt, x.slice(offset, n - offset), y.slice(0, n - offset), 5);
      add<int>(rt, y.slice(0, n - offset), z.slice(offset, n - offset), 2);
      const std::vector<int> got = rt.read(z.slice(offset, n - offset)).get();
      for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == static_cast<int>(offset + i) + 7);
    }
  });
}

TEST_CASE("a primitive is built once for each variant, and anew when it is tuned") {
  const runtime rt({.threads = 1});
  const detail::primitive& first = probe(rt, scalar::i32);
  CHECK(&probe(rt, scalar::i32) == &first);
  CHECK(&probe(rt, scalar::i32, 1) != &first);
  tune(rt, tuning_table::parse("* probe * unroll=7"));
  const detail::primitive& tuned = probe(rt, scalar::i32);
  CHECK(&tuned != &first);
  CHECK(tuned.tuning["unroll"] == 7);
  CHECK(!first.tuning.find("unroll")); // who holds it may use it
}

TEST_CASE("memory that is shared, and counts that differ, are refused in words") {
  const runtime rt({.threads = 1});
  const buffer<int> x(rt, 10), y(rt, 10);
  const auto part = [&](std::size_t first, std::size_t count) {
    return detail::flat_of(x.slice(first, count));
  };
  CHECK(detail::overlap(part(0, 5), part(4, 2)));
  CHECK(!detail::overlap(part(0, 5), part(5, 5)));
  CHECK(!detail::overlap(part(0, 5), detail::flat_of(y)));
  CHECK(contains(refusal([&] { detail::check_apart("sort: keys and values", part(0, 5), part(4, 2)); }),
                 "sort: keys and values overlap"));
  CHECK(contains(refusal([&] { detail::check_same_count("dot", "x", part(0, 5), "y", part(0, 4)); }),
                 "dot: x has 5 elements and y 4"));
  CHECK(contains(refusal([&] { (void)placement(rt).on(1); }), "there is no device 1"));
}

TEST_CASE("a type that the device cannot calculate with is named") {
  const runtime rt({.threads = 1});
  if (!rt.devices()[0].info().fp16)
    CHECK(contains(refusal([&] { detail::require_type(rt, scalar::f16, "reduce"); }),
                   "reduce of half: the device"));
  detail::require_type(rt, scalar::f32, "reduce");
}
