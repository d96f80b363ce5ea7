// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/graph_kernel.hpp>

#include <utility>

#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

// Launches after which a lane knows whether a kernel is worth cutting; the first may have waited for a compiler.
constexpr unsigned enough_launches = 4;

// On a synchronous lane nobody is told.
class nobody final : public launch_observer {
  void launched(std::exception_ptr, const launch_times&) noexcept override {}
};

} // namespace

void refuse_change() {
  throw argument_error("it is a host task: only kernels have arguments that can be changed; let the function read a variable instead");
}

graph_kernel::graph_kernel(const flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
                           std::span<const flow_argument> arguments, lane& where, std::size_t lane_index)
    : call_(flow, std::move(kernel), range, arguments), lane_(where), lane_index_(lane_index) {
  for (const flow_argument& one : arguments)
    if (!one.is_for_kernel()) throw argument_error("recorded tasks are ordered by their data, not by after() or priorities");
}

void graph_kernel::bring() {
  lane_.check_open();
  compiled_ = &call_.on(lane_index_);
  prepared_.reset();
  arguments_ = call_.bring_to(lane_);
}

bool graph_kernel::start(launch_observer& observer) {
  lane_.check_open();
  return lane_.launch(*compiled_, call_.range(), arguments_, observer);
}

// Where it may be cut, and while that is not known.
bool graph_kernel::run_as_the_lane_does() {
  if (!lane_.synchronous()) return false;
  if (measured_ < enough_launches)
    ++measured_;
  else if (lane_.in_one_piece(*compiled_, call_.range()))
    return false;
  nobody told;
  return lane_.launch(*compiled_, call_.range(), arguments_, told);
}

void graph_kernel::run_in(launch_batch* batch) {
  lane_.check_open();
  if (!prepared_) {
    if (run_as_the_lane_does()) return;
    prepared_.emplace(compiled_->function, call_.range(), arguments_);
  }
  batch->launch(*prepared_);
}

void graph_kernel::replace(const nd_range& range) {
  call_.replace(range);
  measured_ = 0;
}

} // namespace clotho::detail
