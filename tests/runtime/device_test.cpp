// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include <clotho/core/os/file.hpp>
#include <clotho/runtime/native.hpp>

#include "support/device_fixture.hpp"
#include "support/skip.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;

namespace {

void own_handler(int) {}

} // namespace

TEST_CASE("discovery describes every device and leaves the process as it was") {
  struct sigaction before {
  }, after{};
  before.sa_handler = own_handler;
  ::sigaction(SIGUSR1, &before, nullptr);
  const discovery found = discover();
  ::sigaction(SIGUSR1, nullptr, &after);
  const bool restored = after.sa_handler == own_handler;
  CHECK(restored);
  ::signal(SIGUSR1, SIG_DFL);
  REQUIRE_FALSE(found.devices.empty());
  for (const device& d : found.devices) {
    CHECK_FALSE(d.name().empty());
    CHECK_FALSE(d.info().platform_name.empty());
    CHECK(d.info().opencl >= version{1, 2});
    CHECK(d.info().compute_units > 0);
    CHECK(d.info().max_work_group_size > 0);
    CHECK(d.info().max_allocation_bytes > 0);
  }
}

TEST_CASE("overrides that make no sense are the caller's error, not a sick platform") {
  CHECK_THROWS_AS(static_cast<void>(discover("+no-such-quirk")), argument_error);
}

TEST_CASE("a device that nothing matches is refused with a reason for every device") {
  try {
    static_cast<void>(select_device("name=there-is-no-such-device"));
    FAIL("selected");
  } catch (const selection_error& refused) {
    CHECK(refused.why() == selection_error::reason::no_match);
    CHECK(std::string(refused.what()).find(test::device_under_test().name()) != std::string::npos);
  }
}

TEST_CASE("a device divides into devices that work, or says why not") {
  const device& whole = test::device_under_test();
  CHECK_THROWS_AS(static_cast<void>(whole.partition(0)), capability_error);
  CHECK_THROWS_AS(static_cast<void>(whole.partition(whole.info().compute_units + 1)), capability_error);
  if (whole.info().max_sub_devices < 2) CLOTHO_SKIP("sub-devices");
  const std::vector<device> parts = whole.partition(1);
  CHECK(parts.size() == whole.info().compute_units);
  for (const device& part : parts) {
    CHECK(part.info().sub_device);
    CHECK(part.info().compute_units == 1);
    CHECK_FALSE(part == whole);
    const context ctx(part);
    queue q(ctx);
    const program built = program::build(
        ctx, flatten_source("one.cl", "__kernel void one(__global int* x) { x[get_global_id(0)] = 1; }"));
    const device_buffer x = device_buffer::of<int>(ctx, 33);
    q.launch(built.get_kernel("one"), 33, x);
    std::vector<int> got(33);
    q.read(x, std::span<int>(got));
    CHECK(got == std::vector<int>(33, 1));
  }
}

TEST_CASE("a sub-device that its driver does not count for what uses it is never released") {
  const device& whole = test::device_under_test();
  if (!whole.quirks().has(quirk_action::keep_sub_devices)) CLOTHO_SKIP("the quirk");
  if (whole.info().max_sub_devices < 2) CLOTHO_SKIP("sub-devices");
  const cl_device_id part = native::handle(whole.partition(1).front());
  cl_uint references = 0;
  CHECK(clGetDeviceInfo(part, CL_DEVICE_REFERENCE_COUNT, sizeof references, &references, nullptr) == CL_SUCCESS);
  CHECK(references == 1);
}

TEST_CASE("a device taken for this process is kept by what is made from it") {
  const test::temporary_folder folder;
  ::setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
  const auto is_free = [&] {
    const auto file = std::filesystem::directory_iterator(folder / "clotho")->path();
    return os::file_lock::try_lock(file) != nullptr;
  };
  CHECK_FALSE(test::device_under_test().exclusive());
  std::optional<device> taken = select_device("all+exclusive");
  CHECK(taken->exclusive());
  CHECK_FALSE(is_free());
  std::optional<context> made(*taken);
  taken.reset();
  CHECK_FALSE(is_free());
  std::optional<device_buffer> memory(device_buffer(*made, 4));
  made.reset();
  CHECK_FALSE(is_free());
  memory.reset();
  CHECK(is_free());
  CHECK_FALSE(select_device().exclusive());
  ::unsetenv("XDG_RUNTIME_DIR");
}
