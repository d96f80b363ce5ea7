// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/flow/split.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>
#include <support/storm.hpp>

#include "several_devices.hpp"

using namespace clotho;
using test::contains;
using test::refusal;
using word = std::uint32_t;
using words = std::vector<word>;

namespace {

constexpr const char* source = R"(
kernel void blend(global uint* y, global const uint* x, const uint a) {
  const size_t i = get_global_id(0);
  y[i] = y[i] * 3 + x[i] * a + (uint)i;
}
kernel void gather(global uint* y, global const uint* table, const uint n) {
  const size_t i = get_global_id(0);
  y[i] = table[i * 7 % n] + table[n - 1 - i];
}
kernel void sum_near(global uint* y, global const uint* x, const uint reach, const uint n) {
  const uint i = (uint)get_global_id(0);
  uint sum = 0;
  for (uint k = 0; k < 2 * reach + 1; ++k)
    if (i + k >= reach && i + k < n + reach) sum = sum * 5 + x[i + k - reach];
  y[i] = sum;
}
kernel void rows(global uint* y, global const uint* x, const uint height) {
  const uint w = (uint)get_global_size(0), c = (uint)get_global_id(0), r = (uint)get_global_id(1);
  const uint above = r > 0 ? x[(r - 1) * w + c] : 7, below = r + 1 < height ? x[(r + 1) * w + c] : 9;
  y[r * w + c] = y[r * w + c] + above * 3 + below * 5 + r;
}
kernel void scaled(global uint* y, global const uint* per_pair) {
  const size_t i = get_global_id(0);
  y[2 * i] = per_pair[i];
  y[2 * i + 1] = per_pair[i] + 1;
}
kernel void guarded(global uint* y, const uint n) { if (get_global_id(0) < n) y[get_global_id(0)] += 1; }
kernel void in_groups(global uint* y) { y[get_global_id(0)] = (uint)get_local_id(0); }
kernel void placed(global uint* y) { y[get_global_id(0)] = (uint)get_group_id(0); }
kernel void measured(global uint* y) { y[get_global_id(0)] = (uint)get_global_size(0); }
)";

constexpr split_policy policies[] = {split_policy::fixed, split_policy::dynamic, split_policy::adaptive};

words random_words(std::mt19937& random, std::size_t n) {
  words made(n);
  for (word& one : made) one = static_cast<word>(random());
  return made;
}

struct machine {
  explicit machine(unsigned threads = 2, std::vector<device> devices = test::several_devices())
      : rt({.device_list = devices, .threads = threads}), slow(test::any_interprets(devices)) {}

  runtime rt;
  loaded_program program = rt.build(source);
  loaded_kernel blend = program.kernel("blend"), gather = program.kernel("gather"), sum_near = program.kernel("sum_near"),
                rows = program.kernel("rows");
  bool slow;

  [[nodiscard]] std::vector<std::size_t> sizes() const {
    if (slow) return {0, 1, 2, 7, 97};
    return {0, 1, 2, 3, 7, 31, 64, 97, 255, 256, 257, 1000, 1009, 4096, 10'007, 100'003};
  }
};

bool one_thread() { return test::any_interprets(test::several_devices()); }

void blend_words(words& y, const words& x, word a) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = y[i] * 3 + x[i] * a + static_cast<word>(i);
}

void add_rows(words& y, const words& x, std::size_t w, std::size_t h) {
  for (std::size_t r = 0; r < h; ++r)
    for (std::size_t c = 0; c < w; ++c)
      y[r * w + c] += (r > 0 ? x[(r - 1) * w + c] : 7) * 3 + (r + 1 < h ? x[(r + 1) * w + c] : 9) * 5 + static_cast<word>(r);
}

words near_sums(const words& x, std::size_t reach) {
  words sums(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t k = i < reach ? 0 : i - reach; k <= i + reach && k < x.size(); ++k) sums[i] = sums[i] * 5 + x[k];
  return sums;
}

} // namespace

TEST_CASE("a split launch does what a whole one does") {
  std::mt19937 random(1);
  for (const unsigned threads : {0u, 1u, 2u, 8u}) {
    CAPTURE(threads);
    const machine on(threads);
    for (const split_policy how : policies)
      for (const std::size_t n : on.sizes()) {
        CAPTURE(n);
        const words x0 = random_words(random, n);
        words wanted = random_words(random, n);
        const buffer<word> x(on.rt, x0), y(on.rt, wanted);
        for (word turn = 1; turn <= 3; ++turn) { // what is learnt, and where the data are, differs
          on.rt.launch(split(on.blend, {.how = how}), n, block(y), block(x), turn);
          blend_words(wanted, x0, turn);
        }
        CHECK(on.rt.read(y).get() == wanted);
      }
  }
}

TEST_CASE("a device gets the whole, its block, and what is near") {
  std::mt19937 random(2);
  const machine on;
  for (const split_policy how : policies)
    for (const std::size_t n : on.sizes()) {
      if (n == 0) continue;
      CAPTURE(n);
      const words x0 = random_words(random, n);
      const buffer<word> x(on.rt, x0), y(on.rt, n);
      on.rt.launch(split(on.gather, {.how = how}), n, block(out(y)), whole(x), static_cast<word>(n));
      const words gathered = on.rt.read(y).get();
      for (std::size_t i = 0; i < n; ++i) REQUIRE(gathered[i] == x0[i * 7 % n] + x0[n - 1 - i]);
      for (const std::size_t reach : {std::size_t{1}, std::size_t{5}, n}) {
        if (reach == n && n > 1009) continue;
        CAPTURE(reach);
        on.rt.launch(split(on.sum_near, {.how = how}), n, block(out(y)), halo(x, reach), static_cast<word>(reach),
                     static_cast<word>(n));
        CHECK(on.rt.read(y).get() == near_sums(x0, reach));
      }
    }
}

TEST_CASE("pictures are divided by rows") {
  std::mt19937 random(3);
  const machine on;
  for (const split_policy how : policies)
    for (int round = 0; round < 12; ++round) {
      const std::size_t w = std::array<std::size_t, 4>{1, 5, 16, 67}[random() % (on.slow ? 2 : 4)]; // drivers compile anew for each
      const std::size_t h = random() % (on.slow ? 10 : 300) + 2;
      CAPTURE(w);
      CAPTURE(h);
      words a = random_words(random, w * h), b = random_words(random, w * h);
      const buffer<word> x(on.rt, a), y(on.rt, b);
      for (int turn = 0; turn < 4; ++turn) { // to and fro, as iterations of a stencil go
        on.rt.launch(split(on.rows, {.how = how}), {w, h}, block(y), halo(x, 1), static_cast<word>(h));
        add_rows(b, a, w, h);
        on.rt.launch(split(on.rows, {.how = how}), {w, h}, block(x), halo(y, 1), static_cast<word>(h));
        add_rows(a, b, w, h);
      }
      CHECK(on.rt.read(x).get() == a);
      CHECK(on.rt.read(y).get() == b);
    }
}

TEST_CASE("indices own as many elements as there are for each; offsets count from 0") {
  const machine on;
  const loaded_kernel scaled = on.program.kernel("scaled");
  const std::size_t n = on.slow ? 60 : 6000;
  words each(n);
  std::iota(each.begin(), each.end(), 5u);
  const buffer<word> pairs(on.rt, words(2 * n, 1u)), per_pair(on.rt, each);
  on.rt.launch(split(scaled), nd_range(n / 2).offset(n / 2), block(pairs), block(per_pair)).get();
  const words got = on.rt.read(pairs).get();
  for (std::size_t i = 0; i < 2 * n; ++i) REQUIRE(got[i] == (i < n ? 1u : each[i / 2] + static_cast<word>(i % 2)));
}

TEST_CASE("a local size is kept, and need not divide the range") {
  const machine on;
  const loaded_kernel in_groups = on.program.kernel("in_groups"), guarded = on.program.kernel("guarded");
  const std::size_t n = on.slow ? 128 : 1600;
  for (const split_policy how : policies) {
    const buffer<word> y(on.rt, n), z(on.rt, words(n + 1, 0u));
    on.rt.launch(split(in_groups, {.how = how}), nd_range(n).local(16), block(out(y)));
    const words got = on.rt.read(y).get();
    for (std::size_t i = 0; i < n; ++i) REQUIRE(got[i] == i % 16);
    on.rt.launch(split(guarded, {.how = how}), nd_range(n + 1).local(16), block(z), static_cast<word>(n + 1));
    on.rt.launch(split(guarded, {.how = how}), nd_range(n + 1).local(32).rounded_up(), block(z), static_cast<word>(n + 1));
    on.rt.launch(split(guarded, {.how = how}), nd_range(n + 1).preferred_local(32), block(z), static_cast<word>(n + 1));
    CHECK(on.rt.read(z).get() == words(n + 1, 3u));
  }
}

TEST_CASE("parts of buffers are split as buffers are") {
  std::mt19937 random(4);
  const machine on;
  const std::size_t n = on.slow ? 96 : 3000, before = 128, size = 4 * 1024; // devices want offsets aligned
  words x0 = random_words(random, size), y0 = random_words(random, size);
  const buffer<word> x(on.rt, x0), y(on.rt, y0);
  on.rt.launch(split(on.blend), n, block(y.slice(before, n)), block(x.slice(2 * before, n)), 4u);
  words part(y0.begin() + before, y0.begin() + static_cast<std::ptrdiff_t>(before + n));
  blend_words(part, words(x0.begin() + 2 * before, x0.begin() + static_cast<std::ptrdiff_t>(2 * before + n)), 4);
  std::copy(part.begin(), part.end(), y0.begin() + before);
  CHECK(on.rt.read(y).get() == y0);
  on.rt.launch(split(on.blend), n, arg("a", 2u), arg("x", block(x.slice(0, n))), arg("y", block(inout(y.slice(0, n)))));
  part.assign(y0.begin(), y0.begin() + static_cast<std::ptrdiff_t>(n));
  blend_words(part, words(x0.begin(), x0.begin() + static_cast<std::ptrdiff_t>(n)), 2);
  CHECK(on.rt.read(y.slice(0, n)).get() == part);
}

TEST_CASE("split launches keep their place among others") {
  std::mt19937 random(5);
  for (const unsigned threads : {0u, 2u}) {
    const machine on(threads);
    for (int round = 0; round < 40 / static_cast<int>(std::min<std::size_t>(test::storm_divisor, 4)); ++round) {
      const std::size_t n = on.slow ? 60 : std::array<std::size_t, 4>{1, 100, 2048, 3001}[random() % 4];
      words a = random_words(random, n), b = random_words(random, n);
      const buffer<word> x(on.rt, a), y(on.rt, b);
      for (int k = 0; k < 20; ++k) {
        const word by = static_cast<word>(random() % 9);
        switch (random() % 5) {
        case 0: on.rt.launch(on.blend.on(random() % on.rt.devices().size()), n, y, x, by), blend_words(b, a, by); break;
        case 1: on.rt.host([by](std::span<word> all) { all[0] += by; }, inout(x)), a[0] += by; break;
        case 2: on.rt.copy(x, y), b = a; break;
        case 3: on.rt.launch(split(on.blend, {.how = policies[random() % 3]}), n, block(x), block(y), by), blend_words(a, b, by); break;
        default: on.rt.launch(split(on.blend, {.how = policies[random() % 3]}), n, block(y), block(x), by), blend_words(b, a, by);
        }
      }
      REQUIRE(on.rt.read(x).get() == a);
      REQUIRE(on.rt.read(y).get() == b);
    }
  }
}

TEST_CASE("what cannot be split is refused, and told why") {
  const machine on;
  const loaded_kernel placed = on.program.kernel("placed"), measured = on.program.kernel("measured");
  const buffer<word> x(on.rt, 100), y(on.rt, 100), odd(on.rt, 101);
  const auto said = [&](const auto& kernel, const nd_range& range, const auto&... arguments) {
    return refusal([&] { on.rt.launch(kernel, range, arguments...); });
  };
  CHECK(contains(said(split(placed), 100, block(y)), "'placed' cannot be split along dimension 0: it asks for get_group_id(0)"));
  CHECK(contains(said(split(measured), 100, block(y)), "along dimension 0: it asks for get_global_size(0)"));
  CHECK(contains(said(split(on.rows), {100, 1}, block(y), halo(x, 1), 1u), "along dimension 0"));
  CHECK(contains(said(split(on.blend), 100, y, x, 1u), "pass it as block(...)"));
  CHECK(contains(said(split(on.blend), 100, halo(y, 1), x, 1u), "argument 0 ('y', uint*) of kernel 'blend' is written"));
  CHECK(contains(said(split(on.blend), 100, block(odd), x, 1u), "has 101 elements, which the 100 indices"));
  CHECK(contains(said(split(on.blend), 100, block(y), halo(y, 1), 1u), "let it write to another buffer"));
  CHECK(contains(said(split(on.blend), 50, block(y.slice(0, 50)), block(y.slice(32, 50)), 1u), "let it write to another buffer"));
  CHECK(contains(said(split(on.blend.on(0)), 100, block(y), x, 1u), "is for one device"));
  CHECK(contains(said(split(on.blend, {.shares = {1}}), 100, block(y), x, 1u), "cannot be split by these shares"));
  CHECK(contains(said(split(on.blend), 100, block(y), x), "'a' is missing"));
  CHECK(contains(said(split(on.blend), nd_range(100).local({2, 2}), block(y), x, 1u), "all of them the same"));
}

TEST_CASE("shares are what the caller says") {
  const machine on;
  const std::size_t n = on.slow ? 50 : 5000, devices = on.rt.devices().size();
  for (const split_policy how : policies)
    for (std::size_t only = 0; only < devices; ++only) {
      std::vector<double> shares(devices, 0.0);
      shares[only] = 2;
      words wanted(n, 1u);
      const buffer<word> x(on.rt, words(n, 2u)), y(on.rt, wanted);
      on.rt.launch(split(on.blend, {.how = how, .shares = shares, .chunks = 3}), n, block(y), block(x), 1u);
      blend_words(wanted, words(n, 2u), 1);
      CHECK(on.rt.read(y).get() == wanted);
    }
}

TEST_CASE("a split launch on damaged data fails, and damages what it writes") {
  const machine on;
  buffer<word> x(on.rt, words(200, 1u)), y(on.rt, words(200, 1u));
  CHECK_THROWS_AS(on.rt.host([](std::span<word>) -> void { throw std::runtime_error("out of ink"); }, out(x.slice(100, 1))).get(),
                  std::runtime_error);
  CHECK_THROWS_AS(on.rt.launch(split(on.blend), 200, block(y), block(x), 1u).get(), dependency_error);
  CHECK(contains(refusal([&] { (void)on.rt.read(y.slice(0, 1)).get(); }), "out of ink"));
  on.rt.fill(x, 2u);
  on.rt.launch(split(on.gather), 200, block(out(y)), whole(x), 200u);
  CHECK(on.rt.read(y).get() == words(200, 4u));
}

TEST_CASE("a split launch is cancelled as others are") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const machine on;
  const buffer<word> x(on.rt, words(100, 1u)), y(on.rt, words(100, 1u));
  os::parker open;
  auto first = on.rt.host([&](std::span<word>) { open.park(); }, inout(x));
  auto second = on.rt.launch(split(on.blend), 100, block(y), block(x), 1u);
  CHECK(second.cancel());
  open.unpark();
  CHECK_THROWS_AS(second.get(), cancelled_error);
  CHECK_THROWS_AS((void)on.rt.read(y).get(), dependency_error);
  CHECK_NOTHROW(first.get());
}

TEST_CASE("what no compiler takes fails with the first refusal") {
  const machine on;
  const loaded_program broken = on.rt.build("kernel void k(global uint* x) { x[get_global_id(0)] = nothing; }");
  const buffer<word> x(on.rt, words(10, 1u));
  CHECK_THROWS_AS(on.rt.launch(split(broken.kernel("k")), 10, block(x)).get(), build_error);
  CHECK_THROWS_AS((void)on.rt.read(x).get(), dependency_error);
}

TEST_CASE("split launches of several threads, inside tasks too") {
  if (one_thread()) CLOTHO_SKIP("drivers that several threads call");
  const machine on(4);
  std::vector<std::function<void()>> bodies;
  for (word k = 0; k < 4; ++k)
    bodies.push_back([&on, k] {
      const std::size_t n = 2000 + k;
      words wanted(n, k);
      const buffer<word> x(on.rt, words(n, 3u)), y(on.rt, wanted);
      for (word turn = 0; turn < 8; ++turn) {
        const auto launch = [&] { return on.rt.launch(split(on.blend), n, block(y), block(x), turn); };
        if (turn % 2 == 0)
          launch();
        else
          on.rt.host([&] { launch().get(); }).get();
        blend_words(wanted, words(n, 3u), turn);
      }
      CHECK(on.rt.read(y).get() == wanted);
    });
  test::run_together(std::move(bodies));
}

TEST_CASE("one device alone takes all of it") {
  const machine on(2, {select_device()});
  words wanted(777, 1u);
  const buffer<word> x(on.rt, words(777, 2u)), y(on.rt, wanted);
  on.rt.launch(split(on.blend), 777, block(y), block(x), 3u);
  blend_words(wanted, words(777, 2u), 3);
  CHECK(on.rt.read(y).get() == wanted);
}
