// SPDX-License-Identifier: Apache-2.0
// Fails every OpenCL call of every scenario, once and from there on. CLOTHO_FAULTS=all does so with every
// code instead of one code at a time.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/native.hpp>

#include "fault_layer.hpp"
#include "scenarios.hpp"

using namespace clotho;
using test::bench;
using test::fault_layer;
using test::scenario;

namespace {

// A run tries the first four in turn, the full sweep all of them.
constexpr std::size_t common_codes = 4;
constexpr std::array codes{
    CL_OUT_OF_RESOURCES,
    CL_OUT_OF_HOST_MEMORY,
    CL_MEM_OBJECT_ALLOCATION_FAILURE,
    CL_INVALID_COMMAND_QUEUE,
    CL_DEVICE_NOT_FOUND,
    CL_DEVICE_NOT_AVAILABLE,
    CL_COMPILER_NOT_AVAILABLE,
    CL_PROFILING_INFO_NOT_AVAILABLE,
    CL_IMAGE_FORMAT_NOT_SUPPORTED,
    CL_BUILD_PROGRAM_FAILURE,
    CL_MAP_FAILURE,
    CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
    CL_KERNEL_ARG_INFO_NOT_AVAILABLE,
    CL_INVALID_VALUE,
    CL_INVALID_DEVICE,
    CL_INVALID_CONTEXT,
    CL_INVALID_MEM_OBJECT,
    CL_INVALID_BINARY,
    CL_INVALID_BUILD_OPTIONS,
    CL_INVALID_PROGRAM_EXECUTABLE,
    CL_INVALID_KERNEL,
    CL_INVALID_WORK_GROUP_SIZE,
    CL_INVALID_EVENT,
    CL_INVALID_OPERATION,
    -1001, // CL_PLATFORM_NOT_FOUND_KHR
    -9999, // NVIDIA's for an access out of bounds
};

bool names_call_or_code(const std::string& text) {
  if (text.find("CL_") != std::string::npos) return true;
  for (std::size_t at = text.find("cl"); at != std::string::npos; at = text.find("cl", at + 1))
    if (at + 2 < text.size() && text[at + 2] >= 'A' && text[at + 2] <= 'Z') return true;
  return false;
}

/// Facts that clotho can do without: their queries may fail unnoticed.
bool is_optional(const std::string& entry) {
  constexpr std::array queries{"clGetPlatformInfo",       "clGetDeviceInfo",
                               "clGetKernelArgInfo",      "clGetKernelWorkGroupInfo",
                               "clGetEventProfilingInfo", "clGetProgramBuildInfo"};
  return std::find(queries.begin(), queries.end(), entry) != queries.end();
}

struct totals {
  long injections = 0, calls = 0, typed = 0, survived = 0, reported = 0;
};

class sweep {
 public:
  void run(const scenario& which) {
    INFO("scenario: ", std::string(which.name));
    // Twice: the first fills the driver's caches.
    for (int turn = 0; turn < 2; ++turn) {
      layer_.disarm();
      which.run(bench_);
    }
    CHECK(layer_.live() == 0);
    CHECK(bench_.take_reports().empty());
    const totals before = sum_;
    const auto begin = std::chrono::steady_clock::now();
    for (long nth = 1; fail_nth(which, nth); ++nth) ++sum_.calls;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf(
        "[faults] %-28s %4ld calls, %5ld faults: %5ld typed errors, %4ld survived (%ld reported), %.1f s\n",
        which.name, sum_.calls - before.calls, sum_.injections - before.injections, sum_.typed - before.typed,
        sum_.survived - before.survived, sum_.reported - before.reported, took.count());
    std::fflush(stdout);
  }

  [[nodiscard]] const totals& sum() const noexcept { return sum_; }

 private:
  /// False when the scenario ends before its nth call.
  bool fail_nth(const scenario& which, long nth) {
    const bool all = os::environment("CLOTHO_FAULTS").value_or("") == "all";
    const std::size_t variants = 2 * (all ? codes.size() : common_codes); // each code, once and lasting
    for (std::size_t i = 0; i < variants; ++i)
      if ((all || i == turn_ % variants) && !fail(which, nth, codes[i / 2], i % 2 != 0)) return false;
    ++turn_;
    return true;
  }

  bool fail(const scenario& which, long nth, int code, bool lasting) {
    const std::string how = lasting ? " and all after it fail with " : " fails with ";
    INFO("call ", nth, how, code_name(code));
    layer_.arm(nth, code, lasting);
    std::string outcome;
    bool names_cause = false;
    try {
      which.run(bench_);
    } catch (const build_error& failure) {
      outcome = failure.what(), names_cause = failure.code() != 0;
    } catch (const error& failure) {
      outcome = failure.what(), names_cause = names_call_or_code(outcome);
    } catch (const std::exception& failure) {
      FAIL("no clotho::error: ", std::string(failure.what()));
    }
    const long injected = layer_.injected();
    const std::string entry = layer_.entry();
    layer_.disarm();
    INFO("the last to fail: ", entry);
    CHECK(layer_.live() == 0);
    const std::vector<std::string> reports = bench_.take_reports();
    if (injected == 0) {
      CHECK(outcome.empty());
      return false;
    }
    if (!lasting) CHECK(injected == 1);
    ++sum_.injections;
    if (outcome.empty())
      check_survival(entry, reports);
    else
      check_error(outcome, names_cause);
    which.run(bench_); // throws when the fault has left something behind
    CHECK(layer_.live() == 0);
    return true;
  }

  void check_error(const std::string& text, bool names_cause) {
    INFO("the error: ", text);
    CHECK(names_cause);
    ++sum_.typed;
  }

  void check_survival(const std::string& entry, const std::vector<std::string>& reports) {
    const bool reported = !reports.empty();
    CHECK((reported || is_optional(entry)));
    ++sum_.survived;
    sum_.reported += reported;
  }

  bench bench_{select_device(), discover("-pocl-compiler-lock").devices.front()};
  fault_layer layer_;
  totals sum_;
  std::size_t turn_ = 0;
};

} // namespace

TEST_CASE("the layer counts calls and handles, and fails what it is told to") {
  const device target = select_device();
  const fault_layer layer;
  layer.disarm();
  {
    const context ctx(target);
    CHECK(layer.calls() == 1);
    CHECK(layer.live() == 1);
    clRetainContext(native::handle(ctx));
    CHECK(layer.live() == 2);
    clReleaseContext(native::handle(ctx));
  }
  CHECK(layer.live() == 0);
  CHECK(layer.injected() == 0);
  layer.arm(1, CL_OUT_OF_RESOURCES, false);
  CHECK_THROWS_AS(context{target}, error);
  CHECK(layer.injected() == 1);
  CHECK(layer.entry() == "clCreateContext");
  const context fine(target);
  layer.arm(2, CL_OUT_OF_RESOURCES, true);
  CHECK(clRetainContext(native::handle(fine)) == CL_SUCCESS);
  CHECK(clRetainContext(native::handle(fine)) == CL_OUT_OF_RESOURCES);
  CHECK(clRetainContext(native::handle(fine)) == CL_OUT_OF_RESOURCES);
  layer.disarm();
  CHECK(layer.live() == 2);
  clReleaseContext(native::handle(fine));
}

TEST_CASE("whatever call fails: a typed error or a documented survival, no handle left, and it works again") {
  sweep all;
  for (const scenario& each : test::all_scenarios()) all.run(each);
  const totals& sum = all.sum();
  std::printf(
      "[faults] %zu scenarios, %ld calls: %ld injected, %ld typed errors, %ld survived (%ld reported)\n",
      test::all_scenarios().size(), sum.calls, sum.injections, sum.typed, sum.survived, sum.reported);
  CHECK(sum.injections >= 500);
  CHECK(sum.typed + sum.survived == sum.injections);
}
