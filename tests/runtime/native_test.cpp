// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/runtime/native.hpp>

#include "support/device_fixture.hpp"

using namespace clotho;
using test::device_fixture;

TEST_CASE_FIXTURE(device_fixture,
                  "an application's own context, queue and buffer work with clotho's kernels") {
  const device_buffer mine = device_buffer::of<int>(ctx, 8);
  q.fill(mine, 1);
  {
    const context adopted = native::adopt_context(native::handle(ctx), native::handle(ctx.target()));
    queue borrowed = native::adopt_queue(adopted, native::handle(q));
    const device_buffer theirs = native::adopt_buffer(adopted, native::handle(mine));
    CHECK(theirs.size_bytes() == 32);
    const program built = program::build(
        adopted, flatten_source("t.cl", "__kernel void inc(__global int* x) { x[get_global_id(0)]++; }"));
    borrowed.launch(built.get_kernel("inc"), 8, theirs);
    borrowed.finish();
  }
  // What was adopted was retained, so releasing it leaves the application's objects alive.
  std::vector<int> got(8);
  q.read(mine, std::span<int>(got));
  CHECK(got == std::vector<int>(8, 2));
  q.fill(device_buffer::of<int>(ctx, 8), 3);
  q.finish();
}

TEST_CASE_FIXTURE(device_fixture, "what does not belong together is not adopted") {
  const context other(test::device_under_test());
  CHECK_THROWS_WITH_AS(static_cast<void>(native::adopt_queue(other, native::handle(q))),
                       "the adopted queue belongs to another context", argument_error);
  const device_buffer mine = device_buffer::of<int>(ctx, 8);
  CHECK_THROWS_WITH_AS(static_cast<void>(native::adopt_buffer(other, native::handle(mine))),
                       "the adopted buffer belongs to another context", argument_error);
}
