// SPDX-License-Identifier: Apache-2.0
// `clotho tune`: what counts, what is remembered, and how it goes on. Which choice is fastest is no test's
// business.
#include <algorithm>
#include <set>

#include <clotho/core/text.hpp>

#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho;
using namespace clotho::test;
using clotho::job::process_result;

namespace {

// MODE 1 writes behind y, 2 before it, 3 does not build, 4 is wrong.
constexpr const char* twice = R"cl(
// /// clotho
// global = ["ceil_div(n, ITEMS)"]
// args = { n = 1000, x = "iota:n", y = "fill:n,value=-1" }
// tune = { ITEMS = [4, 1, 8], MODE = [0, 1, 2, 3, 4] }
// restrictions = ["ITEMS <= n"]
// ///
__kernel void twice(uint n, __global const float* x, __global float* y) {
  const size_t first = get_global_id(0) * ITEMS;
#if MODE == 1
  if (first == 0) y[n] = 1;
#elif MODE == 2
  if (first == 0) y[-1] = 1;
#elif MODE == 3
  this is no kernel
#endif
  for (uint i = 0; i < ITEMS; ++i)
    if (first + i < n) y[first + i] = 2 * x[first + i] + (MODE == 4 && first == 0);
}
)cl";

struct tune_fixture : command_fixture {
  process_result tune(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"tune", file});
    arguments.insert(arguments.end(), {"--seconds", "0.005"});
    return run(std::move(arguments), here());
  }
  changes here() const { return {{"CLOTHO_TUNING_DIR", (folder / "tuning").string()}}; }

  nlohmann::json document_of(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    return printed_document(tune(std::move(arguments)));
  }

  /// Why a choice of MODE was refused.
  std::string refusal(int mode) const {
    const nlohmann::json document =
        document_of({"--param", "MODE=0," + std::to_string(mode), "-D", "ITEMS=4", "--no-save"});
    const nlohmann::json& candidates = document["candidates"];
    REQUIRE(candidates.size() == 2);
    CHECK(candidates[0]["choice"] == nlohmann::json{{"MODE", 0}});
    CHECK(candidates[0]["refused"].is_null());
    CHECK(document["best"] == nlohmann::json{{"MODE", 0}});
    return candidates[1]["refused"].is_null() ? "nothing" : candidates[1]["refused"].get<std::string>();
  }

  std::string file = write("twice.cl", twice);
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

} // namespace

TEST_CASE_FIXTURE(tune_fixture, "only what is right counts") {
  if (!has_device()) CLOTHO_SKIP("a device");
  CHECK(refusal(1) == "writes beside 'y' behind its end");
  CHECK(refusal(2) == "writes beside 'y' before its begin");
  CHECK(refusal(3).starts_with("does not build: "));
  CHECK(contains(refusal(3), "twice.cl:"));
  CHECK(refusal(4) == "'y': 4 of 1000 elements differ; first [0]: 1, expected 0; largest difference 1");
}

TEST_CASE_FIXTURE(tune_fixture, "the best is saved for the device, and used by run and bench") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const process_result none = run({"run", file, "--tuned", "--print", "y"}, here());
  CHECK(none.exit_status == 0);
  CHECK(contains(none.errors, "there is no tuning record for 'twice' as it is now on '"));
  const process_result tuned = tune({"-D", "MODE=0", "--param", "ITEMS=8"});
  CAPTURE(tuned.errors);
  REQUIRE(tuned.exit_status == 0);
  CHECK(contains(tuned.output, "ITEMS=8"));
  CHECK(contains(tuned.output, "default"));
  CHECK(contains(tuned.errors, "1 choice tried of 1, 0 refused"));
  CHECK(contains(tuned.errors, "saved in '"));
  const process_result used = run({"run", file, "-D", "MODE=0", "--tuned"}, here());
  CHECK(contains(used.errors, "note: tuned for name="));
  CHECK(contains(used.errors, ": ITEMS=8"));
  CHECK_FALSE(contains(run({"run", file, "--tuned", "--quiet"}, here()).errors, "tuned"));
  CHECK(contains(run({"bench", file, "--tuned", "--seconds", "0.005", "--no-roof"}, here()).errors,
                 ": ITEMS=8"));
  write("twice.cl", os::read_text(file) + "// changed\n");
  CHECK(contains(run({"run", file, "--tuned"}, here()).errors, "there is no tuning record"));
}

TEST_CASE_FIXTURE(tune_fixture, "expectations judge instead of the default") {
  if (!has_device()) CLOTHO_SKIP("a device");
  // The default is wrong, and the only other choice is right.
  const nlohmann::json document =
      document_of({"n=3", "--param", "MODE=4,0", "-D", "ITEMS=1", "--expect", "y=0,2,4", "--no-save"});
  CHECK(document["candidates"].size() == 2);
  CHECK(document["candidates"][0]["refused"].is_string());
  CHECK(document["best"] == nlohmann::json{{"MODE", 0}});
  const process_result wrong = tune({"n=3", "-D", "ITEMS=1", "--param", "MODE=0", "--expect", "y=0,2,5"});
  CHECK(wrong.exit_status == 1);
  CHECK(contains(wrong.errors, "no choice counts"));
  CHECK(contains(wrong.errors, "refused MODE=0: 'y': 1 of 3 elements differ"));
  CHECK_FALSE(std::filesystem::exists(folder / "tuning"));
}

TEST_CASE_FIXTURE(tune_fixture, "a log is gone on with") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const std::string log = (folder / "log.jsonl").string();
  const std::vector<std::string> some{"-D", "MODE=0", "--no-save", "--log", log};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), some.begin(), some.end());
    return more;
  };
  const nlohmann::json first = document_of(with({"--budget", "2"}));
  CHECK(first["candidates"].size() == 2);
  CHECK(first["complete"] == false);
  std::string text = os::read_text(log);
  CHECK(count(text, "{\"try\"") == 1);
  CHECK(count(text, "{\"choice\"") == 1);
  SUBCASE("what is in it is not tried again") {
    const nlohmann::json second = document_of(with({}));
    CHECK(second["candidates"].size() == 3);
    CHECK(second["complete"] == true);
    CHECK(count(os::read_text(log), "{\"try\"") == 2);
  }
  SUBCASE("what ended the process is refused, and half a line does not count") {
    os::write_file(log, text.substr(0, text.rfind("{\"choice\"") + 20));
    const nlohmann::json second = document_of(with({}));
    CHECK(second["candidates"][1]["refused"] == "the process ended while it ran");
    CHECK(count(os::read_text(log), "{\"try\"") == 2);
    text = os::read_text(log);
    for (const std::string_view line : split(trim(text), '\n')) CHECK(nlohmann::json::accept(line));
  }
  SUBCASE("a log of something else is refused") {
    const process_result other = tune(with({"n=17"}));
    CHECK(other.exit_status == 6);
    CHECK(contains(other.errors, "this is the log of something else"));
    os::write_file(log, std::string_view("nonsense\n"));
    CHECK(tune(with({})).exit_status == 6);
  }
}

TEST_CASE_FIXTURE(tune_fixture, "strategies and budgets") {
  if (!has_device()) CLOTHO_SKIP("a device");
  for (const char* strategy : {"random", "local"}) {
    const nlohmann::json document =
        document_of({"-D", "MODE=0", "--strategy", strategy, "--seed", "3", "--no-save"});
    CHECK(document["complete"] == true);
    CHECK(document["space"] == 3);
    std::set<int> items;
    for (const nlohmann::json& one : document["candidates"]) items.insert(one["choice"]["ITEMS"].get<int>());
    CHECK(items == std::set<int>{1, 4, 8});
  }
  CHECK(document_of({"-D", "MODE=0", "--budget", "1ms", "--no-save"})["candidates"].size() == 1);
}

TEST_CASE_FIXTURE(tune_fixture, "each way to fail has its status") {
  CHECK(run({"tune"}).exit_status == 2);
  CHECK(contains(run({"tune"}).errors, "name a kernel file, or primitives with --primitive"));
  CHECK(contains(run({"tune", "steps.toml"}).errors, "is a pipeline; clotho tune takes kernel files"));
  CHECK(contains(tune({"--strategy", "exhustive"}).errors,
                 "there is no strategy 'exhustive'; did you mean 'exhaustive'?"));
  CHECK(contains(tune({"--budget", "soon"}).errors,
                 "--budget soon: give a time, as in 30s or 5m, or a number"));
  CHECK(contains(tune({"--param", "ITEMS"}).errors, "--param ITEMS: say what a macro may be"));
  CHECK(contains(tune({"--param", "ITEMS=float"}).errors, "ITEMS = float is no whole number"));
  CHECK(contains(tune({"-D", "ITEMS=1", "-D", "MODE=0"}).errors, "leaves nothing to choose"));
  CHECK(contains(tune({"n=0"}).errors, "no choice is left by the restrictions"));
  CHECK(tune({"n=0"}).exit_status == 2);
  CHECK(tune({"-d", "name=no-such-device"}).exit_status == 4);
  if (!has_device()) CLOTHO_SKIP("a device");
  CHECK(tune({"-D", "MODE=3"}).exit_status == 3);
}
