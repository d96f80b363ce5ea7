#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <doctest/doctest.h>

#include <clotho/algo/tuning.hpp>
#include <clotho/flow/runtime.hpp>

namespace clotho::test {

/// Calls `body(rt)` with a runtime whose primitives have the CPU shape, and with another where they have the
/// GPU shape.
template <class Body> void for_each_shape(const Body& body, const runtime_options& options = {.threads = 2}) {
  for (const char* const record : {"* * * shape=cpu", "* * * shape=gpu"}) {
    CAPTURE(record);
    const runtime rt(options);
    tune(rt, tuning_table::parse(record));
    body(rt);
  }
}

/// Oclgrind takes a microsecond for each step of a work-item.
[[nodiscard]] inline bool is_interpreted(const runtime& rt) {
  return rt.devices()[0].info().platform_name == "Oclgrind";
}
/// Each launch takes as long there as a million elements elsewhere: Oclgrind, rusticl.
[[nodiscard]] inline bool is_slow_device(const runtime& rt) {
  return is_interpreted(rt) || rt.devices()[0].info().platform_name == "rusticl";
}

} // namespace clotho::test
