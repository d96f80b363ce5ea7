// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"

using namespace clotho::test;

TEST_CASE_FIXTURE(command_fixture, "every command explains itself with an example") {
  for (const char* name : {"devices", "doctor", "inspect", "check", "build", "replay", "trace", "cache", "help"}) {
    CAPTURE(name);
    const auto by_option = run({name, "--help"});
    CHECK(by_option.exit_status == 0);
    CHECK(contains(by_option.output, "Example"));
    CHECK(contains(by_option.output, "clotho " + std::string(name)));
    CHECK(by_option.errors.empty());
    if (std::string_view(name) == "help") continue;
    const auto by_command = run({"help", name});
    CHECK(by_command.exit_status == 0);
    CHECK(contains(by_command.output, "Example"));
    CHECK(contains(by_command.output, "Usage: clotho " + std::string(name)));
  }
  for (const char* name : {"info", "list", "verify", "prune", "clear"}) {
    CAPTURE(name);
    CHECK(contains(run({"cache", name, "--help"}).output, "Example"));
  }
}

TEST_CASE_FIXTURE(command_fixture, "the command alone and --help list the commands") {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--help"}, {"-h"}, {"help"}}) {
    const auto result = run(arguments);
    CHECK(result.exit_status == 0);
    CHECK(contains(result.output, "Usage: clotho"));
    CHECK(contains(result.output, "devices"));
    CHECK(contains(result.output, "Example"));
    CHECK_FALSE(contains(result.output, "__probe"));
  }
}

TEST_CASE_FIXTURE(command_fixture, "--version names the version alone") {
  const auto result = run({"--version"});
  CHECK(result.exit_status == 0);
  CHECK(result.output.starts_with("clotho "));
  CHECK(result.output.find('\n') == result.output.size() - 1);
}

TEST_CASE_FIXTURE(command_fixture, "an unknown command is a usage error with the nearest one") {
  const auto result = run({"devces"});
  CHECK(result.exit_status == 2);
  CHECK(result.output.empty());
  CHECK(contains(result.errors, "clotho has no command 'devces'; did you mean 'devices'?"));
  CHECK(contains(run({"xyzzyx"}).errors, "there are devices"));
  CHECK(contains(run({"help", "doctr"}).errors, "did you mean 'doctor'?"));
  CHECK(run({"help", "doctr"}).exit_status == 2);
}

TEST_CASE_FIXTURE(command_fixture, "an unknown option is a usage error with the nearest one") {
  const auto result = run({"devices", "--jsn"});
  CHECK(result.exit_status == 2);
  CHECK(contains(result.errors, "clotho devices has no option '--jsn'; did you mean '--json'?"));
  CHECK(contains(result.errors, "Try 'clotho devices --help'."));
  CHECK(contains(run({"check", "--al-devices"}).errors, "did you mean '--all-devices'?"));
  CHECK(run({"cache", "verify", "--frobnicate"}).exit_status == 2);
}

TEST_CASE_FIXTURE(command_fixture, "what is missing or too much is named") {
  CHECK(contains(run({"check"}).errors, "files is required"));
  CHECK(run({"check"}).exit_status == 2);
  CHECK(contains(run({"cache"}).errors, "clotho cache needs a command: info, list, verify, prune, clear"));
  CHECK(contains(run({"devices", "gpu"}).errors, "does not know what to do with 'gpu'"));
}

TEST_CASE_FIXTURE(command_fixture, "control characters in arguments do not reach the terminal") {
  CHECK_FALSE(contains(run({"\033[31m"}).errors, "\033"));
  CHECK_FALSE(contains(run({"devices", "-d", "\033[31m"}).errors, "\033"));
}

TEST_CASE_FIXTURE(command_fixture, "output that cannot be written is an input/output error") {
  const auto full = clotho::job::run_process(
      {{"sh", "-c", "exec " CLOTHO_COMMAND " --version >/dev/full"}, {}, {}}, std::chrono::seconds(60));
  CHECK(full.exit_status == 6);
  CHECK(contains(full.errors, "cannot write to standard output: No space left on device"));
  const auto closed = clotho::job::run_process(
      {{"sh", "-c", "exec " CLOTHO_COMMAND " --version >&-"}, {}, {}}, std::chrono::seconds(60));
  CHECK(closed.exit_status == 6);
}

TEST_CASE_FIXTURE(command_fixture, "color is there when it is asked for") {
  const auto color_in = [&](const std::vector<std::string>& arguments, const changes& environment) {
    return contains(run(arguments, environment).errors, "\033[");
  };
  CHECK_FALSE(color_in({"rn"}, {}));
  CHECK(color_in({"--color", "always", "rn"}, {}));
  CHECK(color_in({"--color", "always", "rn"}, {{"NO_COLOR", "1"}}));
  CHECK(color_in({"rn"}, {{"FORCE_COLOR", "1"}}));
  CHECK(color_in({"rn"}, {{"CLICOLOR_FORCE", "1"}}));
  CHECK(color_in({"rn"}, {{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", ""}}));
  CHECK_FALSE(color_in({"rn"}, {{"FORCE_COLOR", "1"}, {"NO_COLOR", "1"}}));
  CHECK_FALSE(color_in({"--color", "never", "rn"}, {{"FORCE_COLOR", "1"}}));
}
