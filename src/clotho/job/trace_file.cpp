// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/trace_file.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/job/detail/trace_builder.hpp>

namespace clotho::job {

trace_data parse_trace(std::string_view text, std::string_view file) {
  detail::trace_builder builder;
  const detail::trace_origin origin =
      detail::read_trace_events(text, file, [&](const detail::trace_event& event) { builder.add(event); });
  try {
    return std::move(builder).finish(origin);
  } catch (const argument_error& refused) {
    throw format_error({std::string(file), 0, 0}, refused.what());
  }
}

trace_data read_trace(const std::filesystem::path& file) {
  return parse_trace(os::read_text(file), file.string());
}

} // namespace clotho::job
