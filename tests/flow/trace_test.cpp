// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <limits>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/flow/trace.hpp>

#include "support/collected.hpp"
#include "support/contains.hpp"
#include "support/storm.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::test;
using std::chrono::nanoseconds;

namespace {

trace::time_point at(std::int64_t nanosecond) { return trace::time_point(nanoseconds(nanosecond)); }

// A trace whose last document is kept.
struct kept_trace {
  std::string document;
  trace recorder;

  explicit kept_trace(trace_options options = {})
      : recorder([this](std::string_view text) { document = text; }, std::move(options)) {}

  const std::string& text() {
    recorder.write();
    return document;
  }
};

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t i = text.find(part); i != text.npos; i = text.find(part, i + part.size())) ++found;
  return found;
}

std::size_t count_spans(std::string_view text) { return count(text, R"({"ph":"X")"); }

} // namespace

TEST_CASE("an empty trace is a whole document") {
  kept_trace kept({.process_name = "demo", .process = 7});
  CHECK(kept.text()
        == "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"producer\":\"clotho 0.1.0\",\"clock\":\"steady\","
           "\"dropped\":0},\n\"traceEvents\":[\n"
           "{\"ph\":\"M\",\"pid\":7,\"tid\":0,\"name\":\"process_name\",\"args\":{\"name\":\"demo\"}}\n]}\n");
}

TEST_CASE("a span tells its track, category, name, times in microseconds, and facts") {
  kept_trace kept;
  const trace_track lane = kept.recorder.add_track("gpu: kernels");
  kept.recorder.add({lane, trace_category::kernel, "saxpy", at(1'234'567), at(1'235'000), trace_id{17}},
                    {{"bytes", std::size_t{4096}},
                     {"offset", -3},
                     {"share", 0.5},
                     {"range", "64x64"},
                     {"bad", std::numeric_limits<double>::quiet_NaN()}});
  kept.recorder.add({lane, trace_category::wait, "", at(1'235'000), at(1'235'001)});
  const std::string text = kept.text();
  CHECK(contains(text, R"({"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"gpu: kernels"}})"));
  CHECK(contains(text,
                 R"({"ph":"X","pid":1,"tid":1,"ts":1234.567,"dur":0.433,"cat":"kernel","name":"saxpy",)"
                 R"("args":{"span":17,"bytes":4096,"offset":-3,"share":0.5,"range":"64x64","bad":"nan"}})"));
  CHECK(contains(text, R"({"ph":"X","pid":1,"tid":1,"ts":1235.000,"dur":0.001,"cat":"wait","name":""})"));
}

TEST_CASE("spans of a track are written in order, those that contain others first") {
  kept_trace kept;
  const trace_track a = kept.recorder.add_track("a");
  const trace_track b = kept.recorder.add_track("b");
  const auto add = [&](trace_track where, const char* name, int begin, int end) {
    kept.recorder.add({where, trace_category::host, name, at(begin), at(end)});
  };
  add(b, "last", 0, 5);
  add(a, "inner", 10, 20);
  add(a, "outer", 10, 30);
  add(a, "first", 1, 10);
  const std::string text = kept.text();
  std::size_t previous = 0;
  for (const char* name : {"\"first\"", "\"outer\"", "\"inner\"", "\"last\""}) {
    CAPTURE(name);
    CHECK(text.find(name) > previous);
    previous = text.find(name);
  }
}

TEST_CASE("a span that half overlaps another gets a row of its own") {
  kept_trace kept;
  const trace_track lane = kept.recorder.add_track("gpu");
  const trace_track below = kept.recorder.add_track("below");
  kept.recorder.add({lane, trace_category::kernel, "one", at(0), at(10)});
  kept.recorder.add({lane, trace_category::kernel, "two", at(5), at(15)});
  kept.recorder.add({lane, trace_category::kernel, "three", at(10), at(20)});
  kept.recorder.add({below, trace_category::kernel, "four", at(0), at(20)});
  const std::string text = kept.text();
  CHECK(contains(text, R"x("tid":2,"name":"thread_name","args":{"name":"gpu (2)"})x"));
  CHECK(contains(text, R"("tid":3,"name":"thread_name","args":{"name":"below"})"));
  CHECK(contains(text, R"("tid":1,"ts":0.000,"dur":0.010,"cat":"kernel","name":"one")"));
  CHECK(contains(text, R"("tid":2,"ts":0.005,"dur":0.010,"cat":"kernel","name":"two")"));
  CHECK(contains(text, R"("tid":1,"ts":0.010,"dur":0.010,"cat":"kernel","name":"three")"));
  CHECK(contains(text, R"("tid":3,"ts":0.000,"dur":0.020,"cat":"kernel","name":"four")"));
}

TEST_CASE("an arrow joins two spans, whichever was added first") {
  kept_trace kept;
  const trace_track lane = kept.recorder.add_track("lane");
  kept.recorder.add_arrow(trace_id{1}, trace_id{2});
  kept.recorder.add({lane, trace_category::task, "after", at(100), at(110), trace_id{2}});
  kept.recorder.add({lane, trace_category::task, "before", at(0), at(50), trace_id{1}});
  const std::string text = kept.text();
  CHECK(contains(text, R"({"ph":"s","pid":1,"tid":1,"ts":0.049,"cat":"flow","name":"after","id":1,)"
                       R"("args":{"from":1,"to":2}})"));
  CHECK(contains(text, R"({"ph":"f","pid":1,"tid":1,"ts":0.100,"cat":"flow","name":"after","id":1,"bp":"e",)"
                       R"("args":{"from":1,"to":2}})"));
}

TEST_CASE("an arrow that lacks a span counts as dropped") {
  kept_trace kept;
  const trace_track lane = kept.recorder.add_track("lane");
  kept.recorder.add({lane, trace_category::task, "alone", at(0), at(50), trace_id{1}});
  kept.recorder.add_arrow(trace_id{1}, trace_id{2});
  const std::string text = kept.text();
  CHECK_FALSE(contains(text, R"("ph":"s")"));
  CHECK(contains(text, "\"dropped\":1}"));
}

TEST_CASE("counters are written in the order of time; what is no number is left out") {
  kept_trace kept;
  const trace_counter memory = kept.recorder.add_counter("memory");
  kept.recorder.set(memory, at(2000), 1.5);
  kept.recorder.set(memory, at(1000), 1073741824);
  kept.recorder.set(memory, at(3000), std::numeric_limits<double>::infinity());
  const std::string text = kept.text();
  const auto first =
      text.find(R"({"ph":"C","pid":1,"tid":0,"ts":1.000,"name":"memory","args":{"value":1073741824}})");
  const auto second = text.find(R"("ts":2.000,"name":"memory","args":{"value":1.5}})");
  CHECK(first < second);
  CHECK(second != text.npos);
  CHECK(count(text, R"("ph":"C")") == 2);
}

TEST_CASE("names are escaped, and what is no UTF-8 is replaced") {
  struct sample {
    std::string given, written;
  };
  for (const auto& [given, written] : std::vector<sample>{
           {"say \"hi\" \\ \n\t\x7f", R"(say \"hi\" \\ \u000a\u0009\u007f)"},
           {std::string("a\0b", 3), R"(a\u0000b)"},
           {"größe \xe2\x82\xac \xf0\x9f\x98\x80", "größe \xe2\x82\xac \xf0\x9f\x98\x80"},
           {"\xff|\xc3", "\xef\xbf\xbd|\xef\xbf\xbd"},
           {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                                 // overlong
           {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                 // a surrogate
           {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, // beyond Unicode
       }) {
    CAPTURE(written);
    kept_trace kept;
    const trace_track lane = kept.recorder.add_track(given);
    kept.recorder.add({lane, trace_category::host, given, at(0), at(1)}, {{given, given}});
    CHECK(count(kept.text(), '"' + written + '"') == 4);
  }
}

TEST_CASE("an end before the begin counts as the begin") {
  kept_trace kept;
  kept.recorder.add({kept.recorder.add_track("lane"), trace_category::host, "odd", at(50), at(10)});
  CHECK(contains(kept.text(), R"("ts":0.050,"dur":0.000)"));
}

TEST_CASE("beyond the limit records are dropped and counted") {
  kept_trace kept({.limit_bytes = 100'000});
  const trace_track lane = kept.recorder.add_track("lane");
  for (int i = 0; i < 10'000; ++i) kept.recorder.add({lane, trace_category::host, "work", at(i), at(i + 1)});
  const std::size_t spans = count_spans(kept.text());
  CHECK(spans >= 100'000 / 48 * 9 / 10);
  CHECK(spans <= 100'000 / 48);
  CHECK(kept.recorder.dropped() == 10'000 - spans);
  CHECK(contains(kept.text(), "\"dropped\":" + std::to_string(10'000 - spans)));

  kept_trace none({.limit_bytes = 0});
  none.recorder.add({none.recorder.add_track("lane"), trace_category::host, "work", at(0), at(1)});
  CHECK(none.recorder.dropped() == 1);
}

TEST_CASE("a record larger than a chunk has its place") {
  kept_trace kept;
  const std::string name(1'000'000, 'n');
  kept.recorder.add({kept.recorder.add_track("lane"), trace_category::host, name, at(0), at(1)});
  CHECK(contains(kept.text(), name));
}

TEST_CASE("ids are not given twice") {
  kept_trace kept;
  CHECK(kept.recorder.new_id() != kept.recorder.new_id());
  CHECK(kept.recorder.new_id() != trace_id::none);
}

TEST_CASE("threads record at once, while another writes") {
  constexpr std::size_t spans = 20'000 / storm_divisor;
  kept_trace kept;
  std::atomic<int> running{4};
  const auto work = [&] {
    const trace_track own = kept.recorder.add_track("worker");
    for (std::size_t i = 0; i < spans; ++i) {
      const auto begin = static_cast<std::int64_t>(i) * 10;
      const trace_id id = kept.recorder.new_id();
      kept.recorder.add({own, trace_category::task, "step", at(begin), at(begin + 10), id}, {{"i", i}});
      kept.recorder.add_arrow(id, id);
    }
    --running;
  };
  const auto read = [&] {
    std::size_t seen = 0;
    do {
      const std::size_t now = count_spans(kept.text());
      CHECK(now >= seen);
      seen = now;
    } while (running > 0);
  };
  run_together({work, work, work, work, read});
  const std::string text = kept.text();
  CHECK(count_spans(text) == 4 * spans);
  CHECK(count(text, "\"name\":\"worker\"") == 4);
  CHECK(count(text, R"({"ph":"s")") == 4 * spans);
  for (int tid = 1; tid <= 4; ++tid)
    CHECK(count(text, R"({"ph":"X","pid":1,"tid":)" + std::to_string(tid) + ",") == spans);
  CHECK(contains(text, "\"dropped\":0}"));
}

TEST_CASE("one thread may record into several traces in turn") {
  kept_trace a, b;
  const trace_track in_a = a.recorder.add_track("a"), in_b = b.recorder.add_track("b");
  for (int i = 0; i < 10; ++i) {
    a.recorder.add({in_a, trace_category::host, "x", at(i), at(i + 1)});
    if (i % 2 == 0) b.recorder.add({in_b, trace_category::host, "y", at(i), at(i + 1)});
  }
  CHECK(count_spans(a.text()) == 10);
  CHECK(count_spans(b.text()) == 5);
}

TEST_CASE("the destructor writes what write() has not") {
  std::vector<std::string> documents;
  const trace::sink keep = [&](std::string_view text) { documents.emplace_back(text); };
  SUBCASE("nothing was written: also an empty trace") {
    { const trace recorder(keep); }
    CHECK(documents.size() == 1);
  }
  SUBCASE("everything was written") {
    {
      trace recorder(keep);
      recorder.add({recorder.add_track("lane"), trace_category::host, "x", at(0), at(1)});
      recorder.write();
    }
    CHECK(documents.size() == 1);
  }
  SUBCASE("something came later") {
    {
      trace recorder(keep);
      recorder.write();
      recorder.add({recorder.add_track("lane"), trace_category::host, "x", at(0), at(1)});
    }
    REQUIRE(documents.size() == 2);
    CHECK(count_spans(documents.back()) == 1);
  }
}

TEST_CASE("a file appears when the trace is written, and not before") {
  const temporary_folder folder;
  const auto path = folder / "run.json";
  {
    trace recorder(path);
    recorder.add({recorder.add_track("lane"), trace_category::host, "x", at(0), at(1)});
    CHECK_FALSE(std::filesystem::exists(path));
    recorder.write();
    CHECK(count_spans(os::read_text(path)) == 1);
    recorder.add({trace_track{0}, trace_category::host, "y", at(1), at(2)});
    CHECK(count_spans(os::read_text(path)) == 1);
  }
  CHECK(count_spans(os::read_text(path)) == 2);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) CHECK(entry.path() == path);
}

TEST_CASE("what cannot be written is thrown by write() and logged by the destructor") {
  const temporary_folder folder;
  collected log;
  const auto path = folder / "missing" / "run.json";
  {
    trace recorder(path, {.log = log.sink()});
    CHECK_THROWS_AS(recorder.write(), io_error);
    CHECK(log.text().empty());
  }
  CHECK(contains(log.text(), "a trace was not written: cannot"));
  CHECK(contains(log.text(), path.string()));
}

TEST_CASE("what the sink throws is thrown by write() and logged by the destructor") {
  collected log;
  {
    trace recorder([](std::string_view) { throw io_error("the pipe broke", "pipe"); }, {.log = log.sink()});
    CHECK_THROWS_AS(recorder.write(), io_error);
  }
  CHECK(contains(log.text(), "a trace was not written: the pipe broke"));
}

TEST_CASE("a full disk is a failure") {
  collected log;
  { const trace recorder("/dev/full", {.log = log.sink()}); }
  CHECK(contains(log.text(), "a trace was not written"));
}

TEST_CASE("a fork of the process records and writes nothing") {
  const temporary_folder folder;
  const auto path = folder / "run.json";
  trace recorder(path);
  recorder.add({recorder.add_track("lane"), trace_category::host, "x", at(0), at(1)});
  const pid_t child = ::fork();
  if (child == 0) {
    recorder.add({trace_track{0}, trace_category::host, "y", at(1), at(2)});
    recorder.write();
    ::_exit(std::filesystem::exists(path) ? 1 : 0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  recorder.write();
  CHECK(count_spans(os::read_text(path)) == 1);
}
