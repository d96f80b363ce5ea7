#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include <clotho/job/pipeline.hpp>

namespace clotho::job::detail {

/// What an array of this type and shape is compared with: a number stands for every element; a list, or a
/// file that knows no shape, takes that of the array if it has as many elements. Throws io_error,
/// format_error, argument_error.
[[nodiscard]] host_array expected_array(const pipeline& job, const expectation& wanted, scalar type,
                                        const std::vector<std::size_t>& shape, const symbol_lookup& names);

} // namespace clotho::job::detail
