// SPDX-License-Identifier: Apache-2.0
// Random programs must do what plain loops do. CLOTHO_FLOWS says how many; CLOTHO_FLOW_SEED repeats a run.
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/storm.hpp>

#include "random_machine.hpp"

using namespace clotho;
using test::random_flow;
using machine = test::random_machine;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const given = std::getenv(variable);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

/// The shortest program found that still goes wrong.
random_flow shrunk(const machine& on, random_flow failing) {
  const auto still_fails = [&](const random_flow& one) {
    for (int i = 0; i < 20; ++i)
      if (!on.wrong_with(one).empty()) return true;
    return false;
  };
  for (std::size_t chunk = failing.steps.size() / 2; chunk > 0; chunk /= 2)
    for (std::size_t at = 0; at < failing.steps.size();) {
      random_flow less = failing.without(at, at + chunk);
      if (still_fails(less))
        failing = std::move(less);
      else
        at += chunk;
    }
  return failing;
}

// Oclgrind: hundreds of times slower, and reports values as uninitialised, though they are right, that were brought to
// the device in parts.
bool interpreted() { return select_device().info().platform_name == "Oclgrind"; }

void storm(const machine& on, std::size_t programs) {
  const std::uint64_t seed = number_from("CLOTHO_FLOW_SEED", std::random_device{}());
  INFO("CLOTHO_FLOW_SEED=", seed);
  random_flow::generator random(seed);
  for (std::size_t i = 0; i < programs; ++i) {
    const random_flow program(random, random() % 10 == 0 ? 300 : random() % 40 + 1, on.devices(), !interpreted());
    if (const std::string wrong = on.wrong_with(program); !wrong.empty()) {
      const random_flow shorter = shrunk(on, program);
      FAIL("program ", i, ":\n", wrong, "shrunk to\n", shorter.text(), on.wrong_with(shorter));
    }
  }
}

// As many as a test may take seconds: 10,000 for all devices together.
std::size_t programs() {
  const device where = select_device();
  const bool is_quick = where.quirks().has(quirk_action::synchronous_device);
  const std::size_t usual = interpreted() ? 20 : is_quick ? 9000 : where.info().platform_name == "rusticl" ? 300 : 1000;
  return number_from("CLOTHO_FLOWS", usual) / test::storm_divisor + 1;
}

} // namespace

TEST_CASE("random programs do what plain loops do") {
  for (const unsigned threads : {0u, 1u, 2u, 8u}) {
    CAPTURE(threads);
    const bool shares = threads == 1 || threads == 2; // with memory of its own, too, where the device can share the host's
    storm(machine({.threads = threads, .share_host_memory = shares}), programs() / 4);
  }
}

TEST_CASE("random programs on several devices do what plain loops do") {
  std::vector<device> several;
  try {
    several = select_device().partition(1);
  } catch (const error&) { // cannot be divided: the same device, twice
    several.assign(2, select_device());
  }
  storm(machine({.device_list = several, .threads = 2}), programs() / 4);
}
