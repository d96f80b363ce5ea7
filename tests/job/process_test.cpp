// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/process.hpp>

#include <doctest/doctest.h>

#include <clotho/core/error.hpp>

using namespace clotho;
using namespace std::chrono_literals;
using job::child_process;

namespace {

job::process_result shell(const std::string& script, std::string input = {}) {
  return job::run_process({{"sh", "-c", script}, {}, std::move(input)}, 30s);
}

} // namespace

TEST_CASE("a process gives back what it wrote and how it ended") {
  const auto result = shell("cat; echo problem >&2; exit 3", "hello\n");
  CHECK(result.output == "hello\n");
  CHECK(result.errors == "problem\n");
  CHECK(result.exit_status == 3);
  CHECK(describe(result) == "exit status 3");
  CHECK(shell("exit 0").succeeded());
}

TEST_CASE("a process that is killed names the signal") {
  const auto result = shell("kill -SEGV $$");
  CHECK_FALSE(result.exit_status.has_value());
  CHECK(describe(result) == "killed by SIGSEGV");
}

TEST_CASE("a process that takes too long is killed with what it started") {
  const auto start = child_process::clock::now();
  const auto result = job::run_process({{"sh", "-c", "sleep 60 & sleep 60"}, {}, {}}, 100ms);
  CHECK(result.timed_out);
  CHECK(describe(result) == "timed out");
  CHECK(child_process::clock::now() - start < 20s);
}

TEST_CASE("a grandchild that keeps the streams open delays nobody") {
  const auto start = child_process::clock::now();
  CHECK(shell("echo done; sleep 60 &").output == "done\n");
  CHECK(child_process::clock::now() - start < 20s);
}

TEST_CASE("input larger than a pipe passes, and input that nobody reads does no harm") {
  const std::string much(5'000'000, 'x');
  CHECK(shell("cat", much).output == much);
  CHECK(shell("exit 0", much).succeeded());
}

TEST_CASE("the environment is the caller's, changed") {
  const job::process_command command{
      {"sh", "-c", "echo ${ADDED-none} ${HOME-none}"}, {{"ADDED", "yes"}, {"HOME", std::nullopt}}, {}};
  CHECK(job::run_process(command, 30s).output == "yes none\n");
}

TEST_CASE("lines arrive one by one, until a deadline") {
  child_process child({{"sh", "-c", "echo one; echo two; printf three; exec sleep 60"}, {}, {}});
  CHECK(child.read_line(child_process::clock::now() + 30s) == "one");
  CHECK(child.read_line(child_process::clock::now() + 30s) == "two");
  CHECK_FALSE(child.read_line(child_process::clock::now() + 50ms).has_value());
  CHECK(child.timed_out());
}

TEST_CASE("the last line needs no end") {
  child_process child({{"printf", "one\\ntwo"}, {}, {}});
  CHECK(child.read_line(child_process::clock::now() + 30s) == "one");
  CHECK(child.read_line(child_process::clock::now() + 30s) == "two");
  CHECK_FALSE(child.read_line(child_process::clock::now() + 30s).has_value());
  CHECK_FALSE(child.timed_out());
  CHECK(child.wait(child_process::clock::now() + 30s).succeeded());
}

TEST_CASE("a program that is not there is an io_error that names it") {
  CHECK_THROWS_WITH_AS(child_process({{"no-such-program-here"}, {}, {}}),
                       "cannot start 'no-such-program-here': No such file or directory", io_error);
}
