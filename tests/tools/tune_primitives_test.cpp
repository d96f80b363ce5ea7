// SPDX-License-Identifier: Apache-2.0
// `clotho tune --primitive`: what counts, what is kept, and that programs use it. Which choice is fastest is
// no test's business.
#include <algorithm>
#include <set>

#include <clotho/core/text.hpp>

#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho;
using namespace clotho::test;
using clotho::job::process_result;

namespace {

struct primitives_fixture : command_fixture {
  changes here() const {
    return {{"CLOTHO_TUNING_DIR", (folder / "tuning").string()}, {"CLOTHO_TUNING", std::nullopt}};
  }
  process_result tune(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"tune", "--primitive"});
    arguments.insert(arguments.end(), {"--seconds", "0.002"});
    return run(std::move(arguments), here());
  }
  nlohmann::json document_of(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    return printed_document(tune(std::move(arguments)));
  }
  std::string saved() const {
    std::string text;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "tuning"))
      if (entry.path().extension() == ".tuning") text += os::read_text(entry.path());
    return text;
  }
};

// As few as there are both shapes of.
const std::vector<std::string> few_scans{"scan",    "--size",       "10000,3", "--param", "tile_bytes=4096",
                                         "--param", "single_pass=0"};

std::vector<std::string> with(std::vector<std::string> some, const std::vector<std::string>& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

} // namespace

TEST_CASE_FIXTURE(primitives_fixture, "both shapes are tried, and the best is kept for its type") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const nlohmann::json document = document_of(with(few_scans, {"--type", "f32"}));
  REQUIRE(document["primitives"].size() == 1);
  const nlohmann::json& scan = document["primitives"][0];
  CHECK(scan["primitive"] == "scan");
  CHECK(scan["type"] == "f32");
  CHECK(scan["sizes"] == nlohmann::json{10000, 3});
  std::set<std::string> shapes;
  for (const nlohmann::json& one : scan["candidates"]) {
    shapes.insert(one["choice"]["shape"].get<std::string>());
    CHECK(one["refused"].is_null());
  }
  CHECK(shapes == std::set<std::string>{"cpu", "gpu"});
  const std::string text = saved();
  CHECK(contains(text, "\ncpu scan f32 "));
  CHECK(contains(text, "scan f32 shape=" + scan["best"]["shape"].get<std::string>()));
}

TEST_CASE_FIXTURE(primitives_fixture, "what is kept is used, and another tuning goes on from it") {
  if (!has_device()) CLOTHO_SKIP("a device");
  REQUIRE(tune(with(few_scans, {"--budget", "1"})).exit_status == 0);
  REQUIRE(tune({"stencil", "--size", "40", "--budget", "1"}).exit_status == 0);
  CHECK(contains(saved(), " scan u32 "));
  CHECK(contains(saved(), " stencil f32 "));
  // A program that meets a damaged file says so: it reads them.
  write("tuning/other.tuning", "\n* stencil * tile=17\n");
  const process_result refused = tune({"stencil", "--size", "40", "--budget", "1"});
  CHECK(refused.exit_status == 6);
  CHECK(contains(refused.errors, "other.tuning:2:13: tile of stencil is 16 to 1048576, a multiple of 16"));
  CHECK(contains(refused.errors, "set CLOTHO_TUNING=off"));
}

TEST_CASE_FIXTURE(primitives_fixture, "every primitive has right results with what it has usually") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const nlohmann::json document =
      document_of({"all", "--size", "96", "--budget", "1", "--no-save", "--type", "f32,u32,u8"});
  std::set<std::string> seen;
  for (const nlohmann::json& one : document["primitives"]) {
    CAPTURE(one.dump());
    seen.insert(one["primitive"].get<std::string>());
    CHECK(one["candidates"][0]["refused"].is_null());
  }
  CHECK(seen.size() == 16);
  CHECK_FALSE(std::filesystem::exists(folder / "tuning"));
}

TEST_CASE_FIXTURE(primitives_fixture, "a log holds several primitives, and is gone on with") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const std::string log = (folder / "log.jsonl").string();
  const std::vector<std::string> both{"stencil,transpose", "--size",  "40",       "--param",
                                      "tile=16",           "--param", "group=32", "--param",
                                      "block=16",          "--log",   log,        "--no-save"};
  const auto candidates = [](const nlohmann::json& document) {
    return document["primitives"][0]["candidates"].size() + document["primitives"][1]["candidates"].size();
  };
  const std::size_t first = candidates(document_of(with(both, {"--budget", "2"})));
  const std::string text = os::read_text(log);
  CHECK(contains(text, "\"of\":\"stencil f32\""));
  CHECK(contains(text, "\"of\":\"transpose u32\""));
  // What a process that ended has left: a choice that was begun.
  os::write_file(log, text.substr(0, text.rfind("{\"choice\"")));
  const nlohmann::json second = document_of(both);
  CHECK(candidates(second) > first);
  std::size_t ended = 0;
  for (const nlohmann::json& one : second["primitives"][1]["candidates"])
    ended += one["refused"] == "the process ended while it ran";
  CHECK(ended == 1);
  CHECK(tune(with({"stencil", "--size", "41"}, {"--log", log})).exit_status == 6);
}

TEST_CASE_FIXTURE(primitives_fixture, "what is interrupted leaves a log to go on from") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const std::string log = (folder / "log.jsonl").string();
  // More than could be done in the time that it has.
  const process_result result =
      job::run_process({{"timeout", "--foreground", "--preserve-status", "-s", "INT", "4", CLOTHO_COMMAND,
                         "tune", "--primitive", "sort", "--size", "100000", "--strategy", "exhaustive",
                         "--log", log, "--no-save", "--seconds", "60"},
                        here(),
                        {}},
                       std::chrono::minutes(4));
  CAPTURE(result.errors);
  CHECK(result.exit_status == 130);
  const std::string text = os::read_text(log);
  CHECK(contains(text, "clotho.tune.log/1"));
  for (const std::string_view line : split(trim(text), '\n')) CHECK(nlohmann::json::accept(line));
  CHECK(tune({"sort", "--size", "100000", "--log", log, "--no-save", "--budget", "1"}).exit_status == 0);
}

TEST_CASE_FIXTURE(primitives_fixture, "each way to fail has its status") {
  const auto refused = [&](std::vector<std::string> arguments) {
    const process_result result = tune(std::move(arguments));
    CHECK(result.exit_status == 2);
    return result.errors;
  };
  CHECK(contains(refused({"scam"}), "there is no such primitive; did you mean 'scan'?"));
  CHECK(contains(refused({"compact"}), "it has no numbers to tune; there are array, "));
  CHECK(contains(refused({"scan", "file.cl"}), "name a kernel file, or primitives"));
  CHECK(contains(refused({"scan", "--type", "f33"}), "--type f33: this is no type"));
  CHECK(contains(refused({"stencil", "--type", "u32"}), "stencil is tuned for f32, f64"));
  CHECK(contains(refused({"scan", "--size", "0"}), "--size 0: give a number from 1 to 1G"));
  CHECK(contains(refused({"scan", "-D", "X=1"}), "are of kernel files"));
  CHECK(contains(refused({"scan", "--build-timeout", "3"}), "are of kernel files"));
  CHECK(contains(refused({"scan", "--param", "tile=64"}), "none of these primitives has a number 'tile'"));
  if (!has_device()) CLOTHO_SKIP("a device");
  CHECK(contains(tune({"scan", "--param", "tile_bytes=65"}).errors, "tile_bytes of scan is 64 to"));
  CHECK(tune({"scan", "-d", "name=no-such-device"}).exit_status == 4);
}
