#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <clotho/job/trace_file.hpp>
#include <clotho/job/trace_summary.hpp>

namespace clotho::job {

/// A trace as one HTML page that loads nothing: the timeline as a picture, and the summary below it. Readable
/// without scripts; with them it zooms. Spans narrower than a pixel are drawn together, so that the page of a
/// million spans has some megabytes.
[[nodiscard]] std::string to_html(const trace_data& trace, const trace_summary& summary,
                                  std::string_view title);

} // namespace clotho::job
