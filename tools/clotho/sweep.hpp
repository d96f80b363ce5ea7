#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace clotho::tool {

/// One value of each argument that is swept, in the order of the options.
using sweep_point = std::vector<std::pair<std::string, std::uint64_t>>;

/// From --sweep NAME=VALUE,VALUE,...: every combination, the last name running fastest; one point without
/// names for no options. Numbers may end in k, M, G (powers of 1000) or Ki, Mi, Gi (of 1024). Throws
/// argument_error: no such form, a name twice, more than 1000 points.
[[nodiscard]] std::vector<sweep_point> parse_sweeps(const std::vector<std::string>& texts);

/// "n=1000 m=4".
[[nodiscard]] std::string to_string(const sweep_point& point);

} // namespace clotho::tool
