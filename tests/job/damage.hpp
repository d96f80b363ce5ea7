#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <doctest/doctest.h>

#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <string>

#include <clotho/core/error.hpp>
#include <clotho/job/host_array.hpp>

namespace clotho::test {

/// What a reader makes of a file: an array at one with itself, a typed error, or (the text of) something
/// worse.
struct outcome {
  std::optional<host_array> array;
  std::string message;
  bool is_typed = false;
};

template <class Read> outcome outcome_of(Read&& read) {
  try {
    host_array array = read();
    array.check();
    return {std::move(array), {}, true};
  } catch (const error& why) {
    return {std::nullopt, why.what(), true};
  } catch (const std::exception& why) {
    return {std::nullopt, why.what(), false};
  }
}

/// The message of the error that `act` throws; "nothing was thrown" when it throws none.
template <class Error, class Act> std::string message_of(Act&& act) {
  try {
    (void)act();
  } catch (const Error& why) {
    return why.what();
  }
  return "nothing was thrown";
}

/// Every shorter version of a file gives a typed error.
template <class Read> void check_truncations(const os::bytes& whole, Read&& read) {
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const outcome got =
        outcome_of([&] { return read(os::bytes(whole.begin(), whole.begin() + static_cast<long>(size))); });
    CAPTURE(got.message);
    CHECK(got.is_typed);
    CHECK_FALSE(got.array);
  }
}

/// A file with a few bytes changed at random gives a typed error or an array, and never a crash.
template <class Read> void check_flips(const os::bytes& whole, int rounds, Read&& read) {
  const char* given = std::getenv("CLOTHO_TEST_SEED");
  const unsigned seed = given ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  MESSAGE("CLOTHO_TEST_SEED=", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < rounds; ++round) {
    os::bytes damaged = whole;
    for (unsigned flips = 1 + random() % 4; flips > 0; --flips)
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    const outcome got = outcome_of([&] { return read(damaged); });
    CAPTURE(got.message);
    CHECK(got.is_typed);
  }
}

} // namespace clotho::test
