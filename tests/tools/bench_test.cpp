// SPDX-License-Identifier: Apache-2.0
// The command `clotho-bench`: its form. What it measures is no test's business.
#include <algorithm>
#include <cmath>
#include <set>

#include "command_fixture.hpp"

using namespace clotho::test;

namespace {

struct bench_fixture : command_fixture {
  clotho::job::process_result bench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), CLOTHO_BENCH_COMMAND);
    return clotho::job::run_process({std::move(arguments), {{"CLOTHO_DEVICES", std::nullopt}}, {}},
                                    std::chrono::minutes(4));
  }
};

std::set<std::string> keys(const nlohmann::json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

void check_row(const nlohmann::json& row) {
  CAPTURE(row.dump());
  CHECK(keys(row)
        == std::set<std::string>{"name", "n", "unit", "value", "min", "spread", "peer", "peer_value",
                                 "peer_min", "ahead", "goal"});
  for (const char* name : {"n", "value", "min", "spread", "peer_value", "peer_min", "ahead"}) {
    REQUIRE(row[name].is_number());
    CHECK(std::isfinite(row[name].get<double>()));
  }
  CHECK(row["ahead"] > 0);
  CHECK(row["peer_value"] > 0);
  CHECK((row["goal"].is_null() || row["goal"].is_number()));
  CHECK_FALSE(row["peer"].get<std::string>().empty());
  CHECK(std::set<std::string>{"ns", "us", "ms", "%"}.contains(row["unit"].get<std::string>()));
}

// A row whose name and peer begin so.
bool has_row(const nlohmann::json& document, const std::string& name, const std::string& peer) {
  const auto& rows = document["rows"];
  return std::any_of(rows.begin(), rows.end(), [&](const nlohmann::json& row) {
    return row["name"].get<std::string>().starts_with(name)
           && row["peer"].get<std::string>().starts_with(peer);
  });
}

bool is_missing(const nlohmann::json& document, const std::string& part) {
  const auto& missing = document["missing"];
  return std::any_of(missing.begin(), missing.end(),
                     [&](const nlohmann::json& why) { return contains(why.get<std::string>(), part); });
}

// What every suite prints, and the document itself.
nlohmann::json checked_document(const clotho::job::process_result& result, const char* suite) {
  CAPTURE(result.errors);
  REQUIRE(result.exit_status == 0);
  nlohmann::json document = parse(result.output);
  CHECK(keys(document) == std::set<std::string>{"schema", "suite", "device", "driver", "rows", "missing"});
  CHECK(document["schema"] == "clotho.bench/1");
  CHECK(document["suite"] == suite);
  for (const auto& row : document["rows"]) check_row(row);
  return document;
}

} // namespace

TEST_CASE_FIXTURE(bench_fixture, "launch measures both PoCL devices beside every peer") {
  const auto result = bench({"launch", "--seconds", "0.02", "--json"});
  const nlohmann::json document = checked_document(result, "launch");
  for (const char* device : {"default", "basic"})
    for (const char* peer : {"raw C API", "C++ bindings, queue", "C++ bindings, functor", "PyOpenCL"}) {
      CAPTURE(device);
      CAPTURE(peer);
      CHECK((has_row(document, device + std::string(": "), peer) || is_missing(document, peer)
             || is_missing(document, device)));
    }
  CHECK(contains(result.errors, "other processes used"));
}

TEST_CASE_FIXTURE(bench_fixture, "sched measures the pool beside every peer") {
  const nlohmann::json document = checked_document(bench({"sched", "--seconds", "0.001", "--json"}), "sched");
  for (const std::string name :
       {"fib, join", "fib, spawn and wait", "flat spawn", "spawn from outside", "skynet", "n queens",
        "chain in a group", "parallel_for, grain 1", "parallel_reduce, per element"})
    for (const char* threads : {", T=1", ", T=2"}) {
      CAPTURE(name);
      CHECK((has_row(document, name + threads, "oneTBB") || is_missing(document, "oneTBB")));
    }
  for (const std::string name : {"submit from outside", "chain, each submits the next", "wake after 200 us",
                                 "wake after 2 ms asleep", "async and get"})
    for (const char* threads : {", T=1", ", T=2"}) {
      CAPTURE(name);
      CHECK(has_row(document, name + threads, "mutex and condition variable"));
    }
  for (const char* name :
       {"idle, share of a core, T=2", "idle, share of a core, T=8", "channel rendezvous of coroutines, T=1",
        "fib, join, T=1", "one core: wake after 200 us, T=1"})
    CHECK(has_row(document, name, "allowance"));
}

TEST_CASE_FIXTURE(bench_fixture, "flow measures tasks beside StarPU and kernels beside the C API") {
  const nlohmann::json document = checked_document(bench({"flow", "--seconds", "0.01", "--json"}), "flow");
  for (const char* name : {"task chain, T=1", "task chain, T=2", "independent tasks, T=2"})
    CHECK(has_row(document, name, "allowance"));
  for (const std::string name : {"task chain", "independent tasks", "1 writer, 8 readers"})
    for (const char* threads : {", T=1", ", T=2"}) {
      CAPTURE(name);
      CHECK((has_row(document, name + threads, "StarPU") || is_missing(document, "StarPU")));
    }
  for (const std::string device : {"default", "basic"})
    for (const char* name : {"launch and get", "kernel chain", "kernel, host task", "saxpy of 16 k",
                             "saxpy of 1 M", "read of 4 MiB"}) {
      CAPTURE(device);
      CAPTURE(name);
      CHECK((has_row(document, device + ": " + name, "raw C API") || is_missing(document, device)));
    }
}

TEST_CASE_FIXTURE(bench_fixture, "sched has no device") {
  const auto result = bench({"sched", "-d", "cpu"});
  CHECK(result.exit_status == 2);
  CHECK(result.output.empty());
  CHECK(contains(result.errors, "takes no device; leave out -d"));
}

TEST_CASE_FIXTURE(bench_fixture, "an unknown suite is a usage error with the nearest one") {
  const auto result = bench({"lauch"});
  CHECK(result.exit_status == 2);
  CHECK(result.output.empty());
  CHECK(contains(result.errors, "there is no suite 'lauch'; did you mean 'launch'?"));
  CHECK(contains(bench({"xyzzyx"}).errors, "there are flow, launch, sched, start"));
  CHECK(bench({}).exit_status == 2);
  CHECK(bench({"launch", "--seconds", "-1"}).exit_status == 2);
  CHECK(bench({"launch", "--frobnicate"}).exit_status == 2);
}

TEST_CASE_FIXTURE(bench_fixture, "help explains and --list names the suites") {
  const auto help = bench({"--help"});
  CHECK(help.exit_status == 0);
  CHECK(contains(help.output, "clotho-bench"));
  CHECK(contains(help.output, "--seconds"));
  CHECK(contains(help.output, "Example"));
  CHECK_FALSE(contains(help.output, "--sample"));
  const auto list = bench({"--list"});
  CHECK(list.exit_status == 0);
  for (const char* suite : {"flow", "launch", "sched", "start"}) CHECK(contains(list.output, suite));
  CHECK(bench({"--version"}).output.starts_with("clotho-bench "));
}

TEST_CASE_FIXTURE(bench_fixture, "a device that is not there is named") {
  const auto result = bench({"launch", "-d", "name=no-such-device"});
  CHECK(result.exit_status == 4);
  CHECK(contains(result.errors, "no-such-device"));
}
