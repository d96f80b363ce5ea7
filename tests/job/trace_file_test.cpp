// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/core/os/file.hpp>
#include <clotho/flow/trace.hpp>
#include <clotho/job/trace_file.hpp>

#include "damage.hpp"
#include "support/contains.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::job;
using namespace clotho::test;
using namespace std::chrono_literals;

namespace {

// What is said of a text that is no trace.
std::string refused(std::string_view text) {
  return message_of<format_error>([&] { return parse_trace(text, "t.json"); });
}

const std::string& name_of(const trace_data& trace, const trace_piece& span) {
  return trace.names[span.name];
}

} // namespace

TEST_CASE("what the recorder writes is what is read") {
  std::string text;
  {
    trace recorder([&](std::string_view document) { text = document; });
    const auto at = [](trace_time when) { return trace::time_point(1h + when); };
    const trace_track worker = recorder.add_track("worker \"0\"\n"), lane = recorder.add_track("gpu");
    const trace_counter memory = recorder.add_counter("memory (bytes)");
    recorder.add({lane, trace_category::kernel, "größe", at(123456789ns), at(123456889ns), trace_id{9}},
                 {{"bytes", 4096}});
    recorder.add({worker, trace_category::task, "inner", at(10ns), at(20ns)});
    recorder.add({worker, trace_category::wait, "outer", at(10ns), at(30ns), trace_id{8}});
    recorder.add_arrow(trace_id{8}, trace_id{9});
    recorder.add_arrow(trace_id{8}, trace_id{10});
    recorder.set(memory, at(15ns), 1e9);
  }
  const trace_data read = parse_trace(text, "t.json");
  CHECK(read.producer == "clotho 0.1.0");
  CHECK(read.duration == 123456879ns);
  CHECK(read.dropped == 1);
  CHECK(read.incomplete == 0);
  CHECK(read.left_out == 0);
  REQUIRE(read.rows.size() == 2);
  CHECK(read.rows[0].name == "worker \"0\"\n");
  CHECK(read.rows[0].process.empty());
  REQUIRE(read.spans.size() == 3);
  const trace_piece &outer = read.spans[0], &inner = read.spans[1], &kernel = read.spans[2];
  CHECK(name_of(read, outer) == "outer");
  CHECK(read.categories[outer.category].role == trace_role::wait);
  CHECK(outer.begin == 0ns);
  CHECK(outer.end == 20ns);
  CHECK(inner.parent == 0);
  CHECK(inner.depth == 1);
  CHECK(name_of(read, kernel) == "größe");
  CHECK(kernel.begin == 123456779ns);
  CHECK(kernel.end - kernel.begin == 100ns);
  CHECK(kernel.bytes == 4096);
  CHECK(kernel.row == 1);
  CHECK(read.categories[kernel.category].role == trace_role::kernel);
  REQUIRE(read.arrows.size() == 1);
  CHECK(read.arrows[0].from == 0);
  CHECK(read.arrows[0].to == 2);
  REQUIRE(read.curves.size() == 1);
  CHECK(read.curves[0].name == "memory (bytes)");
  CHECK(read.curves[0].points.front() == std::pair<trace_time, double>(5ns, 1e9));
}

TEST_CASE("arrays of events, with pairs of begin and end, texts for numbers, and an end that is missing") {
  for (const char* end : {"]", "", ",", ",\n", "\n"}) {
    CAPTURE(end);
    const trace_data read = parse_trace(std::string(R"([
{"ph":"B","pid":"p","tid":"t","ts":"1.5","name":"a","cat":"Memcpy"},
{"ph":"B","pid":"p","tid":"t","ts":2,"name":"b"},
{"ph":"E","pid":"p","tid":"t","ts":3.25},
{"ph":"E","pid":"p","tid":"t","ts":4},
{"ph":"i","pid":"p","tid":"t","ts":4,"args":{"deep":[{"ts":[1,2]},3]}})")
                                            + end,
                                        "t.json");
    REQUIRE(read.spans.size() == 2);
    CHECK(name_of(read, read.spans[0]) == "a");
    CHECK(read.categories[read.spans[0].category].role == trace_role::transfer);
    CHECK(read.spans[0].end == 2500ns);
    CHECK(read.spans[1].begin == 500ns);
    CHECK(read.spans[1].end == 1750ns);
    CHECK(read.categories[read.spans[1].category].name == "other");
    CHECK(read.rows[0].name == "thread t");
    CHECK(read.left_out == 1);
  }
}

TEST_CASE("begins and ends without the other are counted; an open span lasts until the last event") {
  const trace_data read = parse_trace(R"([{"ph":"E","tid":1,"ts":0},{"ph":"B","tid":1,"ts":1,"name":"a"},
    {"ph":"B","tid":2,"ts":2,"name":"b"},{"ph":"X","tid":3,"ts":2,"dur":7}])",
                                      "t.json");
  CHECK(read.incomplete == 3);
  REQUIRE(read.spans.size() == 3);
  CHECK(read.spans[0].end == 8us);
  CHECK(read.spans[1].end == 8us);
}

TEST_CASE("rows are in the order that the file asks for, named by process where there are several") {
  const trace_data read = parse_trace(R"({"traceEvents":[
    {"ph":"X","pid":1,"tid":1,"ts":0,"dur":1},{"ph":"X","pid":2,"tid":1,"ts":0,"dur":1},
    {"ph":"M","pid":2,"tid":5,"name":"thread_name","args":{"name":"idle"}},
    {"ph":"M","pid":2,"tid":5,"name":"thread_sort_index","args":{"sort_index":-1}},
    {"ph":"M","pid":2,"name":"process_name","args":{"name":"rank 1"}},
    {"ph":"M","pid":2,"name":"process_sort_index","args":{"sort_index":-2}}]})",
                                      "t.json");
  REQUIRE(read.rows.size() == 3);
  CHECK(read.rows[0].name == "idle");
  CHECK(read.rows[0].process == "rank 1");
  CHECK(read.rows[0].first_span == read.rows[0].last_span);
  CHECK(read.rows[1].name == "thread 1");
  CHECK(read.rows[2].process == "process 1");
}

TEST_CASE("spans that half overlap get rows of their own") {
  const trace_data read =
      parse_trace(R"([{"ph":"X","tid":1,"ts":0,"dur":10},{"ph":"X","tid":1,"ts":5,"dur":10},
    {"ph":"X","tid":1,"ts":10,"dur":1}])",
                  "t.json");
  REQUIRE(read.rows.size() == 2);
  CHECK(read.rows[1].name == "thread 1 (2)");
  CHECK(read.rows[0].last_span == 2);
  CHECK(read.spans[2].row == 1);
}

TEST_CASE("arrows of others are found by time: at the span around, or at the next one") {
  const std::string spans = R"([{"ph":"X","tid":1,"ts":0,"dur":10},{"ph":"X","tid":1,"ts":2,"dur":3},
    {"ph":"X","tid":2,"ts":20,"dur":5},{"ph":"X","tid":2,"ts":30,"dur":5},)";
  const auto arrows = [&](const std::string& rest) {
    return parse_trace(spans + rest + "]", "t.json").arrows;
  };
  const auto around =
      arrows(R"({"ph":"s","tid":1,"ts":4,"id":7},{"ph":"f","bp":"e","tid":2,"ts":22,"id":7})");
  REQUIRE(around.size() == 1);
  CHECK(around[0].from == 1);
  CHECK(around[0].to == 2);
  const auto next = arrows(R"({"ph":"s","tid":1,"ts":9,"id":"x"},{"ph":"f","tid":2,"ts":26,"id":"x"})");
  REQUIRE(next.size() == 1);
  CHECK(next[0].from == 0);
  CHECK(next[0].to == 3);
  const auto steps = arrows(R"({"ph":"f","bp":"e","tid":2,"ts":31,"id":1},{"ph":"t","tid":2,"ts":21,"id":1},
    {"ph":"s","tid":1,"ts":1,"id":1})");
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].to == 2);
  CHECK(steps[1].to == 3);
  CHECK(parse_trace(spans + R"({"ph":"s","tid":1,"ts":4,"id":7}])", "t.json").incomplete == 1);
  CHECK(parse_trace(spans + R"({"ph":"s","tid":1,"ts":1,"id":7},{"ph":"f","bp":"e","tid":2,"ts":26,"id":7}])",
                    "t.json")
            .incomplete
        == 1);
}

TEST_CASE("times are exact, also as dates") {
  const trace_data read = parse_trace(R"([{"ph":"X","ts":1700000000000000.123,"dur":0.001},
    {"ph":"X","ts":1700000000000001.1239,"dur":1e-3}])",
                                      "t.json");
  CHECK(read.spans[0].end - read.spans[0].begin == 1ns);
  CHECK(read.spans[1].begin == 1001ns);
  CHECK(read.spans[1].end == 1002ns);
  const trace_data early =
      parse_trace(R"([{"ph":"X","ts":-1.5,"dur":2},{"ph":"X","ts":-0.25,"dur":1}])", "t.json");
  CHECK(early.spans[1].begin == 1250ns);
}

TEST_CASE("what is no trace is refused with the place and the reason") {
  CHECK(contains(refused(""), "t.json:1: the file is empty"));
  CHECK(contains(refused(" \n"), "the file is empty"));
  CHECK(contains(refused("hello"), "t.json:1: "));
  CHECK(contains(refused("17"), "no trace: neither an array of events nor an object with \"traceEvents\""));
  CHECK(contains(refused("{\"a\":[1]}"), "no trace"));
  CHECK(contains(refused("[]"), "the trace has no span"));
  CHECK(contains(refused("{\"traceEvents\":[]}"), "the trace has no span"));
  CHECK(contains(refused("[1,\"x\",null,[],{}]"), "the trace has no span"));
  CHECK(contains(refused("[\n{\"ph\":\"X\",\"ts\":1"), "t.json:2: the file ends in the middle"));
  CHECK(contains(refused("{\"traceEvents\":[{\"ph\":\"X\",\"ts\":1}]"), "the file ends in the middle"));
  CHECK(contains(refused("[\n\n{\"ph\":\"X\",\"name\":\"k\",\"ts\":1,\"dur\":-1}]"),
                 "t.json:3: 'k': its duration, \"dur\", is negative"));
  CHECK(contains(refused("[{\"ph\":\"X\",\"name\":\"k\"}]"), "'k': its time, \"ts\", is missing"));
  CHECK(contains(refused("[{\"ph\":\"X\",\"ts\":\"noon\"}]"), "ts is 'noon', not a number"));
  CHECK(contains(refused("[{\"ph\":\"X\",\"ts\":1e300}]"), "too large for microseconds"));
  CHECK(contains(refused("[{\"ph\":\"X\",\"ts\":99999999999999999999}]"), "too large for microseconds"));
  CHECK(contains(refused("[{\"ph\":\"X\",\"ts\":9223372036854775807}]"), "too large for microseconds"));
  CHECK(contains(refused("[{\"ph\":\"X\",\"ts\":\"nan\"}]"), "ts is "));
  CHECK(contains(refused("[{\"ph\":\"X\",\"ts\":NaN}]"), "t.json:1: "));
  CHECK(contains(refused("[{\"ph\":\"X\",\"ts\":1e999}]"), "t.json:1: "));
  CHECK_THROWS_AS((void)read_trace("/nonexistent/t.json"), io_error);
}

TEST_CASE("the largest times there are can be told apart") {
  const trace_data read = parse_trace(R"([{"ph":"X","ts":-2999999999999998,"dur":1},
    {"ph":"X","tid":2,"ts":2999999999999998,"dur":2999999999999998}])",
                                      "t.json");
  CHECK(read.duration > 100 * 24h * 365);
}

TEST_CASE("any part of a trace is one, or refused") {
  const std::string text =
      R"({"otherData":{"dropped":3},"traceEvents":[{"ph":"X","ts":1,"dur":2,"args":{"bytes":1}},
    {"ph":"C","ts":1,"name":"c","args":{"a":1,"b":2}},{"ph":"s","id":1,"ts":1},{"ph":"f","id":1,"ts":2}]})";
  CHECK_NOTHROW((void)parse_trace(text, "t.json"));
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS((void)parse_trace(std::string_view(text).substr(0, size), "t.json"), format_error);
  }
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = text;
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    CAPTURE(damaged);
    try {
      (void)parse_trace(damaged, "t.json");
    } catch (const format_error&) {
      continue;
    } catch (const std::exception& other) {
      FAIL_CHECK(other.what());
    }
  }
}
