// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"

using namespace clotho::test;

namespace {

constexpr const char* recorded = R"({"otherData":{"producer":"clotho 0.1.0","dropped":2},"traceEvents":[
{"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"worker 0"}},
{"ph":"X","pid":1,"tid":1,"ts":0.000,"dur":10.000,"cat":"task","name":"prepare","args":{"span":1}},
{"ph":"X","pid":1,"tid":2,"ts":10.000,"dur":30.000,"cat":"kernel","name":"saxpy","args":{"span":2}},
{"ph":"X","pid":1,"tid":3,"ts":20.000,"dur":10.000,"cat":"download","name":"y","args":{"bytes":40000}},
{"ph":"s","pid":1,"tid":1,"ts":9.999,"id":1,"args":{"from":1,"to":2}},
{"ph":"f","pid":1,"tid":2,"ts":10.000,"id":1,"bp":"e","args":{"from":1,"to":2}},
{"ph":"i","pid":1,"tid":2,"ts":10.000,"name":"note"}
]})";

} // namespace

TEST_CASE_FIXTURE(command_fixture, "trace sums up") {
  const std::string file = write("run.json", recorded);
  const auto result = run({"trace", file});
  CHECK(result.exit_status == 0);
  CHECK(result.output
        == "40.0 us, 3 spans in 3 rows\n"
           "two or more rows busy 25.0% of the time, none 0.00%\n"
           "transfers take 10.0 us, 100% of it hidden behind kernels\n"
           "\n"
           "ROW       SPANS     BUSY  SHARE   IDLE\n"
           "worker 0      1  10.0 us  25.0%  75.0%\n"
           "thread 2      1  30.0 us  75.0%  25.0%\n"
           "thread 3      1  10.0 us  25.0%  75.0%\n"
           "\n"
           "NAME     CATEGORY  COUNT    TOTAL   MEDIAN  OF TIME\n"
           "saxpy    kernel        1  30.0 us  30.0 us    75.0%\n"
           "prepare  task          1  10.0 us  10.0 us    25.0%\n"
           "y        download      1  10.0 us  10.0 us    25.0%\n"
           "\n"
           "TRANSFERS  COUNT     BYTES     TIME  GB/S\n"
           "download       1  39.1 KiB  10.0 us  4.00\n"
           "\n"
           "critical path: 2 spans, 40.0 us, 100% of the time\n"
           "SPAN     ROW        BEGINS    TAKES\n"
           "prepare  worker 0     0 ns  10.0 us\n"
           "saxpy    thread 2  10.0 us  30.0 us\n");
  CHECK(contains(result.errors, "the recorder dropped 2 records"));
  CHECK(contains(result.errors, "1 event of other kinds left out"));
  CHECK(run({"trace", "--summary", file}).output == result.output);
}

TEST_CASE_FIXTURE(command_fixture, "trace --json tells all of it") {
  const auto result = run({"trace", write("run.json", recorded), "--json"});
  REQUIRE(result.exit_status == 0);
  const auto document = parse(result.output);
  CHECK(document["schema"] == "clotho.trace/1");
  CHECK(document["producer"] == "clotho 0.1.0");
  CHECK(document["duration"] == 40000);
  CHECK(document["spans"] == 3);
  CHECK(document["dropped"] == 2);
  CHECK(document["left_out"] == 1);
  CHECK(document["parallel"] == 10000);
  CHECK(document["transfers"]["hidden"] == 10000);
  CHECK(document["rows"][1]["share"] == 0.75);
  CHECK(document["groups"][0]["name"] == "saxpy");
  CHECK(document["traffic"][0]["gb_per_s"] == 4.0);
  CHECK(document["critical_path"]["time"] == 40000);
  CHECK(document["critical_path"]["spans"][1]["row"] == "thread 2");
}

TEST_CASE_FIXTURE(command_fixture, "trace --html writes a page, and nothing else unless asked to") {
  const std::string file = write("run.json", recorded), page = (folder / "run.html").string();
  const auto quiet = run({"trace", file, "--html", page});
  CHECK(quiet.exit_status == 0);
  CHECK(quiet.output.empty());
  const std::string text = clotho::os::read_text(page);
  CHECK(text.starts_with("<!DOCTYPE html>"));
  CHECK(text.ends_with("</html>\n"));
  CHECK(contains(text, "<title>run.json</title>"));
  CHECK(contains(text, "saxpy"));
  CHECK(contains(run({"trace", file, "--html", page, "--summary"}).output, "critical path"));
  CHECK(parse(run({"trace", file, "--html", page, "--json"}).output)["spans"] == 3);
}

TEST_CASE_FIXTURE(command_fixture, "what is no trace, and where no page can be written") {
  CHECK(run({"trace"}).exit_status == 2);
  CHECK(run({"trace", "x.json", "--json", "--summary"}).exit_status == 2);
  const auto missing = run({"trace", (folder / "missing.json").string()});
  CHECK(missing.exit_status == 6);
  CHECK(contains(missing.errors, "missing.json"));
  CHECK(run({"trace", folder.path().string()}).exit_status == 6);
  const std::string page = (folder / "out.html").string();
  for (const char* text :
       {"", "text", "{}", "[]", "[{\"ph\":\"X\",\"ts\":1", "[{\"ph\":\"X\",\"ts\":1,\"dur\":-5}]",
        "[{\"ph\":\"X\",\"ts\":1e300}]", "[{\"ph\":\"X\",\"ts\":NaN}]"}) {
    CAPTURE(text);
    const auto bad = run({"trace", write("bad.json", text), "--html", page});
    CHECK(bad.exit_status == 6);
    CHECK(contains(bad.errors, "bad.json"));
    CHECK(bad.output.empty());
    CHECK_FALSE(std::filesystem::exists(page));
  }
  const std::string file = write("run.json", recorded);
  const auto unwritable = run({"trace", file, "--html", (folder / "no" / "out.html").string()});
  CHECK(unwritable.exit_status == 6);
  CHECK(contains(unwritable.errors, "out.html"));
  CHECK(run({"trace", file, "--html", "/dev/full"}).exit_status == 6);
}
