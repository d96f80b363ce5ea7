#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "bench_report.hpp"

namespace clotho::tool {

/// A report as one HTML page that loads nothing and needs no scripts: the table, the rows under the roofline
/// of each device (Williams, Waterman and Patterson, 2009), and the histogram of each row's times. Where no
/// operations are known, rates over bytes take the roofline's place.
[[nodiscard]] std::string to_html(const bench_report& report);

} // namespace clotho::tool
