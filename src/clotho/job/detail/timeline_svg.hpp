#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/job/trace_file.hpp>
#include <clotho/job/trace_summary.hpp>

namespace clotho::job::detail {

/// The timeline as an SVG element: rows below one another, nested spans below those around them, arrows,
/// counters, a time axis above. Styled by the page's classes.
[[nodiscard]] std::string timeline_svg(const trace_data& trace, const trace_summary& summary);

/// The class that gives a category its colour: "c-kernel" for clotho's own words, "c0" to "c7" for others.
[[nodiscard]] std::string category_class(const trace_data& trace, std::uint32_t category);

} // namespace clotho::job::detail
