// SPDX-License-Identifier: Apache-2.0
// Who gets what, with devices that are only simulated: nothing here takes the time that it counts.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <clotho/flow/detail/split_dealer.hpp>

using namespace clotho;
using detail::split_chunk;
using detail::split_dealer;

namespace {

constexpr double ms = 1e6;
constexpr double launch_ns = 50e3; // what a chunk takes besides its work

struct machine {
  std::vector<double> index_ns; // in truth
  double noise = 0;             // of 1
  std::size_t extent = 100'000, grain = 16;
  split_options how{};
  std::vector<double> known{}; // what the dealer is told
};

/// Devices that take chunks as they become free.
class simulation {
 public:
  simulation(const machine& of, std::uint64_t seed)
      : of_(of),
        random_(seed),
        dealer_({of.extent, of.grain, true}, of.how, of.known.empty() ? std::vector<double>(of.index_ns.size()) : of.known),
        free_at_(of.index_ns.size(), 0.0),
        under_way_(of.index_ns.size()),
        finished_(of.index_ns.size(), false) {}

  /// Of 1: how long it would take if the devices shared the work as well as can be, over how long it takes.
  [[nodiscard]] double efficiency() {
    while (const std::optional<std::size_t> device = next_free()) step(*device);
    REQUIRE_FALSE(dealer_.any_left());
    double speed = 0;
    for (const double one : of_.index_ns) speed += 1 / one;
    return static_cast<double>(of_.extent) / speed / end_;
  }

 private:
  [[nodiscard]] std::optional<std::size_t> next_free() const {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < free_at_.size(); ++i)
      if (!finished_[i] && (!first || free_at_[i] < free_at_[*first])) first = i;
    return first;
  }
  void step(std::size_t device) {
    const double now = free_at_[device];
    if (under_way_[device]) {
      dealer_.done(device, *under_way_[device], took_[device]);
      end_ = std::max(end_, now);
    }
    under_way_[device] = dealer_.next(device, now);
    finished_[device] = !under_way_[device];
    if (finished_[device]) return;
    const double noise = std::normal_distribution<double>(1, of_.noise)(random_);
    took_[device] = launch_ns + of_.index_ns[device] * std::max(0.2, noise) * static_cast<double>(under_way_[device]->size());
    free_at_[device] = now + took_[device];
  }

  const machine of_;
  std::mt19937_64 random_;
  split_dealer dealer_;
  std::vector<double> free_at_;
  std::vector<std::optional<split_chunk>> under_way_;
  std::vector<bool> finished_;
  std::vector<double> took_ = std::vector<double>(of_.index_ns.size());
  double end_ = 0;
};

double efficiency(const machine& of) {
  constexpr int runs = 30;
  double sum = 0;
  for (int seed = 1; seed <= runs; ++seed) sum += simulation(of, static_cast<std::uint64_t>(seed)).efficiency();
  return sum / runs;
}

/// Devices whose speeds are as `ratio`, and which together take `total_ns`.
machine shared(std::vector<double> ratio, double total_ns, double noise = 0) {
  machine made;
  double speed = 0;
  for (const double one : ratio) speed += one;
  const double scale = static_cast<double>(made.extent) / total_ns; // indices a nanosecond
  for (const double one : ratio) made.index_ns.push_back(speed / one / scale);
  made.noise = noise;
  return made;
}

machine with(machine of, split_options how) {
  of.how = std::move(how);
  return of;
}
machine knowing(machine of, std::vector<double> index_ns) {
  of.known = std::move(index_ns);
  return of;
}

} // namespace

TEST_CASE("every index is dealt once, whatever happens") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    CAPTURE(round);
    const std::size_t devices = random() % 4 + 1, extent = random() % (round % 2 == 0 ? 20 : 5000), grain = random() % 40 + 1;
    split_options how{.how = static_cast<split_policy>(random() % 3), .chunks = random() % 50};
    std::vector<double> known(devices);
    for (double& one : known) one = random() % 3 == 0 ? 0.0 : static_cast<double>(random() % 1'000'000 + 1);
    if (random() % 3 == 0)
      for (std::size_t i = 0; i < devices; ++i) how.shares.push_back(static_cast<double>(random() % 3 + (i == 0 ? 1 : 0)));
    const bool tail_apart = random() % 2 == 0;
    split_dealer dealer({extent, grain, tail_apart}, how, known);
    std::vector<bool> done(extent, false);
    std::vector<bool> out(devices, false);
    double now = 0;
    for (int idle = 0; idle < 100;) {
      const std::size_t device = random() % devices;
      const auto chunk = dealer.next(device, now);
      if (!chunk) {
        ++idle;
        continue;
      }
      idle = 0;
      REQUIRE(chunk->begin < chunk->end);
      REQUIRE(chunk->end <= extent);
      CHECK(chunk->begin % grain == 0);
      CHECK((chunk->end % grain == 0 || chunk->end == extent));
      if (tail_apart && chunk->size() >= grain) CHECK(chunk->size() % grain == 0);
      CHECK_FALSE(out[device]);
      const double took = static_cast<double>(random() % 1'000'000);
      now += took;
      if (device != 0 && random() % 20 == 0) {
        dealer.failed(device, *chunk);
        out[device] = true;
        continue;
      }
      dealer.done(device, *chunk, took);
      for (std::size_t i = chunk->begin; i < chunk->end; ++i) {
        REQUIRE_FALSE(done[i]);
        done[i] = true;
      }
    }
    CHECK_FALSE(dealer.any_left());
    CHECK(std::count(done.begin(), done.end(), false) == 0);
  }
}

TEST_CASE("adaptive shares keep all devices busy to the end") {
  for (const double noise : {0.0, 0.1, 0.3}) {
    CAPTURE(noise);
    const double allowed = noise / 4; // what nobody can foresee
    CHECK(efficiency(shared({1, 1}, 100 * ms, noise)) > 0.95 - allowed);
    CHECK(efficiency(shared({1, 8}, 100 * ms, noise)) > 0.95 - allowed);
    CHECK(efficiency(shared({1, 2}, 20 * ms, noise)) > 0.90 - allowed);
    CHECK(efficiency(shared({1, 3, 20}, 100 * ms, noise)) > 0.93 - allowed);
  }
}

TEST_CASE("a wrong guess costs little") {
  const machine equal = shared({1, 1}, 100 * ms, 0.1);
  CHECK(efficiency(with(equal, {.shares = {8, 1}})) > 0.90);
  CHECK(efficiency(with(equal, {.shares = {1, 100}})) > 0.85);
  const machine unequal = shared({1, 8}, 100 * ms, 0.1);
  CHECK(efficiency(with(unequal, {.shares = {8, 1}})) > 0.85);
  CHECK(efficiency(knowing(unequal, {unequal.index_ns[1], unequal.index_ns[0]})) > 0.85);
  CHECK(efficiency(knowing(equal, {equal.index_ns[0] / 8, equal.index_ns[1] * 8})) > 0.85);
  CHECK(efficiency(with(unequal, {.how = split_policy::fixed, .shares = {1, 1}})) < 0.4); // what it would cost
}

TEST_CASE("what is known is used") {
  const machine unequal = shared({1, 3}, 10 * ms);
  CHECK(efficiency(knowing(unequal, unequal.index_ns)) > 0.93);
  CHECK(efficiency(with(unequal, {.how = split_policy::fixed, .shares = {1, 3}})) > 0.95);
  machine remembered = knowing(unequal, unequal.index_ns);
  remembered.how.how = split_policy::fixed;
  CHECK(efficiency(remembered) > 0.95);
  CHECK(efficiency(with(shared({1, 2}, 100 * ms, 0.1), {.how = split_policy::dynamic})) > 0.85);
}

TEST_CASE("who has no share gets nothing") {
  for (const split_policy how : {split_policy::fixed, split_policy::dynamic, split_policy::adaptive}) {
    split_dealer dealer({1000, 8, false}, {.how = how, .shares = {0, 1}}, std::vector<double>(2));
    CHECK_FALSE(dealer.next(0, 0));
    CHECK(dealer.next(1, 0));
  }
}
