// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>

#include <clotho/core/error.hpp>
#include <clotho/runtime/detail/range.hpp>

using namespace clotho;
using detail::range_limits;
using detail::resolve;
using detail::resolved_range;

namespace {

range_limits limits(std::size_t most = 256) {
  range_limits made;
  made.max_local = most;
  made.max_local_sizes = {most, most, 64};
  return made;
}

std::string refusal(const nd_range& wish, const range_limits& allowed) {
  try {
    static_cast<void>(resolve(wish, allowed, "k"));
  } catch (const argument_error& refused) {
    return refused.what();
  }
  return "not refused";
}

using sizes = std::array<std::size_t, 3>;

} // namespace

TEST_CASE("a range without a local size leaves the choice to the driver") {
  const resolved_range range = resolve(nd_range(1000), limits(), "k");
  CHECK(range.driver_chooses_local);
  CHECK(range.global == sizes{1000, 1, 1});
  CHECK(range.dimensions == 1);
}

TEST_CASE("where the driver's choice is not trusted, clotho takes the widest divisor") {
  range_limits allowed = limits(4096);
  allowed.choose_local = true;
  CHECK(resolve(nd_range(1000), allowed, "k").local == sizes{250, 1, 1});
  CHECK(resolve(nd_range(1024), allowed, "k").local == sizes{256, 1, 1});
  CHECK(resolve(nd_range(1009), allowed, "k").local == sizes{1, 1, 1});
  CHECK(resolve(nd_range({100, 100}), allowed, "k").local == sizes{100, 2, 1});
}

TEST_CASE("private arrays on the stack limit the group") {
  range_limits allowed = limits(4096);
  allowed.max_stack_items = 10;
  CHECK(resolve(nd_range(4096), allowed, "k").local == sizes{8, 1, 1});
  CHECK(refusal(nd_range(4096).local(64), allowed)
        == "cannot launch kernel 'k': its private arrays times 64 work-items in a group do not fit the stack "
           "of a CPU "
           "device; at most 10 would");
}

TEST_CASE("an explicit local size is taken or refused, never changed") {
  CHECK(resolve(nd_range(1024).local(64), limits(), "k").local == sizes{64, 1, 1});
  CHECK(refusal(nd_range(1000).local(64), limits())
        == "cannot launch kernel 'k': the local size 64 does not divide the range 1000 in dimension 0, and "
           "the device or "
           "the program's OpenCL C version does not allow that; use 50, leave the local size out, or round "
           "the range up "
           "if the kernel guards its index");
  CHECK(refusal(nd_range(1024).local(512), limits()).find("is too large") != std::string::npos);
  CHECK(refusal(nd_range(1024).local(extent{0}), limits()).find("has a zero in it") != std::string::npos);
  CHECK(refusal(nd_range({8, 8}).local(8), limits()).find("different dimensions") != std::string::npos);
  CHECK(refusal(nd_range({8, 8}).offset(8), limits()).find("different dimensions") != std::string::npos);
}

TEST_CASE("a device with non-uniform groups takes any local size") {
  range_limits allowed = limits();
  allowed.non_uniform = true;
  CHECK(resolve(nd_range(1000).local(64), allowed, "k").local == sizes{64, 1, 1});
}

TEST_CASE("a preferred local size becomes a divisor") {
  CHECK(resolve(nd_range(1000).preferred_local(64), limits(), "k").local == sizes{50, 1, 1});
  CHECK(resolve(nd_range(1000).preferred_local(100000), limits(), "k").local == sizes{250, 1, 1});
}

TEST_CASE("the range grows only when asked") {
  const resolved_range range = resolve(nd_range({1000, 30}).local({64, 4}).rounded_up(), limits(), "k");
  CHECK(range.global == sizes{1024, 32, 1});
}

TEST_CASE("reqd_work_group_size decides") {
  range_limits allowed = limits();
  allowed.required_local = {16, 1, 1};
  CHECK(resolve(nd_range(160), allowed, "k").local == sizes{16, 1, 1});
  CHECK(refusal(nd_range(160).local(8), allowed)
        == "cannot launch kernel 'k': it was written for a local size of 16x1x1 (reqd_work_group_size), not "
           "8; leave the "
           "local size out");
  CHECK(refusal(nd_range(100), allowed).find("does not divide the range 100") != std::string::npos);
}

TEST_CASE("what no device can count is refused") {
  CHECK(refusal(nd_range(static_cast<std::size_t>(-1)), limits()).find("more than a device can count")
        != std::string::npos);
  CHECK(refusal(nd_range({std::size_t{1} << 33, std::size_t{1} << 33}), limits()).find("more than")
        != std::string::npos);
  CHECK(refusal(nd_range(8).offset(static_cast<std::size_t>(-4)), limits()).find("more than")
        != std::string::npos);
  CHECK(refusal(nd_range(std::size_t{1} << 62).local((std::size_t{1} << 61) - 1).rounded_up(), limits())
            .find("too large")
        != std::string::npos);
}

TEST_CASE("an empty range is empty in every dimension") {
  CHECK(resolve(nd_range(extent{0}), limits(), "k").empty);
  CHECK(resolve(nd_range({16, 0}).local({4, 4}), limits(), "k").empty);
}

TEST_CASE("random ranges: the result is refused or valid") {
  const unsigned seed = std::random_device{}();
  INFO("seed ", seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random);
  };
  for (int round = 0; round < 20000; ++round) {
    range_limits allowed = limits(1 + pick(300));
    allowed.choose_local = pick(1) != 0;
    allowed.non_uniform = pick(3) == 0;
    allowed.max_stack_items = pick(2) == 0 ? pick(64) : 0;
    if (pick(5) == 0) allowed.required_local = {1 + pick(8), 1 + pick(4), 1};
    nd_range wish({pick(500), pick(40), pick(5)});
    if (pick(1)) wish.local({1 + pick(40), 1 + pick(8), 1 + pick(3)});
    if (pick(3) == 0) wish.preferred_local({1 + pick(400), 1 + pick(8), 1 + pick(3)});
    if (pick(2) == 0) wish.rounded_up();
    try {
      const resolved_range range = resolve(wish, allowed, "k");
      if (range.empty || range.driver_chooses_local) continue;
      CHECK(range.local[0] * range.local[1] * range.local[2] <= allowed.max_local);
      for (std::size_t d = 0; d < 3; ++d) {
        CHECK(range.local[d] >= 1);
        CHECK(range.global[d] >= wish.global()[d]);
        if (!wish.rounds_up()) CHECK(range.global[d] == wish.global()[d]);
        if (!allowed.non_uniform) CHECK(range.global[d] % range.local[d] == 0);
      }
    } catch (const argument_error&) {
    }
  }
}
