// SPDX-License-Identifier: Apache-2.0
// The command `clotho-bench`: its form. What it measures is no test's business.
#include "bench_fixture.hpp"

using namespace clotho::test;

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
  CHECK(contains(bench({"xyzzyx"}).errors, "there are algo, flow, launch, sched, start"));
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
  for (const char* suite : {"algo", "flow", "launch", "sched", "start"}) CHECK(contains(list.output, suite));
  CHECK(bench({"--version"}).output.starts_with("clotho-bench "));
}

TEST_CASE_FIXTURE(bench_fixture, "a device that is not there is named") {
  const auto result = bench({"launch", "-d", "name=no-such-device"});
  CHECK(result.exit_status == 4);
  CHECK(contains(result.errors, "no-such-device"));
}
