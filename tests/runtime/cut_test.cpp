// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <clotho/runtime/cut.hpp>
#include <support/device_fixture.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::device_fixture;
using test::refusal;

namespace {

// Adds to each cell who it is, so that one written twice or by another shows.
const char* const source = R"(
__kernel void line(__global uint* y) { y[get_global_id(0)] += 1 + (uint)get_global_id(0); }
__kernel void plane(__global uint* y) {
  const size_t i = get_global_id(1) * get_global_size(0) + get_global_id(0);
  y[i] += 1 + (uint)i;
}
__kernel void grouped(__global uint* y) { y[get_global_id(0)] += 1 + (uint)get_global_id(0) + 0 * (uint)get_local_id(0); }
__kernel void placed(__global uint* y) { y[get_group_id(0)] = (uint)get_global_id(1); }
__kernel void lost(__global uint* y, uint d) { y[get_global_id(0)] = (uint)get_num_groups(d); }
__kernel void loud(__global uint* y) { printf("%u", y[get_global_id(0)]); }
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void strict(__global uint* y) { y[get_global_id(0)] += 1; }
)";

struct cut_fixture : device_fixture {
  program built = build(source);
  kernel line = built.get_kernel("line"), plane = built.get_kernel("plane");

  // The cells after the pieces ran.
  std::vector<std::uint32_t> run(const kernel& function, const cut_plan& plan, std::size_t cells) {
    const device_buffer y = device_buffer::of<std::uint32_t>(ctx, cells);
    q.fill(y, std::uint32_t{0});
    for (std::size_t i = plan.pieces.size(); i-- > 0;) q.launch(function, plan.pieces[i], y);
    std::vector<std::uint32_t> got(cells);
    q.read(y, std::span(got));
    return got;
  }
  // Sizes along the dimension `d`.
  static std::vector<std::size_t> shares(const cut_plan& plan, unsigned d) {
    std::vector<std::size_t> found;
    for (const nd_range& piece : plan.pieces) found.push_back(piece.global()[d]);
    return found;
  }
};

using counts = std::vector<std::size_t>;

std::vector<std::uint32_t> each_once(std::size_t cells) {
  std::vector<std::uint32_t> wanted(cells);
  std::iota(wanted.begin(), wanted.end(), 1U);
  return wanted;
}

} // namespace

TEST_CASE_FIXTURE(cut_fixture, "pieces do together what the whole does") {
  for (const std::size_t pieces : {1U, 2U, 3U, 7U, 100U}) {
    CAPTURE(pieces);
    CHECK(run(line, cut(line, nd_range(96).local(8), pieces), 96) == each_once(96));
    CHECK(run(line, cut(line, 97, pieces), 97) == each_once(97));
    CHECK(run(plane, cut(plane, nd_range({12, 10}).local({4, 2}), pieces), 120) == each_once(120));
  }
  CHECK(run(line, cut(line, nd_range(64).offset(32).local(8), 3), 96)[31] == 0);
  CHECK(run(line, cut(line, nd_range(64).offset(32).local(8), 3), 96)[95] == 96);
}

TEST_CASE_FIXTURE(cut_fixture, "pieces are whole groups, as equal as can be") {
  CHECK(shares(cut(line, nd_range(80).local(8), 4), 0) == counts{24, 24, 16, 16});
  CHECK(shares(cut(line, nd_range(16).local(8), 5), 0) == counts{8, 8});
  CHECK(shares(cut(line, nd_range(8).local(8), 5), 0) == counts{8});
  CHECK(shares(cut(line, nd_range(20).local(8).rounded_up(), 2), 0) == counts{16, 8});
  CHECK(cut(line, nd_range(0), 3).pieces.size() == 1);
  const kernel strict = built.get_kernel("strict");
  CHECK(shares(cut(strict, 32, 3), 0) == counts{16, 8, 8});
  CHECK(cut(strict, 32, 3).pieces[1].local()[0] == 8);
}

TEST_CASE_FIXTURE(cut_fixture, "the outermost dimension that may be cut and has enough groups") {
  CHECK(shares(cut(plane, nd_range({64, 8}).local({4, 2}), 2), 1) == counts{4, 4});
  CHECK(shares(cut(plane, nd_range({64, 8}).local({4, 2}), 100), 1) == counts{2, 2, 2, 2});
  CHECK(shares(cut(line, nd_range({64, 4}).local({4, 2}), 8), 0) == counts(8, 8));
  CHECK(shares(cut(line, nd_range({4, 4}).local({4, 2}), 8), 1) == counts{2, 2});
}

TEST_CASE_FIXTURE(cut_fixture, "a tail that the local size does not divide") {
  if (ctx.target().info().non_uniform_groups) {
    CHECK(run(line, cut(line, nd_range(20).local(8), 2), 20) == each_once(20));
    return;
  }
  const cut_plan plan = cut(line, nd_range(20).local(8), 2);
  CHECK(shares(plan, 0) == counts{8, 8, 4});
  CHECK(run(line, plan, 20) == each_once(20));
  CHECK(run(line, cut(line, nd_range(5).local(8), 2), 5) == each_once(5));
  SUBCASE("only if no work-item can see that its group is smaller") {
    const kernel grouped = built.get_kernel("grouped");
    CHECK(refusal([&] { (void)cut(grouped, nd_range(20).local(8), 2); }).find("does not divide the range 20")
          != std::string::npos);
    CHECK(run(grouped, cut(grouped, nd_range(20).preferred_local(8), 2), 20) == each_once(20));
  }
  SUBCASE("only in the dimension that is cut") {
    CHECK(refusal([&] {
            (void)cut(plane, nd_range({5, 5}).local({2, 2}), 2);
          }).find("does not divide")
          != std::string::npos);
  }
}

TEST_CASE_FIXTURE(cut_fixture, "a refusal says why") {
  const auto why = [&](const char* name, const nd_range& range) {
    return cut(built.get_kernel(name), range, 2).refusal;
  };
  CHECK(why("placed", nd_range(16).local(8)) == "it asks for get_group_id(0)");
  CHECK(why("placed", nd_range({16, 16}).local({4, 4})) == "");
  CHECK(why("plane", nd_range({8, 4}).local({4, 4})) == "it asks for get_global_size(0)");
  CHECK(why("lost", nd_range({16, 16}).local({4, 4}))
        == "it asks for get_num_groups(0); it asks for get_num_groups(1)");
  CHECK(why("loud", nd_range(16).local(8)) == "it prints, and its lines would come in another order");
  CHECK(cut(built.get_kernel("placed"), nd_range(16).local(8), 1).pieces.size() == 1);
  CHECK(refusal([&] { (void)cut(line, 16, 0); }) == "the range of kernel 'line' cannot be cut into 0 pieces");
}

TEST_CASE_FIXTURE(cut_fixture, "without source nothing is known") {
  const auto code = [&]() -> std::vector<std::byte> {
    try {
      return built.binary();
    } catch (const error&) {
      return {};
    }
  }();
  if (code.empty()) CLOTHO_SKIP("program binaries");
  const kernel line_only = program::from_binary(ctx, code).get_kernel("line");
  CHECK(cut(line_only, nd_range(16).local(8), 2).refusal == "its source is not known");
}
