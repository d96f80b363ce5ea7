// SPDX-License-Identifier: Apache-2.0
// A device for one process at a time, as the command sees it.
#include "command_fixture.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <clotho/runtime/device.hpp>

#include "support/skip.hpp"

using namespace clotho::test;

TEST_CASE_FIXTURE(command_fixture, "a device that another process has is refused, and taken when it is free") {
  if (!has_device()) CLOTHO_SKIP("a device");
  ::setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
  const std::string file = write("one.cl", "kernel void one(global int* x) { x[get_global_id(0)] = 1; }");
  const auto run_exclusively = [&] { return run({"run", file, "x=zeros:4", "-g", "4", "-d", "all+exclusive"}); };
  {
    const auto taken = clotho::select_devices("all+exclusive");
    const auto refused = run_exclusively();
    CHECK(refused.exit_status == 4);
    CHECK(contains(refused.errors, "no device is free for 'all+exclusive'"));
    CHECK(contains(refused.errors, "in use by process " + std::to_string(::getpid()) + " (clotho_tools"));
    CHECK(run({"run", file, "x=zeros:4", "-g", "4"}).succeeded());
  }
  CHECK(run_exclusively().succeeded());
  CHECK(run({"run", file, "x=zeros:4", "-g", "4", "-d", "exclusive+"}).exit_status == 2);
  ::unsetenv("XDG_RUNTIME_DIR");
}
