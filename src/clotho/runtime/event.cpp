// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/event.hpp>

#include <algorithm>

#include <clotho/runtime/detail/state.hpp>

namespace clotho {
namespace {

cl_int status_of(const cl::Event& handle) {
  cl_int status = CL_QUEUED;
  detail::check(clGetEventInfo(handle(), CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, nullptr),
                "clGetEventInfo");
  return status;
}

// A driver may answer CL_SUCCESS and write nothing, so 0 stands for "no answer".
std::uint64_t timestamp(const cl::Event& handle, cl_profiling_info which) {
  cl_ulong value = 0;
  return clGetEventProfilingInfo(handle(), which, sizeof value, &value, nullptr) == CL_SUCCESS ? value : 0;
}

} // namespace

std::optional<event_times> plausible_times(std::uint64_t queued, std::uint64_t submitted,
                                           std::uint64_t started, std::uint64_t ended) noexcept {
  if (started == 0 || ended < started) return std::nullopt;
  // A command that seems to have run for a day was never measured.
  constexpr std::uint64_t day = std::uint64_t{86400} * 1000000000;
  if (ended - started > day) return std::nullopt;
  submitted = submitted == 0 ? started : std::min(submitted, started);
  queued = queued == 0 ? submitted : std::min(queued, submitted);
  const auto ns = [](std::uint64_t t) { return std::chrono::nanoseconds(static_cast<std::int64_t>(t)); };
  return event_times{ns(queued), ns(submitted), ns(started), ns(ended)};
}

void event::wait() const {
  if (!state_) return;
  const cl_event handle = state_->handle();
  const cl_int code = clWaitForEvents(1, &handle);
  const cl_int status = status_of(state_->handle);
  if (status < 0) throw error(status, "command", "on '" + state_->owner.target().name() + "'");
  detail::check(code, "clWaitForEvents");
}

bool event::complete() const { return !state_ || status_of(state_->handle) <= CL_COMPLETE; }

std::optional<event_times> event::times() const {
  if (!state_ || status_of(state_->handle) != CL_COMPLETE) return std::nullopt;
  if (state_->owner.target().quirks().has(quirk_action::profiling_useless)) return std::nullopt;
  const cl::Event& handle = state_->handle;
  return plausible_times(
      timestamp(handle, CL_PROFILING_COMMAND_QUEUED), timestamp(handle, CL_PROFILING_COMMAND_SUBMIT),
      timestamp(handle, CL_PROFILING_COMMAND_START), timestamp(handle, CL_PROFILING_COMMAND_END));
}

} // namespace clotho
