// SPDX-License-Identifier: Apache-2.0
// `clotho bench`: its forms, statuses and messages. How long things take is no test's business.
#include <signal.h>

#include <cmath>
#include <set>

#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho;
using namespace clotho::test;
using clotho::job::process_result;

namespace {

constexpr const char* saxpy = R"(
// /// clotho
// kernel = "saxpy"
// global = ["n"]
// args = { n = 4096, a = 2.0, x = "iota:n", y = "fill:n,value=1" }
// flops = "2*n"
// bytes = "12*n"
// ///
__kernel void saxpy(uint n, float a, __global const float* x, __global float* y) {
  size_t i = get_global_id(0);
  if (i < n) y[i] = a * x[i] + y[i];
}
__kernel void other(__global float* y) { y[get_global_id(0)] = 1; }
)";

constexpr const char* slow_sum = R"(
// /// clotho
// global = ["n"]
// args = { n = 1000, y = "zeros:n" }
// ///
__kernel void slow_sum(uint n, __global float* y) {
  float sum = get_global_id(0);
  for (uint i = 0; i < 20000; ++i) sum = sum * 0.5f + i;
  if (get_global_id(0) < n) y[get_global_id(0)] = sum;
}
)";

struct bench_fixture : command_fixture {
  process_result bench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "bench");
    arguments.insert(arguments.end(), {"--seconds", "0.01"});
    return run(std::move(arguments));
  }
  std::string file = write("saxpy.cl", saxpy);
};

// A document of one case with this median and interval.
std::string document_of(double value, double low, double high, const char* unit = "us") {
  return nlohmann::json{{"schema", "clotho.bench/1"},
                        {"suite", "kernel"},
                        {"rows",
                         {{{"name", "k"},
                           {"n", 1},
                           {"unit", unit},
                           {"value", value},
                           {"min", low},
                           {"spread", 0.01},
                           {"peer", "roofline"},
                           {"low", low},
                           {"high", high}}}}}
      .dump();
}

} // namespace

TEST_CASE_FIXTURE(bench_fixture, "a kernel is measured as often as it takes, under its roof") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const nlohmann::json document = printed_document(bench({file + ":saxpy", "--json"}));
  CHECK(document["schema"] == "clotho.bench/1");
  CHECK(document["suite"] == "kernel");
  CHECK(document["missing"].empty());
  REQUIRE(document["rows"].size() == 1);
  const nlohmann::json& row = document["rows"][0];
  CHECK(row["name"] == "saxpy");
  CHECK(row["n"] == 4096);
  CHECK(row["unit"] == "us");
  CHECK(row["flops"] == 8192);
  CHECK(row["bytes"] == 49152);
  CHECK(row["bytes_declared"] == true);
  CHECK(row["peer"] == "roofline");
  CHECK(row["samples_ns"].size() >= 10);
  CHECK(row["low"] <= row["value"]);
  CHECK(row["value"] <= row["high"]);
  CHECK(row["min"] <= row["low"]);
  CHECK(row["ahead"].get<double>()
        == doctest::Approx(row["peer_value"].get<double>() / row["value"].get<double>()));
  const nlohmann::json& ceilings = document["ceilings"][0];
  CHECK(ceilings["copy"][0]["bytes"] == 65536);
  CHECK(ceilings["copy"][0]["gb_per_s"] > 0);
  CHECK(ceilings["multiply_add"]["type"] == "f32");
  CHECK(ceilings["multiply_add"]["gflop_per_s"] > 0);
  const double memory = 49152 / ceilings["copy"][0]["gb_per_s"].get<double>(),
               arithmetic = 8192 / ceilings["multiply_add"]["gflop_per_s"].get<double>();
  CHECK(row["bound"] == (memory >= arithmetic ? "memory" : "arithmetic"));
}

TEST_CASE_FIXTURE(bench_fixture, "a sweep is a case for each size, and the other forms tell the same") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const std::vector<std::string> sweep{file, "--sweep", "n=1k,2Ki", "--no-roof"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), sweep.begin(), sweep.end());
    return bench(std::move(more));
  };
  const process_result table =
      with({"--save", (folder / "r.json").string(), "--html", (folder / "r.html").string()});
  CAPTURE(table.errors);
  REQUIRE(table.exit_status == 0);
  CHECK(contains(table.output, "saxpy n=1000 "));
  CHECK(contains(table.output, "saxpy n=2048 "));
  CHECK_FALSE(contains(table.output, "copy"));
  const nlohmann::json saved = parse(os::read_text(folder / "r.json"));
  CHECK(saved["rows"][1]["n"] == 2048);
  CHECK(saved["rows"][1]["parameters"]["n"] == 2048);
  CHECK(saved["rows"][1]["bytes"] == 12 * 2048);
  CHECK(saved["rows"][0]["peer"] == "");
  CHECK(saved["rows"][0]["bound"].is_null());
  const std::string page = os::read_text(folder / "r.html");
  CHECK(contains(page, "<svg"));
  CHECK(contains(page, "operations a byte (FLOP/B)"));
  CHECK(contains(page, "GFLOP/s"));
  CHECK(contains(page, "time of a launch, "));
  CHECK(contains(page, "prefers-color-scheme: dark"));
  CHECK_FALSE(contains(page, "<script"));
  CHECK_FALSE(contains(page, "nan"));

  const std::string csv = with({"--format", "csv"}).output;
  CHECK(csv.starts_with("kernel,parameters,device,median_us,"));
  CHECK(contains(csv, "\nsaxpy,n=1000,"));
  const std::string markdown = with({"--format", "md"}).output;
  CHECK(markdown.starts_with("| kernel | median | +- 95% |"));
  CHECK(contains(markdown, "\n| saxpy n=2048 |"));

  const nlohmann::json google = parse(with({"--format", "gbench"}).output);
  CHECK(google["context"].contains("num_cpus"));
  std::set<std::string> names;
  std::size_t launches = 0;
  for (const nlohmann::json& run : google["benchmarks"]) {
    CHECK(run["real_time"].is_number());
    CHECK(run["time_unit"] == "us");
    names.insert(run["name"].get<std::string>());
    launches += run["run_type"] == "iteration";
  }
  CHECK(names
        == std::set<std::string>{"saxpy/n:1000", "saxpy/n:1000_mean", "saxpy/n:1000_median",
                                 "saxpy/n:1000_stddev", "saxpy/n:2048", "saxpy/n:2048_mean",
                                 "saxpy/n:2048_median", "saxpy/n:2048_stddev"});
  CHECK(launches >= 20);
}

TEST_CASE_FIXTURE(bench_fixture,
                  "results are those of one launch, and an expectation that fails is status 1") {
  if (!has_device()) CLOTHO_SKIP("a device");
  CHECK(bench({file, "n=3", "--no-roof", "--expect", "y=1,3,5"}).exit_status == 0);
  CHECK(bench({file, "n=3", "--no-roof", "--reset", "--expect", "y=1,3,5"}).exit_status == 0);
  const process_result wrong = bench({file, "n=3", "--no-roof", "--expect", "y=1,3,6"});
  CHECK(wrong.exit_status == 1);
  CHECK(contains(wrong.errors,
                 "expectation failed: y = 1,3,6: 1 of 3 elements differ; first [2]: 5, expected 6"));
}

TEST_CASE_FIXTURE(bench_fixture, "a case that fails is named, the others count") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const process_result result = bench({file, "--no-roof", "--sweep", "n=16,5G", "--json"});
  CHECK(result.exit_status == 2);
  const nlohmann::json document = parse(result.output);
  CHECK(document["rows"].size() == 1);
  REQUIRE(document["missing"].size() == 1);
  CHECK(document["missing"][0].get<std::string>().starts_with("n=5000000000 on "));
  CHECK(contains(result.errors, "not measured: n=5000000000 on "));
}

TEST_CASE_FIXTURE(bench_fixture, "each way to fail has its status") {
  CHECK(contains(run({"bench"}).errors, "name a kernel file"));
  CHECK(run({"bench"}).exit_status == 2);
  CHECK(bench({(folder / "none.cl").string()}).exit_status == 6);
  CHECK(contains(bench({"steps.toml"}).errors, "is a pipeline; clotho bench takes kernel files"));
  CHECK(contains(bench({file, "--sweep", "n"}).errors, "--sweep n: say which argument has which values"));
  CHECK(contains(bench({file, "--sweep", "n=1,x"}).errors, "--sweep n=1,x: 'x' is no whole number"));
  CHECK(contains(bench({file, "--sweep", "n=1", "--sweep", "n=2"}).errors, "'n' is swept already"));
  CHECK(contains(bench({file, "--sweep", "m=1"}).errors, "m"));
  CHECK(bench({file, "--sweep", "m=1"}).exit_status == 2);
  CHECK(bench({file, "--format", "xml"}).exit_status == 2);
  CHECK(bench({file, "-d", "name=no-such-device"}).exit_status == 4);
  if (!has_device()) CLOTHO_SKIP("a device");
  const process_result broken =
      bench({write("broken.cl", "kernel void f(global float* x) { oops }"), "x=zeros:4"});
  CHECK(broken.exit_status == 3);
  CHECK(contains(broken.errors, "broken.cl:1:"));
}

TEST_CASE_FIXTURE(bench_fixture, "what is interrupted writes no file") {
  if (!has_device()) CLOTHO_SKIP("a device");
  // Ten thousand launches end a measurement: these take milliseconds.
  const std::string slow = write("slow.cl", slow_sum);
  const auto saved = folder / "r.json";
  const process_result result = job::run_process(
      {{"timeout", "--foreground", "--preserve-status", "-s", "INT", "3", CLOTHO_COMMAND, "bench", slow,
        "--seconds", "3600", "--sweep", "n=1000,2000", "--save", saved.string()},
       {},
       {}},
      std::chrono::minutes(4));
  CAPTURE(result.errors);
  CHECK(result.exit_status == 130);
  CHECK(result.output.empty());
  CHECK_FALSE(std::filesystem::exists(saved));
}

TEST_CASE_FIXTURE(bench_fixture, "compare tells what changed from noise") {
  const std::string before = write("old.json", document_of(100, 98, 103));
  const auto compare = [&](const std::string& after, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"bench", "compare", before, write("new.json", after)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  };
  SUBCASE("slower is a regression") {
    const process_result result = compare(document_of(120, 118, 123));
    CHECK(result.exit_status == 1);
    CHECK(contains(result.output, "100 us [98.0, 103]"));
    CHECK(contains(result.output, "+20.0%  slower"));
  }
  SUBCASE("faster") {
    const process_result result = compare(document_of(0.05, 0.049, 0.06, "ms"));
    CHECK(result.exit_status == 0);
    CHECK(contains(result.output, "-50.0%  faster"));
  }
  SUBCASE("intervals that meet are noise") {
    const process_result result = compare(document_of(120, 102, 140));
    CHECK(result.exit_status == 0);
    CHECK(contains(result.output, "+20.0%  same"));
  }
  SUBCASE("so is what the threshold allows") {
    CHECK(contains(compare(document_of(104, 103.5, 105)).output, "same"));
    CHECK(compare(document_of(104, 103.5, 105), {"--threshold", "3%"}).exit_status == 1);
    CHECK(compare(document_of(120, 118, 123), {"--threshold", "25"}).exit_status == 0);
  }
  SUBCASE("as JSON") {
    const nlohmann::json document = parse(compare(document_of(120, 118, 123), {"--json"}).output);
    CHECK(document["schema"] == "clotho.bench.compare/1");
    CHECK(document["regression"] == true);
    CHECK(document["cases"][0]["verdict"] == "slower");
    CHECK(document["cases"][0]["change"].get<double>() == doctest::Approx(0.2));
  }
  SUBCASE("documents of clotho-bench have no interval") {
    auto document = nlohmann::json::parse(document_of(120, 0, 0));
    document["rows"][0].erase("low"), document["rows"][0].erase("high");
    CHECK(compare(document.dump()).exit_status == 1);
  }
  SUBCASE("what is in one file only is said") {
    auto document = nlohmann::json::parse(document_of(100, 98, 103));
    document["rows"].push_back(document["rows"][0]);
    document["rows"][1]["name"] = "newer";
    const process_result result = compare(document.dump());
    CHECK(result.exit_status == 0);
    CHECK(contains(result.errors, "only in '"));
    CHECK(contains(result.errors, "newer"));
    document["rows"].erase(0);
    CHECK(compare(document.dump()).exit_status == 2);
  }
  SUBCASE("what is no such document") {
    CHECK(compare("{").exit_status == 6);
    CHECK(compare("{}").exit_status == 6);
    CHECK(contains(compare("{\"schema\": \"clotho.run/1\"}").errors, "this is no document clotho.bench/1"));
    CHECK(compare(document_of(1, 1, 1), {"--threshold", "much"}).exit_status == 2);
    CHECK(run({"bench", "compare", before}).exit_status == 2);
    CHECK(run({"bench", "compare", before, (folder / "none.json").string()}).exit_status == 6);
  }
}

TEST_CASE_FIXTURE(bench_fixture, "help explains") {
  const process_result help = run({"bench", "--help"});
  CHECK(help.exit_status == 0);
  for (const char* word : {"--sweep", "--save", "--html", "--format", "compare", "Examples:"})
    CHECK(contains(help.output, word));
}
