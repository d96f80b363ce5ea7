#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <clotho/algo/detail/snippet.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

/// How many indices a call of a user's snippet has: `wanted`, or as many as its memory has elements. Throws
/// argument_error for a number of arguments that is wrong, memory for values and the other way round, and
/// memory of different lengths when nothing is wanted. Types are for the launch to check.
[[nodiscard]] std::size_t indices_of_call(std::string_view what, const snippet_signature& arguments,
                                          std::span<const flow_argument> given,
                                          std::optional<std::size_t> wanted);

} // namespace clotho::detail
