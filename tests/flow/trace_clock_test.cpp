// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/trace_clock.hpp>

using namespace clotho;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

device_clock::time_point at(nanoseconds when) { return device_clock::time_point(when); }

} // namespace

TEST_CASE("one pair gives the offset") {
  const std::vector<clock_pair> pairs{{at(1'000'100ns), 500ns, at(1'000'300ns)}};
  const device_clock clock(pairs);
  CHECK(clock.rate() == 1);
  CHECK(clock.uncertainty() == 100ns);
  CHECK(clock.to_host(500ns) == at(1'000'200ns));
  CHECK(clock.to_host(1500ns) == at(1'001'200ns));
  CHECK(clock.to_host(0ns) == at(999'700ns));
}

TEST_CASE("the tightest pair counts") {
  const std::vector<clock_pair> pairs{
      {at(0us), 70us, at(100us)}, {at(200us), 202us, at(204us)}, {at(300us), 390us, at(400us)}};
  const device_clock clock(pairs);
  CHECK(clock.rate() == 1);
  CHECK(clock.to_host(202us) == at(202us));
  CHECK(clock.uncertainty() == 2us);
}

TEST_CASE("pairs far apart give the rate") {
  // The device's clock loses 50 ppm.
  const std::vector<clock_pair> pairs{{at(99us), 0us, at(101us)},
                                      {at(100s + 99us), 99'995ms, at(100s + 101us)}};
  const device_clock clock(pairs);
  CHECK(clock.rate() == doctest::Approx(1 / 0.99995));
  const nanoseconds half = nanoseconds(99'995ms) / 2;
  CHECK(clock.to_host(0us) == at(100us));
  CHECK(std::chrono::abs(clock.to_host(half) - at(50s + 100us)) <= 2ns);
  CHECK(std::chrono::abs(clock.to_host(99'995ms) - at(100s + 100us)) <= 2ns);
}

TEST_CASE("order is kept, also of neighbours and with a rate") {
  const std::vector<clock_pair> pairs{{at(0us), 0us, at(2us)}, {at(100s), 100'300ms, at(100s + 2us)}};
  const device_clock clock(pairs);
  CHECK(clock.rate() < 1);
  for (nanoseconds t = 50s; t < 50s + 5us; ++t) CHECK(clock.to_host(t) <= clock.to_host(t + 1ns));
}

TEST_CASE("pairs that cannot be are ignored") {
  SUBCASE("host times out of order") {
    const std::vector<clock_pair> pairs{{at(5us), 9us, at(1us)}, {at(10us), 10us, at(20us)}};
    CHECK(device_clock(pairs).to_host(10us) == at(15us));
    CHECK_THROWS_AS(device_clock(std::span(pairs).first(1)), argument_error);
  }
  SUBCASE("a clock that was set back") {
    const std::vector<clock_pair> pairs{{at(0us), 100s, at(2us)}, {at(100s), 0s, at(100s + 2us)}};
    CHECK(device_clock(pairs).rate() == 1);
  }
  SUBCASE("no pair") { CHECK_THROWS_AS(device_clock({}), argument_error); }
}
