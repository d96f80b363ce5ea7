#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <clotho/core/error.hpp>
#include <clotho/core/source.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::test {

/// The device under test: what CLOTHO_DEVICES names, else the best; found once a process.
inline const device& device_under_test() {
  static const device found = select_device();
  return found;
}

/// A context and a queue of its own for each test.
struct device_fixture {
  context ctx{device_under_test()};
  queue q{ctx};

  [[nodiscard]] program build(std::string_view text, const build_options& options = {}) const {
    return program::build(ctx, flatten_source("test.cl", text), options);
  }
  [[nodiscard]] kernel build_kernel(std::string_view text, std::string_view name) const {
    return build(text).get_kernel(name);
  }

  /// Oclgrind interprets: sizes that take others microseconds take it seconds.
  [[nodiscard]] bool slow() const { return ctx.info().platform_name == "Oclgrind"; }
  [[nodiscard]] std::size_t scaled(std::size_t n) const { return slow() ? n / 100 + 7 : n; }
};

} // namespace clotho::test
