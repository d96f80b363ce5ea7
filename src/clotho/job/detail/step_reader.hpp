#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <clotho/job/detail/tree.hpp>
#include <clotho/job/pipeline.hpp>

namespace clotho::job::detail {

/// Reads an item of [[steps]]. `job` holds all parameters and buffers. Throws format_error.
[[nodiscard]] step_spec read_step(const tree& node, const pipeline& job);

/// The name of the buffer that an inline table among the arguments makes: "edge.out".
[[nodiscard]] std::string argument_buffer_name(const tree& step, std::string_view argument);

/// Throws format_error for a literal that mentions what is no parameter.
void check_parameters(const tree& node, const value& what, const pipeline& job);

} // namespace clotho::job::detail
