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
        == std::set<std::string>{"name", "n", "unit", "value", "min", "spread", "peer", "peer_value", "ahead",
                                 "goal"});
  for (const char* name : {"n", "value", "min", "spread", "peer_value", "ahead"}) {
    REQUIRE(row[name].is_number());
    CHECK(std::isfinite(row[name].get<double>()));
  }
  CHECK(row["ahead"] > 0);
  CHECK(row["peer_value"] > 0);
  CHECK((row["goal"].is_null() || row["goal"].is_number()));
  CHECK_FALSE(row["peer"].get<std::string>().empty());
  CHECK((row["unit"] == "us" || row["unit"] == "ms"));
}

bool has_peer(const nlohmann::json& document, const std::string& part, const std::string& peer) {
  const auto& rows = document["rows"];
  return std::any_of(rows.begin(), rows.end(), [&](const nlohmann::json& row) {
    return row["name"].get<std::string>().starts_with(part + ": ")
           && row["peer"].get<std::string>().starts_with(peer);
  });
}

bool is_missing(const nlohmann::json& document, const std::string& part) {
  const auto& missing = document["missing"];
  return std::any_of(missing.begin(), missing.end(),
                     [&](const nlohmann::json& why) { return contains(why.get<std::string>(), part); });
}

} // namespace

TEST_CASE_FIXTURE(bench_fixture, "launch measures both PoCL devices beside every peer") {
  const auto result = bench({"launch", "--seconds", "0.02", "--json"});
  CAPTURE(result.errors);
  REQUIRE(result.exit_status == 0);
  const nlohmann::json document = parse(result.output);
  CHECK(keys(document) == std::set<std::string>{"schema", "suite", "device", "driver", "rows", "missing"});
  CHECK(document["schema"] == "clotho.bench/1");
  CHECK(document["suite"] == "launch");
  for (const auto& row : document["rows"]) check_row(row);
  for (const char* device : {"default", "basic"})
    for (const char* peer : {"raw C API", "C++ bindings, queue", "C++ bindings, functor", "PyOpenCL"}) {
      CAPTURE(device);
      CAPTURE(peer);
      CHECK((has_peer(document, device, peer) || is_missing(document, peer) || is_missing(document, device)));
    }
  CHECK(contains(result.errors, "other processes used"));
}

TEST_CASE_FIXTURE(bench_fixture, "an unknown suite is a usage error with the nearest one") {
  const auto result = bench({"lauch"});
  CHECK(result.exit_status == 2);
  CHECK(result.output.empty());
  CHECK(contains(result.errors, "there is no suite 'lauch'; did you mean 'launch'?"));
  CHECK(contains(bench({"xyzzyx"}).errors, "there are launch, start"));
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
  CHECK(contains(list.output, "launch"));
  CHECK(contains(list.output, "start"));
  CHECK(bench({"--version"}).output.starts_with("clotho-bench "));
}

TEST_CASE_FIXTURE(bench_fixture, "a device that is not there is named") {
  const auto result = bench({"launch", "-d", "name=no-such-device"});
  CHECK(result.exit_status == 4);
  CHECK(contains(result.errors, "no-such-device"));
}
