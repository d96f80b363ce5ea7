// SPDX-License-Identifier: Apache-2.0
// Memory that only one launch sees.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

// Each item turns its own part of the scratch memory round.
constexpr const char* source = R"(
kernel void reversed(const global int* from, global int* tmp, global int* to, const uint each) {
  const size_t first = get_global_id(0) * each;
  for (uint i = 0; i < each; ++i) tmp[first + i] = from[first + i];
  for (uint i = 0; i < each; ++i) to[first + i] = tmp[first + each - 1 - i];
}
kernel void only_reads(const global float* tmp, global float* to) { to[0] = tmp[0]; }
kernel void in_local(local int* tmp, global int* to) { tmp[0] = 1; to[0] = tmp[0]; }
kernel void doubled(const global half* from, global half* to) {
  const size_t i = get_global_id(0);
  vstore_half(2 * vload_half(i, from), i, to);
}
)";

std::vector<int> counted(std::size_t n) {
  std::vector<int> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = static_cast<int>(i);
  return all;
}

std::vector<int> turned(std::vector<int> all, std::size_t each) {
  for (std::size_t i = 0; i < all.size(); i += each)
    std::reverse(all.begin() + static_cast<std::ptrdiff_t>(i), all.begin() + static_cast<std::ptrdiff_t>(i + each));
  return all;
}

constexpr unsigned each = 5;

} // namespace

TEST_CASE("a kernel gets memory of its own") {
  for (const std::size_t items : {1, 7, 100}) {
    const runtime rt({.threads = 2}); // Oclgrind mixes up what is initialised in buffers of one context that follow each other
    const loaded_kernel reversed = rt.build(source).kernel("reversed");
    const std::size_t n = items * each;
    const buffer<int> x(rt, counted(n)), y(rt, n);
    rt.launch(reversed, items, x, scratch<int>(n), y, each);
    CHECK(rt.read(y).get() == turned(counted(n), each));
    rt.fill(y, 0);
    rt.launch(reversed, items, arg("to", y), arg("tmp", scratch<int>(n)), arg("each", each), arg("from", x));
    CHECK(rt.read(y).get() == turned(counted(n), each));
  }
}

TEST_CASE("launches at once do not share it") {
  const runtime rt({.threads = 4});
  const loaded_kernel reversed = rt.build(source).kernel("reversed");
  const std::size_t items = 10, n = items * each;
  const buffer<int> x(rt, counted(n));
  std::vector<buffer<int>> all;
  for (int i = 0; i < 20; ++i) {
    all.emplace_back(rt, n);
    rt.launch(reversed, items, x, scratch<int>(n), all.back(), each);
  }
  for (const buffer<int>& one : all) CHECK(rt.read(one).get() == turned(counted(n), each));
}

TEST_CASE("a graph has it for all its runs, until it is changed") {
  const runtime rt({.threads = 2});
  const loaded_kernel reversed = rt.build(source).kernel("reversed");
  const std::size_t items = 10, n = items * each;
  const buffer<int> x(rt, counted(n)), y(rt, n);
  std::optional<recorded> node;
  const graph there_and_back = rt.record([&](recorder& r) {
    node = r.launch(reversed, items, x, scratch<int>(n), y, each);
    r.launch(reversed, items, y, scratch<int>(n), x, each);
  });
  there_and_back.run(3);
  CHECK(rt.read(x).get() == counted(n));
  CHECK(rt.read(y).get() == turned(counted(n), each));
  there_and_back.set(*node, arg("tmp", scratch<int>(2 * n)));
  there_and_back.run(2);
  CHECK(rt.read(x).get() == counted(n));
  CHECK(contains(refusal([&] { there_and_back.set(*node, arg("each", scratch<int>(n))); }), "was recorded as a value"));
}

TEST_CASE("scratch memory that does not fit is refused") {
  const runtime rt;
  const loaded_program program = rt.build(source);
  const loaded_kernel reversed = program.kernel("reversed");
  const buffer<int> x(rt, counted(each)), y(rt, each);
  const buffer<float> f(rt, 1);
  CHECK(contains(refusal([&] { rt.launch(reversed, 1, x, scratch<float>(each), y, each); }), "cannot be a buffer of float"));
  CHECK(contains(refusal([&] { rt.launch(reversed, 1, x, y, y, scratch<int>(each)); }), "cannot be a buffer"));
  CHECK(contains(refusal([&] { rt.launch(program.kernel("in_local"), 1, scratch<int>(each), y); }), "cannot be a buffer"));
  CHECK(contains(refusal([&] { rt.launch(program.kernel("only_reads"), 1, scratch<float>(1), f); }), "holds nothing to read"));
  CHECK(contains(refusal([&] { rt.launch(split(reversed), 1, block(x), scratch<int>(each), block(y), each); }), "as block(...)"));
  CHECK_THROWS_AS(scratch<double>(SIZE_MAX / 2), argument_error);
}

TEST_CASE("a kernel reads and writes half where the device cannot calculate with it") {
  const runtime rt({.threads = 1});
  const loaded_kernel doubled = rt.build(source).kernel("doubled");
  std::vector<half> from, wanted;
  for (int i = 0; i < 100; ++i) {
    from.push_back(to_half(i * 0.25 - 10));
    wanted.push_back(to_half(i * 0.5 - 20));
  }
  const buffer<half> x(rt, from), y(rt, from.size());
  rt.launch(doubled, from.size(), x, y);
  const std::vector<half> got = rt.read(y).get();
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(to_double(got[i]) == to_double(wanted[i]));
  const buffer<float> wrong(rt, from.size());
  CHECK(contains(refusal([&] { rt.launch(doubled, from.size(), wrong, y); }), "cannot be a buffer of float"));
}
