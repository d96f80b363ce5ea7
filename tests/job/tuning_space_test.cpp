// SPDX-License-Identifier: Apache-2.0
// What there is to choose, and in which order it is tried.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <clotho/core/error.hpp>
#include <clotho/job/search.hpp>

#include "damage.hpp"

using namespace clotho;
using namespace clotho::job;
using clotho::test::message_of;

namespace {

std::optional<double> names(std::string_view name) {
  if (name == "n") return 100;
  if (name == "WG") return 32;
  return std::nullopt;
}

bool holds(std::string_view text) { return condition::parse(text).holds(names); }

tuning_space make_space(const std::map<std::string, std::vector<std::string>>& choices,
                        const std::vector<std::string>& restrictions = {}) {
  std::vector<condition> parsed;
  for (const std::string& text : restrictions) parsed.push_back(condition::parse(text));
  return {choices, parsed, names};
}

// 0 to 19 in both directions.
tuning_space grid() {
  std::vector<std::string> numbers;
  for (int i = 0; i < 20; ++i) numbers.push_back(std::to_string(i));
  return make_space({{"X", numbers}, {"Y", numbers}});
}

using times = std::function<std::optional<double>(const tuning_choice&)>;

// The order in which a search tries what there is, until `enough`.
std::vector<std::size_t> order_of(const std::string& strategy, const tuning_space& space, std::uint64_t seed,
                                  const times& time, std::size_t enough = 1000000) {
  const auto order = make_search(strategy, space, seed);
  std::vector<std::size_t> tried;
  while (const auto next = tried.size() < enough ? order->next() : std::nullopt) {
    tried.push_back(*next);
    order->tell(time(space[*next]));
  }
  return tried;
}

std::optional<double> steady(const tuning_choice&) { return 1; }
std::optional<double> bowl(const tuning_choice& at) {
  return std::hypot(at[0].second - 13.0, at[1].second - 4.0) + 1;
}
std::optional<double> hostile(const tuning_choice&) { return std::nullopt; }

} // namespace

TEST_CASE("conditions compare expressions") {
  CHECK(holds("WG * 2 <= 64"));
  CHECK_FALSE(holds("WG * 2 < 64"));
  CHECK(holds("WG>=32 && n % 3 == 1"));
  CHECK_FALSE(holds("WG >= 32 && n != 100"));
  CHECK(holds("n>WG"));
  CHECK(condition::parse("  WG < 4 ").text() == "WG < 4");
  CHECK(message_of<argument_error>([] { (void)condition::parse("WG * 2"); })
        == "condition 'WG * 2' compares nothing; write it as in \"WG * UNROLL <= 1024\"");
  CHECK(message_of<argument_error>([] {
          (void)condition::parse("WG = 2");
        }).starts_with("condition 'WG = 2' compares nothing"));
  CHECK(message_of<argument_error>([] {
          (void)condition::parse("WG < 2 < 3");
        }).starts_with("expression '2 < 3', at character 3"));
  CHECK(message_of<argument_error>([] { (void)holds("WX < 2"); }) == "nothing is known of 'WX'");
}

TEST_CASE("a space has every choice that restrictions allow") {
  const tuning_space all = make_space({{"A", {"1", "2"}}, {"WG", {"32", "64", "0x80"}}});
  REQUIRE(all.size() == 6);
  CHECK(to_string(all[0]) == "A=1 WG=32");
  CHECK(to_string(all[2]) == "A=1 WG=128");
  CHECK(to_string(all[5]) == "A=2 WG=128");
  const tuning_space some = make_space({{"A", {"1", "2"}}, {"WG", {"32", "64", "128"}}}, {"A * WG <= n"});
  CHECK(some.size() == 3);
  CHECK(some.unrestricted() == 6);
  CHECK(to_string(some[2]) == "A=2 WG=32");
  CHECK(make_space({{"A", {"3", "3", "4"}}}).size() == 2);
}

TEST_CASE("neighbours are one step away") {
  const tuning_space space = make_space({{"A", {"1", "2", "3"}}, {"B", {"7", "5", "9"}}}, {"A * B != 10"});
  const auto around = [&](std::size_t i) {
    std::set<std::string> found;
    for (const std::size_t other : space.neighbours(i)) found.insert(to_string(space[other]));
    return found;
  };
  CHECK(to_string(space[0]) == "A=1 B=7");
  CHECK(around(0) == std::set<std::string>{"A=1 B=5", "A=2 B=7"});
  CHECK(to_string(space[1]) == "A=1 B=5");
  CHECK(around(1) == std::set<std::string>{"A=1 B=7", "A=1 B=9"}); // A=2 B=5 is ruled out
}

TEST_CASE("spaces that make no sense are refused") {
  CHECK(message_of<argument_error>([] {
          (void)make_space({{"T", {"1", "float"}}});
        }).starts_with("tune: T = float is no whole number below 2^32"));
  CHECK(message_of<argument_error>([] {
          (void)make_space({{"T", {"4294967296"}}});
        }).starts_with("tune: T = 4294967296 is no whole"));
  CHECK(message_of<argument_error>([] {
          (void)make_space({{"shape", {"1"}}});
        }).starts_with("tune: 'shape' has a meaning of its own"));
  CHECK(message_of<argument_error>([] {
          (void)make_space({{"A", {"1"}}}, {"A > 1"});
        })
        == "tune: no choice is left by the restrictions");
  CHECK(message_of<argument_error>([] {
          (void)make_space({{"A", {"1"}}}, {"Q > 1"});
        }).ends_with("nothing is known of 'Q'"));
  std::vector<std::string> many;
  for (int i = 0; i < 1001; ++i) many.push_back(std::to_string(i));
  CHECK(message_of<argument_error>([&] {
          (void)make_space({{"A", many}, {"B", many}});
        }).starts_with("tune: there are more than 1000000"));
}

TEST_CASE("every strategy tries each choice once") {
  const tuning_space space = grid();
  for (const char* strategy : {"exhaustive", "random", "local"})
    for (const times& time : {times(steady), times(bowl), times(hostile)}) {
      CAPTURE(strategy);
      const std::vector<std::size_t> tried = order_of(strategy, space, 3, time);
      CHECK(tried.size() == space.size());
      CHECK(std::set<std::size_t>(tried.begin(), tried.end()).size() == space.size());
    }
  CHECK(order_of("exhaustive", space, 3, steady, 3) == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("the seed decides the order") {
  const tuning_space space = grid();
  for (const char* strategy : {"random", "local"}) {
    CHECK(order_of(strategy, space, 5, bowl) == order_of(strategy, space, 5, bowl));
    CHECK(order_of(strategy, space, 5, bowl) != order_of(strategy, space, 6, bowl));
  }
}

TEST_CASE("local search goes down to the best") {
  const tuning_space space = grid();
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CAPTURE(seed);
    const std::vector<std::size_t> tried = order_of("local", space, seed, bowl, 100); // of 400
    CHECK(std::any_of(tried.begin(), tried.end(),
                      [&](std::size_t i) { return to_string(space[i]) == "X=13 Y=4"; }));
  }
}

TEST_CASE("an unknown strategy is named with the nearest") {
  const tuning_space space = grid();
  CHECK(message_of<argument_error>([&] { (void)make_search("randm", space, 1); })
        == "there is no strategy 'randm'; did you mean 'random'?");
}
