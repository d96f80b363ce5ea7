#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string>
#include <vector>

#include <clotho/core/signature.hpp>
#include <clotho/job/pipeline.hpp>

namespace clotho::job::detail {

/// One argument of a step that is an array.
struct array_binding {
  std::size_t argument = 0; ///< of the kernel
  std::string array;        ///< the buffer's name, or "step.argument" for an array written at the argument
};

/// The value a step gives to an argument, if any.
[[nodiscard]] const value* find_value(const step_spec& step, const std::string& argument);

/// The arrays among the arguments of a step. Throws argument_error when an argument is unknown, missing,
/// given twice, or given something of another kind.
[[nodiscard]] std::vector<array_binding> bind_arrays(const step_spec& step,
                                                     const kernel_signature& signature);

/// What the kernel may do with an argument: const and image qualifiers tell.
[[nodiscard]] bool may_read(const kernel_argument& argument);
[[nodiscard]] bool may_write(const kernel_argument& argument);

/// How a step uses its arrays; one bound twice is used in both ways.
[[nodiscard]] std::vector<buffer_use> uses_of(const std::vector<array_binding>& arrays,
                                              const kernel_signature& signature);

/// "argument 'n' (uint)".
[[nodiscard]] std::string label_of(const kernel_argument& argument);

} // namespace clotho::job::detail
