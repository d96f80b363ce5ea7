// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/job/amount_text.hpp>
#include <clotho/job/html_text.hpp>
#include <clotho/job/detail/time_axis.hpp>
#include <clotho/job/detail/timeline.hpp>
#include <clotho/job/trace_html.hpp>

#include "support/contains.hpp"

using namespace clotho::job;
using namespace clotho::job::detail;
using namespace clotho::test;
using namespace std::chrono_literals;

namespace {

std::string labels(trace_time duration, int most) {
  std::string result;
  for (const axis_tick& tick : time_ticks(duration, most))
    result += (result.empty() ? "" : ", ") + tick.label;
  return result;
}

// `count` spans of a microsecond, back to back, of categories that take turns.
trace_data many_spans(int count) {
  std::string text = "[";
  for (int i = 0; i < count; ++i)
    text += std::string(R"({"ph":"X","tid":1,"cat":")") + (i % 3 ? "kernel" : "wait")
            + R"(","name":"k","ts":)" + std::to_string(i) + R"(,"dur":1},)";
  return parse_trace(text, "t.json");
}

} // namespace

TEST_CASE("times and numbers have three digits and a fitting unit") {
  CHECK(duration_text(0ns) == "0 ns");
  CHECK(duration_text(999ns) == "999 ns");
  CHECK(duration_text(1234ns) == "1.23 us");
  CHECK(duration_text(12345us) == "12.3 ms");
  CHECK(duration_text(1000s) == "1000 s");
}

TEST_CASE("the axis has round steps in one unit") {
  CHECK(labels(1ms, 5) == "0, 0.2 ms, 0.4 ms, 0.6 ms, 0.8 ms, 1 ms");
  CHECK(labels(999us, 5) == "0, 200 us, 400 us, 600 us, 800 us");
  CHECK(labels(2500ms, 5) == "0, 0.5 s, 1 s, 1.5 s, 2 s, 2.5 s");
  CHECK(labels(3ns, 10) == "0, 1 ns, 2 ns, 3 ns");
  CHECK(labels(0ns, 10) == "0");
  CHECK(time_ticks(trace_time(9'000'000'000'000'000'000), 9).size() <= 11);
}

TEST_CASE("texts are made safe and cut between characters") {
  CHECK(html("<a href=\"x\">&\x01") == "&lt;a href=&quot;x&quot;&gt;&amp; ");
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcd", 3) == "ab\u2026");
  CHECK(shortened("größer", 4) == "grö\u2026");
  CHECK(shortened("ab", 1) == "\u2026");
  CHECK(shortened("ab", 0).empty());
}

TEST_CASE("few spans are all drawn, many together") {
  const timeline few = lay_out(many_spans(1000), 100);
  CHECK(few.rows.at(0).blocks.size() == 1000);

  const trace_data trace = many_spans(200'000);
  const timeline many = lay_out(trace, 100);
  CHECK(many.rows.at(0).blocks.size() <= timeline::most_blocks);
  CHECK(many.rows.at(0).blocks.size() >= 100);
  std::size_t spans = 0;
  trace_time end{0};
  for (const timeline_block& block : many.rows.at(0).blocks) {
    spans += block.count;
    CHECK(block.begin >= end);
    end = block.end;
    CHECK(trace.categories[trace.spans[block.span].category].name == "kernel"); // two thirds of each
  }
  CHECK(spans == trace.spans.size());
}

TEST_CASE("deep nests and many rows are cut") {
  std::string text = "[";
  for (int i = 0; i < 20; ++i)
    text +=
        R"({"ph":"X","tid":0,"ts":)" + std::to_string(i) + R"(,"dur":)" + std::to_string(100 - 2 * i) + "},";
  for (int i = 1; i < 300; ++i) text += R"({"ph":"X","tid":)" + std::to_string(i) + R"(,"ts":0,"dur":1},)";
  const trace_data trace = parse_trace(text, "t.json");
  const timeline drawn = lay_out(trace, 1000);
  CHECK(drawn.rows.size() == timeline::most_rows);
  CHECK(drawn.rows_left_out == 300 - timeline::most_rows);
  CHECK(drawn.rows[0].levels == timeline::deepest);
  CHECK(drawn.spans_left_out == 20 - timeline::deepest);
  CHECK(contains(to_html(trace, summarize(trace), "t"), "the picture shows the first 256 of 300 rows"));
}

TEST_CASE("a page holds the picture and the tables, loads nothing, and takes names for what they are") {
  const trace_data trace = parse_trace(R"([
    {"ph":"X","tid":1,"ts":0,"dur":50,"cat":"kernel","name":"<script>&\"","args":{"span":1}},
    {"ph":"X","tid":2,"ts":60,"dur":40,"cat":"</style>","name":"b","args":{"span":2}},
    {"ph":"s","tid":1,"ts":49,"id":1},
    {"ph":"f","bp":"e","tid":2,"ts":60,"id":1},
    {"ph":"C","ts":10,"name":"memory in bytes","args":{"value":4096}},
    {"ph":"M","tid":1,"name":"thread_name","args":{"name":"gpu <0>"}}])",
                                       "t.json");
  const std::string page = to_html(trace, summarize(trace), "run <1>.json");
  for (const char* part :
       {"<title>run &lt;1&gt;.json</title>", "gpu &lt;0&gt;", "&lt;script&gt;&amp;&quot;", "&lt;/style&gt;",
        "4 KiB", "Critical path", "class=\"arrow critical\"", "prefers-color-scheme: dark", "100 us"}) {
    CAPTURE(part);
    CHECK(contains(page, part));
  }
  for (const char* part : {"<script>&", "</style>\"", "src=", "href=", "@import", "nan", "inf"}) {
    CAPTURE(part);
    CHECK_FALSE(contains(page, part));
  }
}

TEST_CASE("a trace without any duration can be drawn") {
  const trace_data trace =
      parse_trace(R"([{"ph":"X","ts":5,"name":"a"},{"ph":"C","ts":5,"name":"c","args":{"v":-1}}])", "t.json");
  const std::string page = to_html(trace, summarize(trace), "t");
  CHECK(contains(page, "0 ns, 1 span;"));
  CHECK_FALSE(contains(page, "nan"));
}
