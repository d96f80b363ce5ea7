#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <clotho/core/signature.hpp>

namespace clotho {

/// Throws argument_error, naming what is missing, unless a call with `given` positional arguments is complete.
void check_argument_count(const kernel_signature& signature, std::size_t given);

/// Which of the kernel's arguments each given one is for: its position when all names are empty. Throws argument_error when
/// some are named and some are not, and for names that are unknown, missing or given twice.
[[nodiscard]] std::vector<std::size_t> argument_order(const kernel_signature& signature,
                                                      std::span<const std::string_view> names);

} // namespace clotho
