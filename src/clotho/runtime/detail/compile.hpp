#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <string>

#include <clotho/runtime/program.hpp>

namespace clotho::detail {

/// What a build comes down to: one text and one option string, whatever the caller wrote.
struct build_plan {
  std::string text;    ///< definitions, then the flattened source
  std::string options; ///< as clBuildProgram takes them
  bool non_uniform_groups = false;
};

/// Throws argument_error for options that make no sense.
[[nodiscard]] build_plan plan_build(const device& target, const source_text& source,
                                    const build_options& options);

/// Builds `program` for the context's device, within the time allowed, following the device's retry rules.
/// Fills in log and messages. Throws build_error, timeout_error.
void compile(program_state& program, const build_plan& plan, const build_options& options);

} // namespace clotho::detail
