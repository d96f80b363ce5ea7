// SPDX-License-Identifier: Apache-2.0
// Devices that are lost on purpose, by the fault layer: all that is asked of their drivers fails from some call on.
// CLOTHO_FLOW_SEED repeats a run of the random programs.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/runtime.hpp>
#include <faults/fault_layer.hpp>
#include <support/collected.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>
#include <support/storm.hpp>

#include "random_machine.hpp"
#include "several_devices.hpp"

using namespace clotho;
using test::contains;
using test::random_flow;
using words = std::vector<std::uint32_t>;

namespace {

constexpr const char* source = R"(
kernel void bump(global uint* y) { y[get_global_id(0)] += 1; }
kernel void set(global uint* y, global const uint* x) { y[get_global_id(0)] = x[get_global_id(0)]; }
kernel void nothing() {}
)";

constexpr int not_available = -2, out_of_resources = -5, invalid_queue = -36;
constexpr std::array codes{not_available, out_of_resources, invalid_queue};
constexpr long never = std::numeric_limits<long>::max();
constexpr std::size_t n = 1024;

std::size_t occurrences(const std::string& text, const std::string& of) {
  std::size_t count = 0;
  for (std::size_t at = text.find(of); at != std::string::npos; at = text.find(of, at + 1)) ++count;
  return count;
}

std::vector<device> two_devices() {
  std::vector<device> all = test::several_devices();
  all.resize(2, all[0]);
  return all;
}

/// A runtime one of whose devices, or the only one, is going to be lost.
class doomed_runtime {
 public:
  explicit doomed_runtime(std::size_t devices = 2, std::size_t doomed = 0, int code = not_available, unsigned threads = 2) {
    std::vector<device> all = two_devices();
    all.resize(devices, all[0]);
    name_ = all[doomed].name();
    layer_.doom(static_cast<long>(doomed) + 1, never, code);
    rt_ = std::make_unique<runtime>(
        runtime_options{.device_list = std::move(all), .threads = threads, .log = log_.sink(), .share_host_memory = false});
    program_ = std::make_unique<loaded_program>(rt_->build(source));
    program_->wait();
  }
  ~doomed_runtime() {
    program_.reset();
    rt_.reset(); // returns, however much was lost
    layer_.disarm();
    CHECK(layer_.live() == live_);
  }

  const runtime* operator->() const { return rt_.get(); }
  [[nodiscard]] const runtime& get() const { return *rt_; }
  [[nodiscard]] loaded_kernel kernel(const char* called) const { return program_->kernel(called); }
  [[nodiscard]] buffer<std::uint32_t> filled(std::uint32_t value) const { return {*rt_, words(n, value)}; }
  void lose() const { layer_.lose(); }
  [[nodiscard]] const test::fault_layer& layer() const { return layer_; }
  [[nodiscard]] const std::string& lost_name() const { return name_; }
  std::string log() { return log_.text(); }

 private:
  const std::vector<device> loaded_ = select_devices("all"); // layers are loaded with the first call
  test::fault_layer layer_;
  const long live_ = layer_.live();
  test::collected log_;
  std::string name_;
  std::unique_ptr<runtime> rt_;
  std::unique_ptr<loaded_program> program_;
};

bool in_place(const device& where) { return where.quirks().has(quirk_action::synchronous_device); }

/// What the future of a task that the loss has hit says.
void check_loss(future<void> of, const doomed_runtime& on) {
  try {
    of.get();
    FAIL("it has not failed");
  } catch (const device_lost_error& lost) {
    CHECK(lost.device() == on.lost_name());
    CHECK(contains(lost.what(), on.lost_name()));
    CHECK(contains(lost.what(), "CL_"));
    CHECK(contains(lost.what(), "use another device"));
  }
}

/// Reading what only the lost device had.
void check_gone(const buffer<std::uint32_t>& data, const doomed_runtime& on) {
  try {
    (void)on->read(data).get();
    FAIL("it was not lost");
  } catch (const dependency_error& gone) {
    CHECK(contains(gone.what(), "was lost"));
    CHECK(contains(gone.what(), on.lost_name()));
    CHECK_THROWS_AS(std::rethrow_exception(gone.cause()), device_lost_error);
  }
}

} // namespace

TEST_CASE("what waits for a lost device runs on another one") {
  for (const int code : codes)
    for (const unsigned threads : {0u, 1u, 4u}) {
      CAPTURE(code);
      CAPTURE(threads);
      doomed_runtime on(2, 0, code, threads);
      const auto x = on.filled(5), y = on.filled(1);
      on->launch(on.kernel("set").on(0), n, out(y), x).get(); // its place, from now on
      (void)on->read(y).get();                               // and here, too
      on.lose();
      for (int i = 0; i < 20; ++i) on->launch(on.kernel("bump"), n, y);
      CHECK(on->read(y).get() == words(n, 25));
      CHECK(occurrences(on.log(), "was lost") == 1);
    }
}

TEST_CASE("kernels in one line are done again in order") {
  constexpr std::size_t many = 1 << 18; // long enough to overlap, if they may
  const std::vector<device> devices = two_devices();
  const std::size_t first = in_place(devices[0]) ? 1 : 0;
  if (test::any_interprets(devices) || in_place(devices[first])) CLOTHO_SKIP("a device that keeps the order of launches");
  std::size_t moved = 0;
  {
    const doomed_runtime warm; // as random_machine::warm
    const buffer<std::uint32_t> x(warm.get(), many), y(warm.get(), many);
    for (const std::size_t where : {0, 1}) {
      warm->launch(warm.kernel("bump").on(where), many, y);
      warm->launch(warm.kernel("set").on(where), many, y, x).get();
    }
  }
  for (long after = 0; after < 16; ++after) {
    CAPTURE(after);
    doomed_runtime on(2, first, codes[static_cast<std::size_t>(after) % codes.size()], 4);
    const buffer<std::uint32_t> x(on.get(), words(many, 5)), y(on.get(), words(many, 1));
    on->launch(on.kernel("set").on(first), many, out(y), x).get();
    (void)on->read(y).get();
    on.layer().lose_after(on.layer().doomed_calls() + after);
    for (int i = 0; i < 20; ++i) on->launch(on.kernel("bump"), many, y);
    try {
      const words got = on->read(y).get();
      CHECK(got == words(many, 25));
      moved += contains(on.log(), "was lost");
    } catch (const dependency_error& gone) {
      CHECK(contains(gone.what(), "was lost"));
    }
  }
  CHECK(moved != 0);
}

TEST_CASE("placement passes over a lost device") {
  doomed_runtime on;
  on.lose();
  on->launch(on.kernel("nothing"), 1).wait();
  check_loss(on->launch(on.kernel("nothing").on(0), 1), on);
  const long calls = on.layer().doomed_calls();
  const auto y = on.filled(0);
  for (int i = 0; i < 10; ++i) CHECK_NOTHROW(on->launch(on.kernel("bump"), n, y).get());
  CHECK(on->read(y).get() == words(n, 10));
  CHECK(on.layer().doomed_calls() == calls);
}

TEST_CASE("a kernel for the lost device fails, and those that need what it was to write") {
  doomed_runtime on;
  const auto x = on.filled(5), y = on.filled(1), z = on.filled(2);
  on.lose();
  auto first = on->launch(on.kernel("bump").on(0), n, y);
  auto second = on->launch(on.kernel("set"), n, out(z), y);
  check_loss(std::move(first), on);
  CHECK_THROWS_AS(second.get(), dependency_error);
  CHECK_THROWS_AS((void)on->read(y).get(), dependency_error);
  CHECK(on->read(x).get() == words(n, 5));
  check_loss(on->launch(on.kernel("bump").on(0), n, x), on); // and so it stays
  on->launch(on.kernel("set").on(1), n, out(y), z);
  on->fill(y, 7u);
  on->launch(on.kernel("bump"), n, y);
  CHECK(on->read(y).get() == words(n, 8));
}

TEST_CASE("data that only the lost device had are damaged") {
  if (in_place(two_devices()[0])) CLOTHO_SKIP("a device with memory of its own");
  doomed_runtime on;
  const auto x = on.filled(5), y = on.filled(1);
  on->launch(on.kernel("bump").on(0), n, y).get();
  on->launch(on.kernel("set").on(0), n, out(y), x).get();
  on.lose();
  check_gone(y, on);
  CHECK_THROWS_AS(on->launch(on.kernel("bump"), n, y).get(), dependency_error);
  CHECK(on->read(x).get() == words(n, 5)); // it was here, too
  CHECK(on->read(y.slice(0, 0)).get().empty());
  auto healed = y;
  SUBCASE("until they are written") { on->launch(on.kernel("set"), n, out(healed), x); }
  SUBCASE("until they are reset") {
    healed.reset();
    CHECK_NOTHROW((void)on->read(y).get());
    on->fill(y, 5u);
  }
  CHECK(on->read(y).get() == words(n, 5));
  CHECK(occurrences(on.log(), "was lost") == 1);
}

TEST_CASE("when the only device is lost all that is queued fails, and nothing hangs") {
  for (const unsigned threads : {0u, 1u, 4u}) {
    CAPTURE(threads);
    doomed_runtime on(1, 0, out_of_resources, threads);
    const auto x = on.filled(5), y = on.filled(1);
    on->launch(on.kernel("bump"), n, y).get();
    std::vector<future<void>> all;
    for (int i = 0; i < 50; ++i) all.push_back(on->launch(on.kernel("bump"), n, y));
    on.lose();
    for (int i = 0; i < 50; ++i) all.push_back(on->launch(on.kernel("set"), n, inout(y), x));
    std::size_t failed = 0;
    for (future<void>& one : all) {
      const std::string said = test::refusal([&] { one.get(); });
      failed += said != "not refused";
      CHECK((said == "not refused" || contains(said, on.lost_name())));
    }
    CHECK(failed >= 50);
    CHECK(on->read(x).get() == words(n, 5));
    CHECK(occurrences(on.log(), "use another device") == 1);
  }
}

TEST_CASE("a kernel without memory moves, too") {
  doomed_runtime on(2, 0);
  on.lose();
  for (int i = 0; i < 4; ++i) CHECK_NOTHROW(on->launch(on.kernel("nothing"), 1).get());
}

TEST_CASE("a failure that is over when the device is asked is no loss") {
  for (const int code : {out_of_resources, invalid_queue}) {
    CAPTURE(code);
    doomed_runtime on;
    const auto y = on.filled(1);
    on->launch(on.kernel("bump").on(0), n, y).get();
    on.layer().arm(1, code, false);
    const std::string said = test::refusal([&] { on->launch(on.kernel("bump").on(0), n, y).get(); });
    CHECK(contains(said, code_name(code)));
    CHECK(!contains(said, "was lost"));
    on->fill(y, 1u);
    CHECK_NOTHROW(on->launch(on.kernel("bump").on(0), n, y).get());
    CHECK(on->read(y).get() == words(n, 2));
    CHECK(!contains(on.log(), "was lost"));
  }
}

TEST_CASE("a graph on a lost device fails with the cause, and its next runs do") {
  for (const int devices : {1, 2}) {
    CAPTURE(devices);
    doomed_runtime on(static_cast<std::size_t>(devices));
    const auto x = on.filled(5), y = on.filled(1), z = on.filled(3);
    const graph chain = on->record([&](recorder& to) {
      to.launch(on.kernel("set").on(0), n, out(y), x);
      for (int i = 0; i < 3; ++i) to.launch(on.kernel("bump").on(0), n, y);
    });
    const graph mixed = on->record([&](recorder& to) {
      to.launch(on.kernel("set").on(0), n, out(y), x);
      to.host([](std::span<std::uint32_t> all) { all[0] += 1; }, inout(y));
      to.launch(on.kernel("bump").on(0), n, y);
    });
    chain.run(2).get();
    CHECK(on->read(y).get() == words(n, 8));
    mixed.run(2).get();
    on.lose();
    for (int i = 0; i < 2; ++i) check_loss(chain.run(3), on);
    check_loss(mixed.run(2), on);
    CHECK_THROWS_AS((void)on->read(y).get(), dependency_error);
    CHECK(on->read(x).get() == words(n, 5));
    if (devices == 1) continue;
    const graph later = on->record([&](recorder& to) { to.launch(on.kernel("bump"), n, z); });
    CHECK_NOTHROW(later.run(4).get()); // recorded when the loss was known
    CHECK(on->read(z).get() == words(n, 7));
  }
}

TEST_CASE("a split launch leaves a lost device out") {
  doomed_runtime on;
  const auto x = on.filled(5), y = on.filled(1);
  on.lose();
  for (int i = 0; i < 3; ++i) {
    const split_kernel halves(on.kernel("set"), {.how = split_policy::fixed, .shares = {1, 1}});
    on->launch(halves, n, block(out(y)), block(x)).get();
    CHECK(on->read(y).get() == words(n, 5));
  }
  CHECK(occurrences(on.log(), "was lost") == 1);
}

TEST_CASE("whenever a device is lost, what is not lost with it is as plain loops have it") {
  const char* const given = std::getenv("CLOTHO_FLOW_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  INFO("CLOTHO_FLOW_SEED=", seed);
  random_flow::generator random(seed);
  const std::vector<device> devices = two_devices();
  const test::fault_layer layer;
  const bool slow = test::any_interprets(devices);
  const auto run = [&](const random_flow& program, std::size_t doomed, long after, int code) {
    layer.doom(static_cast<long>(doomed) + 1, never, code);
    const test::random_machine machine({.device_list = devices, .threads = 2}, test::random_rules::with_losses);
    const long before = layer.doomed_calls();
    if (after >= 0) layer.lose_after(before + after);
    CHECK(machine.wrong_with(program) == "");
    return layer.doomed_calls() - before;
  };
  test::random_machine({.device_list = devices}).warm();
  const std::size_t programs = slow ? 1 : 6 / test::storm_divisor + 1;
  for (std::size_t i = 0; i < programs; ++i) {
    const random_flow program(random, random() % 60 + 1, 2, !slow);
    const std::size_t doomed = random() % 2;
    const long calls = run(program, doomed, -1, not_available);
    for (int times = 0; times < (slow ? 1 : 10) && calls > 0; ++times) {
      CAPTURE(program.text());
      run(program, doomed, static_cast<long>(random() % static_cast<std::uint64_t>(calls)), codes[random() % codes.size()]);
    }
  }
  layer.disarm();
}
