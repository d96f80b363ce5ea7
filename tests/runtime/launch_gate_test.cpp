// SPDX-License-Identifier: Apache-2.0
// What lets several threads launch on one synchronous device. The storm makes 200000 launches, or as many as
// CLOTHO_LAUNCHES says; CLOTHO_QUIRKS=-pocl-handle-cache lets it loose on PoCL without the gate, which ends
// the process.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <clotho/core/os/environment.hpp>
#include <clotho/runtime/cut.hpp>
#include <clotho/runtime/detail/launch_gate.hpp>
#include <support/collected.hpp>
#include <support/device_fixture.hpp>
#include <support/skip.hpp>
#include <support/storm.hpp>

using namespace clotho;
using detail::launch_form;
using detail::launch_gate;
using detail::launch_need;
using detail::launch_pass;
using detail::launch_pause;
using detail::launch_stripe;
using detail::shared_gate;
using test::device_fixture;

namespace {

launch_need need_of(launch_gate& gate, const char* kernel, std::size_t width, bool has_offset = true) {
  const std::size_t family = launch_gate::family_of(kernel, {1, 1, 1});
  launch_need need;
  need.stripe = &gate.stripe_of(family);
  need.form = {family, 1, {1, 1, 1}, has_offset};
  need.width = {width, 1};
  return need;
}

void launch(launch_gate& gate, const launch_need& need) { launch_pass(&gate, 0, need).succeeded(); }

bool knows(const launch_need& need) { return need.stripe->knows(need.form, need.width); }

} // namespace

TEST_CASE("a gate lets many in together, or one alone") {
  shared_gate gate;
  std::atomic<int> together{0};
  int guarded = 0, wrong = 0;
  std::vector<std::function<void()>> bodies;
  for (unsigned t = 0; t < 8; ++t)
    bodies.push_back([&, t] {
      for (int i = 0; i < 4800; ++i) {
        if ((static_cast<unsigned>(i) + t) % 16 != 0) {
          gate.enter(t);
          ++together;
          --together;
          gate.leave(t);
        } else {
          gate.close();
          wrong += together != 0;
          ++guarded;
          gate.open();
        }
      }
    });
  test::run_together(std::move(bodies));
  CHECK(wrong == 0);
  CHECK(guarded == 8 * 4800 / 16);
}

TEST_CASE("what the gate knows") {
  launch_gate gate;
  const launch_need narrow = need_of(gate, "k", 100), wide = need_of(gate, "k", 200);
  SUBCASE("a launch that was made, and narrower ones") {
    CHECK_FALSE(knows(narrow));
    launch(gate, wide);
    CHECK(knows(narrow));
    CHECK(knows(wide));
    CHECK_FALSE(knows(need_of(gate, "k", 201)));
    CHECK_FALSE(knows(need_of(gate, "other", 1)));
  }
  SUBCASE("depth is no width: versions of PoCL disagree on it") {
    launch_need deep = narrow;
    deep.width = {1, 300};
    launch(gate, deep);
    CHECK_FALSE(knows(narrow));
    launch(gate, wide);
    CHECK(knows(deep));
  }
  SUBCASE("nothing of a launch that failed") {
    { const launch_pass failing(&gate, 0, narrow); }
    CHECK_FALSE(knows(narrow));
  }
  SUBCASE("offsets and their absence take turns") {
    const launch_need without = need_of(gate, "k", 100, false);
    launch(gate, narrow);
    CHECK_FALSE(knows(without));
    launch(gate, without);
    CHECK(knows(without));
    CHECK_FALSE(knows(narrow));
  }
  SUBCASE("nothing when PoCL may have unloaded it") {
    launch(gate, wide);
    for (int i = 1; i < 120; ++i) launch(gate, need_of(gate, ("k" + std::to_string(i)).c_str(), 1));
    CHECK(knows(wide));
    launch(gate, need_of(gate, "one more", 1));
    CHECK_FALSE(knows(wide));
    CHECK(knows(need_of(gate, "one more", 1)));
  }
  SUBCASE("nothing after a pause") {
    launch(gate, wide);
    { const launch_pause pause(&gate); }
    CHECK_FALSE(knows(wide));
  }
}

TEST_CASE("there is one gate in a process, while somebody needs it") {
  const auto gate = launch_gate::of_process();
  CHECK(launch_gate::of_process() == gate);
}

// --- the storm

namespace {

// Kernels that say in each cell who wrote it. The salt differs from launch to launch.
const char* const storm_source = R"(
#define FAMILY(n)                                                                                              \
  __kernel void line##n(__global uint* y, uint salt, uint wide, uint high) {                                   \
    y[get_global_id(0)] = salt + n + 3 * (uint)get_global_id(0);                                               \
  }                                                                                                            \
  __kernel void plane##n(__global uint* y, uint salt, uint wide, uint high) {                                  \
    const uint i = (uint)get_global_id(0), j = (uint)get_global_id(1);                                         \
    y[j * wide + i] = salt + n + 3 * i + 5 * j;                                                                \
  }                                                                                                            \
  __kernel void solid##n(__global uint* y, uint salt, uint wide, uint high) {                                  \
    const uint i = (uint)get_global_id(0), j = (uint)get_global_id(1), k = (uint)get_global_id(2);             \
    y[(k * high + j) * wide + i] = salt + n + 3 * i + 5 * j + 7 * k;                                           \
  }                                                                                                            \
  __kernel void turned##n(__global uint* y, uint salt, uint wide, uint high) {                                 \
    __local uint t[32];                                                                                        \
    const uint l = (uint)get_local_id(0), last = (uint)get_local_size(0) - 1;                                  \
    t[l] = (uint)get_global_id(0);                                                                             \
    barrier(CLK_LOCAL_MEM_FENCE);                                                                              \
    y[get_global_id(0)] = salt + n + 3 * t[last - l];                                                          \
  }                                                                                                            \
  __kernel void asking##n(__global uint* y, uint salt, uint wide, uint high) {                                 \
    const uint place = (uint)(get_group_id(0) + 64 * get_num_groups(0) + 4096 * get_global_size(0));           \
    y[get_global_id(0)] = salt + n + place + (uint)get_global_offset(0);                                       \
  }                                                                                                            \
  __kernel void counting##n(__global uint* y, uint salt, uint wide, uint high) {                               \
    y[get_global_id(0)] = salt + n + get_work_dim();                                                           \
  }
FAMILY(1) FAMILY(2) FAMILY(3) FAMILY(4)
)";
constexpr std::uint32_t families = 4;

enum class deed { line, plane, solid, turned, asking, counting };
constexpr std::array deed_names{"line", "plane", "solid", "turned", "asking", "counting"};
using sizes = std::array<std::size_t, 3>;

constexpr std::array<std::array<sizes, 6>, 3> local_sizes{
    {{{{1, 1, 1}, {2, 1, 1}, {4, 1, 1}, {8, 1, 1}, {16, 1, 1}, {32, 1, 1}}},
     {{{1, 1, 1}, {2, 2, 1}, {4, 1, 1}, {1, 4, 1}, {8, 2, 1}, {4, 4, 1}}},
     {{{1, 1, 1}, {2, 2, 2}, {4, 2, 1}, {1, 1, 4}, {8, 1, 1}, {2, 1, 2}}}}};
constexpr std::array<std::size_t, 3> most_groups{64, 6, 3};

constexpr unsigned dimensions_of(deed what) { return what == deed::solid ? 3 : what == deed::plane ? 2 : 1; }

/// A launch of the storm, and what it does in a plain loop.
struct shot {
  deed what{};
  std::uint32_t family = 1, salt = 0;
  sizes offset{}, global{1, 1, 1}, local{1, 1, 1};

  [[nodiscard]] std::size_t end(unsigned d) const { return offset[d] + global[d]; }
  [[nodiscard]] std::size_t cells() const { return end(0) * end(1) * end(2); }
  [[nodiscard]] nd_range range() const {
    const unsigned n = dimensions_of(what);
    return nd_range(extent(n, global)).offset(extent(n, offset)).local(extent(n, local));
  }
  [[nodiscard]] std::size_t value(std::size_t i, std::size_t j, std::size_t k) const {
    const std::size_t in_group = (i - offset[0]) % local[0], groups = global[0] / local[0];
    switch (what) {
    case deed::line:
    case deed::plane:
    case deed::solid: return 3 * i + 5 * j + 7 * k;
    case deed::turned: return 3 * (i - in_group + local[0] - 1 - in_group);
    case deed::asking: return (i - offset[0]) / local[0] + 64 * groups + 4096 * global[0] + offset[0];
    case deed::counting: return 1;
    }
    return 0;
  }
  void apply(std::vector<std::uint32_t>& cells) const {
    for (std::size_t k = offset[2]; k < end(2); ++k)
      for (std::size_t j = offset[1]; j < end(1); ++j)
        for (std::size_t i = offset[0]; i < end(0); ++i)
          cells[(k * end(1) + j) * end(0) + i] = salt + family + static_cast<std::uint32_t>(value(i, j, k));
  }
};

class shot_maker {
 public:
  explicit shot_maker(std::uint64_t seed) : random_(seed) {}

  shot next() {
    shot made;
    made.what = static_cast<deed>(below(deed_names.size()));
    made.family = 1 + static_cast<std::uint32_t>(std::min(below(families), below(families)));
    made.salt = ++shots_ * 1000003;
    const unsigned n = dimensions_of(made.what);
    made.local = local_sizes[n - 1][std::min(below(6), below(6))];
    const bool has_offset = below(2) == 0;
    for (unsigned d = 0; d < n; ++d) {
      made.global[d] = made.local[d] * (1 + below(most_groups[n - 1]));
      made.offset[d] = has_offset ? below(9) : 0;
    }
    return made;
  }
  std::size_t below(std::size_t end) { return random_() % end; }

 private:
  std::mt19937_64 random_;
  std::uint32_t shots_ = 0;
};

constexpr std::size_t most_cells = (32 * 64 + 8) * 4;

/// One thread of the storm.
class gunner {
 public:
  gunner(const context& in, const std::vector<kernel>& kernels, std::uint64_t seed)
      : queue_(in), cells_(device_buffer::of<std::uint32_t>(in, most_cells)), kernels_(kernels), maker_(seed),
        wanted_(most_cells), got_(most_cells) {
    queue_.fill(cells_, std::uint32_t{0});
  }

  void fire(std::size_t launches, test::collected& wrong) {
    while (launched_ < launches) {
      const shot next = maker_.next();
      fire(next);
      next.apply(wanted_);
      queue_.read(cells_, std::span(got_).first(next.cells()));
      if (!std::equal(got_.begin(), got_.begin() + static_cast<std::ptrdiff_t>(next.cells()),
                      wanted_.begin()))
        return wrong.add(std::string(deed_names[static_cast<std::size_t>(next.what)]) + " over "
                         + to_string(next.range().global()) + " went wrong");
    }
  }
  [[nodiscard]] std::size_t cut() const noexcept { return cut_; }

 private:
  void fire(const shot& next) {
    const kernel& function = kernels_[static_cast<std::size_t>(next.what) * families + next.family - 1];
    std::vector<nd_range> pieces{next.range()};
    if (maker_.below(3) == 0)
      if (cut_plan plan = clotho::cut(function, next.range(), 2 + maker_.below(4)))
        pieces = std::move(plan.pieces);
    if (pieces.size() > 1) ++cut_;
    for (const nd_range& piece : pieces)
      queue_.launch(function, piece, cells_, next.salt, static_cast<std::uint32_t>(next.end(0)),
                    static_cast<std::uint32_t>(next.end(1)));
    launched_ += pieces.size();
  }

  queue queue_;
  device_buffer cells_;
  const std::vector<kernel>& kernels_;
  shot_maker maker_;
  std::vector<std::uint32_t> wanted_, got_;
  std::size_t launched_ = 0, cut_ = 0;
};

std::vector<kernel> storm_kernels(const context& in) {
  const program built = program::build(in, flatten_source("storm.cl", storm_source));
  std::vector<kernel> kernels;
  for (const char* name : deed_names)
    for (std::uint32_t n = 1; n <= families; ++n)
      kernels.push_back(built.get_kernel(name + std::to_string(n)));
  return kernels;
}

std::size_t storm_launches() {
  const auto given = os::environment("CLOTHO_LAUNCHES");
  return given ? std::stoul(*given) : 200000 / test::storm_divisor;
}

} // namespace

TEST_CASE_FIXTURE(device_fixture, "threads with a queue each launch on one synchronous device") {
  if (!ctx.target().quirks().has(quirk_action::synchronous_device)) CLOTHO_SKIP("a synchronous device");
  constexpr std::size_t threads = 8;
  const context other(ctx.target());
  const std::array kernels{storm_kernels(ctx), storm_kernels(other)}; // for PoCL they are the same
  test::collected wrong;
  std::atomic<std::size_t> cut{0};
  std::vector<std::function<void()>> bodies;
  for (std::size_t t = 0; t < threads; ++t)
    bodies.push_back([&, t] {
      try {
        gunner one(t % 2 == 0 ? ctx : other, kernels[t % 2], t);
        one.fire(storm_launches() / threads, wrong);
        cut += one.cut();
      } catch (const std::exception& failure) {
        wrong.add(failure.what());
      }
    });
  test::run_together(std::move(bodies));
  CHECK(wrong.text() == "");
  CHECK(cut > 0);
}

TEST_CASE_FIXTURE(device_fixture, "launches of one kernel on a synchronous device run at the same time") {
  if (!ctx.target().quirks().has(quirk_action::synchronous_device)) CLOTHO_SKIP("a synchronous device");
  // Each waits for the other, though not for ever.
  const kernel meet = build_kernel(R"(
    __kernel void meet(volatile __global int* here, __global int* met, int me) {
      atomic_xchg(&here[me], 1);
      int other = 0;
      for (uint i = 0; i < 1000000000 && !other; ++i) other = atomic_or(&here[1 - me], 0);
      met[me] = other;
    })",
                                   "meet");
  const device_buffer here = device_buffer::of<int>(ctx, 2), met = device_buffer::of<int>(ctx, 2);
  q.fill(here, 1);
  q.launch(meet, 1, here, met, 0); // the first one runs alone
  q.fill(here, 0);
  q.fill(met, 0);
  std::vector<std::function<void()>> bodies;
  for (int me = 0; me < 2; ++me) bodies.push_back([&, me] { queue(ctx).launch(meet, 1, here, met, me); });
  test::run_together(std::move(bodies));
  std::vector<int> got(2);
  q.read(met, std::span(got));
  CHECK(got == std::vector{1, 1});
}

TEST_CASE_FIXTURE(device_fixture, "a binary is taken while another thread launches") {
  if (!ctx.target().quirks().has(quirk_action::synchronous_device)) CLOTHO_SKIP("a synchronous device");
  for (int round = 0; round < 5; ++round) {
    const std::string name = "strict" + std::to_string(round);
    const program built = build("__kernel __attribute__((reqd_work_group_size(4, 1, 1))) void " + name
                                + "(__global uint* y) { uint x = y[0];"
                                  "for (uint i = 0; i < 100000; ++i) x = x * x + i;" // long enough to be met
                                  "y[get_global_id(0)] += x == 1 ? 2 : 1; }");
    const kernel strict = built.get_kernel(name);
    const device_buffer y = device_buffer::of<std::uint32_t>(ctx, 4);
    q.fill(y, std::uint32_t{0});
    std::atomic<std::uint32_t> launches{0};
    std::atomic<bool> fetched{false};
    test::run_together({[&] {
                          for (; !fetched; ++launches) q.launch(strict, 4, y);
                        },
                        [&] {
                          while (launches < 3) std::this_thread::yield();
                          (void)built.binary();
                          fetched = true;
                        }});
    std::vector<std::uint32_t> got(4);
    q.read(y, std::span(got));
    CHECK(got == std::vector<std::uint32_t>(4, launches));
  }
}
