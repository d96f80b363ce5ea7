// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <clotho/job/detail/intervals.hpp>
#include <clotho/job/trace_summary.hpp>

using namespace clotho::job;
using namespace std::chrono_literals;

namespace {

// A span for the reference: on a thread, in microseconds.
struct plain_span {
  int thread, begin, end;
  std::string category, name;
  int bytes = 0;
};

std::string document(const std::vector<plain_span>& spans,
                     const std::vector<std::pair<int, int>>& arrows = {}) {
  std::string text = "[";
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const plain_span& s = spans[i];
    text += R"({"ph":"X","pid":1,"tid":)" + std::to_string(s.thread) + R"(,"ts":)" + std::to_string(s.begin)
            + R"(,"dur":)" + std::to_string(s.end - s.begin) + R"(,"cat":")" + s.category + R"(","name":")"
            + s.name + R"(","args":{"span":)" + std::to_string(i + 1) + R"(,"bytes":)"
            + std::to_string(s.bytes) + "}},\n";
  }
  for (std::size_t i = 0; i < arrows.size(); ++i) {
    const auto [from, to] = arrows[i];
    const auto end = [&](const char* phase, const plain_span& s, int when) {
      text += std::string(R"({"ph":")") + phase + R"(","pid":1,"tid":)" + std::to_string(s.thread)
              + R"(,"ts":)" + std::to_string(when) + R"(,"id":)" + std::to_string(i) + R"(,"args":{"from":)"
              + std::to_string(from + 1) + R"(,"to":)" + std::to_string(to + 1) + "}},\n";
    };
    const plain_span &a = spans[static_cast<std::size_t>(from)], &b = spans[static_cast<std::size_t>(to)];
    end("s", a, std::min(a.end, b.begin));
    end("f", b, b.begin);
  }
  return text;
}

// Microsecond by microsecond: whether the row's innermost span at that moment has one of the roles.
bool innermost_is(const trace_data& trace, const trace_row& row, trace_time when,
                  bool (*wanted)(trace_role)) {
  const trace_piece* found = nullptr;
  for (std::size_t i = row.first_span; i < row.last_span; ++i)
    if (trace.spans[i].begin <= when && when < trace.spans[i].end) found = &trace.spans[i];
  return found && wanted(trace.categories[found->category].role);
}

bool is_busy(trace_role role) { return role != trace_role::wait; }
bool is_kernel(trace_role role) { return role == trace_role::kernel; }
bool is_transfer(trace_role role) { return role == trace_role::transfer; }

struct reference {
  std::vector<trace_time> rows;
  trace_time busy{}, parallel{}, transfers{}, hidden{};
};

reference count_plainly(const trace_data& trace) {
  reference result;
  result.rows.resize(trace.rows.size());
  for (trace_time now{0}; now < trace.duration; now += 1us) {
    int busy = 0, kernels = 0, transfers = 0;
    for (std::size_t r = 0; r < trace.rows.size(); ++r) {
      const trace_row& row = trace.rows[r];
      if (innermost_is(trace, row, now, is_busy)) {
        ++busy;
        result.rows[r] += 1us;
      }
      kernels += innermost_is(trace, row, now, is_kernel);
      transfers += innermost_is(trace, row, now, is_transfer);
    }
    if (busy > 0) result.busy += 1us;
    if (busy > 1) result.parallel += 1us;
    if (transfers > 0) result.transfers += 1us;
    if (transfers > 0 && kernels > 0) result.hidden += 1us;
  }
  return result;
}

// The longest chain that ends at a span, all ways tried.
trace_time longest_to(const trace_data& trace, std::uint32_t to) {
  const auto& spans = trace.spans;
  trace_time best = spans[to].end - spans[to].begin;
  for (const trace_arrow& arrow : trace.arrows) {
    const trace_piece& from = spans[arrow.from];
    if (arrow.to != to || from.begin >= spans[to].begin) continue;
    const trace_time own = spans[to].end - std::max(spans[to].begin, from.end);
    best = std::max(best, longest_to(trace, arrow.from) + std::max(own, trace_time{0}));
  }
  return best;
}

std::vector<plain_span> random_spans(std::mt19937& random) {
  static constexpr const char* categories[] = {"task", "kernel", "upload", "download", "wait", "host"};
  std::vector<plain_span> spans;
  for (int i = 0; i < 40; ++i) {
    const int begin = static_cast<int>(random() % 200), length = static_cast<int>(random() % 40);
    spans.push_back({static_cast<int>(random() % 3), begin, begin + length, categories[random() % 6],
                     std::string(1, static_cast<char>('a' + random() % 3)),
                     static_cast<int>(random() % 100)});
  }
  return spans;
}

} // namespace

TEST_CASE("a small trace, summed up by hand") {
  const trace_data trace = parse_trace(document({{1, 0, 10, "task", "prepare"},
                                                 {2, 10, 20, "upload", "x", 30'000},
                                                 {3, 20, 60, "kernel", "saxpy"},
                                                 {2, 30, 50, "upload", "x", 90'000},
                                                 {1, 20, 80, "wait", "wait for y"},
                                                 {1, 40, 45, "task", "help"},
                                                 {3, 60, 80, "kernel", "saxpy"}},
                                                {{0, 1}, {1, 2}, {3, 6}}),
                                       "t.json");
  const trace_summary sum = summarize(trace);
  CHECK(sum.duration == 80us);
  REQUIRE(sum.rows.size() == 3);
  CHECK(sum.rows[0].busy == 15us); // not while it waits, but while it helps meanwhile
  CHECK(sum.rows[1].busy == 30us);
  CHECK(sum.rows[2].busy == 60us);
  CHECK(sum.busy == 80us);
  CHECK(sum.parallel == 20us);
  CHECK(sum.transfers == 30us);
  CHECK(sum.hidden == 20us);
  REQUIRE(sum.groups.size() == 5);
  CHECK(trace.names[sum.groups[0].name] == "saxpy");
  CHECK(sum.groups[0].count == 2);
  CHECK(sum.groups[0].total == 60us);
  CHECK(sum.groups[0].median == 30us);
  CHECK(sum.groups[0].longest == 40us);
  CHECK(trace.names[sum.groups[4].name] == "wait for y"); // waits stand last
  REQUIRE(sum.traffic.size() == 1);
  CHECK(sum.traffic[0].bytes == 120'000);
  CHECK(sum.traffic[0].rate() == 4); // 120 kB in 30 us
  CHECK(sum.critical == 60us);
  REQUIRE(sum.critical_path.size() == 3);
  CHECK(trace.names[trace.spans[sum.critical_path[0]].name] == "prepare");
  CHECK(trace.names[trace.spans[sum.critical_path[2]].name] == "saxpy");
}

TEST_CASE("time that two spans of a chain share counts once") {
  const trace_summary sum = summarize(parse_trace(
      document({{1, 0, 10, "task", "a"}, {2, 5, 12, "task", "b"}, {3, 6, 8, "task", "c"}}, {{0, 1}, {0, 2}}),
      "t.json"));
  CHECK(sum.critical == 12us);
}

TEST_CASE("arrows against the order of begins are ignored, so that there is no circle") {
  const trace_summary sum = summarize(
      parse_trace(document({{1, 0, 10, "task", "a"}, {2, 20, 30, "task", "b"}}, {{0, 1}, {1, 0}}), "t.json"));
  CHECK(sum.critical == 20us);
  CHECK(sum.critical_path.size() == 2);
}

TEST_CASE("without arrows there is no critical path; without time no share") {
  const trace_summary sum = summarize(parse_trace(document({{1, 5, 5, "copy", "nothing"}}), "t.json"));
  CHECK(sum.critical_path.empty());
  CHECK(share(sum.busy, sum.duration) == 0);
  CHECK(sum.traffic.at(0).rate() == 0);
}

TEST_CASE("sums stop at the largest number") {
  std::string text = "[";
  for (int i = 0; i < 8; ++i)
    text += R"({"ph":"X","cat":"upload","tid":)" + std::to_string(i)
            + R"(,"ts":0,"dur":2999999999999998,"args":{"bytes":18446744073709551615}},)";
  const trace_summary sum = summarize(parse_trace(text, "t.json"));
  CHECK(sum.groups[0].total == trace_time::max());
  CHECK(sum.traffic[0].bytes == static_cast<std::uint64_t>(-1));
}

TEST_CASE("random traces, against a walk through every microsecond") {
  const unsigned seed = std::random_device{}();
  MESSAGE("seed ", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    const std::vector<plain_span> spans = random_spans(random);
    std::vector<std::pair<int, int>> arrows;
    for (int i = 0; i < 25; ++i) {
      const int from = static_cast<int>(random() % 40), to = static_cast<int>(random() % 40);
      if (spans[static_cast<std::size_t>(from)].begin < spans[static_cast<std::size_t>(to)].begin)
        arrows.emplace_back(from, to);
    }
    const trace_data trace = parse_trace(document(spans, arrows), "t.json");
    REQUIRE(trace.spans.size() == spans.size());
    REQUIRE(trace.arrows.size() == arrows.size());
    const trace_summary sum = summarize(trace);
    const reference wanted = count_plainly(trace);
    for (std::size_t r = 0; r < sum.rows.size(); ++r) CHECK(sum.rows[r].busy == wanted.rows[r]);
    CHECK(sum.busy == wanted.busy);
    CHECK(sum.parallel == wanted.parallel);
    CHECK(sum.transfers == wanted.transfers);
    CHECK(sum.hidden == wanted.hidden);
    for (const group_summary& group : sum.groups) {
      std::vector<trace_time> times;
      for (const plain_span& s : spans)
        if (s.name == trace.names[group.name] && s.category == trace.categories[group.category].name)
          times.emplace_back(std::chrono::microseconds(s.end - s.begin));
      std::sort(times.begin(), times.end());
      CHECK(group.count == times.size());
      CHECK(group.longest == times.back());
      CHECK(group.median == (times[times.size() / 2] + times[(times.size() - 1) / 2]) / 2);
    }
    trace_time critical{0};
    for (const trace_arrow& arrow : trace.arrows) critical = std::max(critical, longest_to(trace, arrow.to));
    for (const trace_arrow& arrow : trace.arrows)
      critical = std::max(critical, longest_to(trace, arrow.from));
    CHECK(sum.critical == critical);
    CHECK(sum.critical <= sum.duration);
  }
}

TEST_CASE("intervals") {
  using namespace clotho::job::detail;
  const std::vector<interval> given{{0ns, 10ns}, {5ns, 15ns}, {15ns, 20ns}, {30ns, 30ns}, {40ns, 50ns}};
  CHECK(covered(given) == interval_set{{0ns, 20ns}, {40ns, 50ns}});
  CHECK(covered(given, 2) == interval_set{{5ns, 10ns}});
  CHECK(covered({}).empty());
  CHECK(intersection({{0ns, 20ns}, {40ns, 50ns}}, {{10ns, 45ns}})
        == interval_set{{10ns, 20ns}, {40ns, 45ns}});
  CHECK(intersection({{0ns, 10ns}}, {{10ns, 20ns}}).empty());
  CHECK(measure({{0ns, 20ns}, {40ns, 50ns}}) == 30ns);
}
