// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/lane.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/flow/detail/driver_lane.hpp>
#include <clotho/flow/detail/host_lane.hpp>
#include <clotho/runtime/device.hpp>
#include <clotho/sched/blocking_scope.hpp>

namespace clotho::detail {

lane::lane(lane_place place)
    : place_(std::move(place)), memory_(std::make_shared<memory_pool>(place_.owner, place_.kept_bytes)) {}

lane::~lane() { memory_->close(); }
const sampler& lane::sampler_for(const sampling& how) {
  const std::lock_guard lock(mutex_);
  return samplers_.try_emplace(how, owner(), how).first->second;
}

std::exception_ptr lane::examined(std::exception_ptr failure) noexcept {
  try {
    try {
      std::rethrow_exception(failure);
    } catch (const device_lost_error&) {
    } catch (const error& why) {
      if (means_loss(why)) return loss_->why();
    }
  } catch (...) { // nothing of a driver's, or no memory to say more
  }
  return failure;
}

bool lane::means_loss(const error& why) {
  const loss_sign sign = sign_of_loss(why);
  const std::lock_guard in_turn(examining_);
  if (is_open() && sign != loss_sign::none && (sign == loss_sign::certain || !answers(owner()))) close(why);
  return !is_open() && why.code() != 0; // a driver says anything of what is gone
}

void lane::close(const error& why) {
  const device_lost_error lost(owner().target().name(), why);
  loss_->note(std::make_exception_ptr(lost));
  memory_->close();
  place_.log(log_level::warning, lost.what());
}

bool& lane::telling::is_here() noexcept {
  static constinit thread_local bool here = false;
  return here;
}

memory_pool::block lane::allocate(std::size_t size_bytes) {
  return allocate_by([&] { return memory_->take(size_bytes); });
}

device_image lane::allocate_image(const image_format& format, std::size_t width, std::size_t height, std::size_t depth) {
  return allocate_by([&] { return device_image(owner(), format, width, height, depth); });
}

template <class F> std::invoke_result_t<F&> lane::allocate_by(F take) {
  for (int step = 0;; ++step) try {
      return take();
    } catch (const error& refused) {
      if (!lacks_memory(refused)) throw;
      if (!free_memory(step))
        throw error(refused.code(), refused.call(),
                    refused.object() + "; " + memory_->describe() + "; let go of buffers, or work on parts of the data");
    }
}

// Whether there may be more now.
bool lane::free_memory(int step) {
  if (step > 1 || (step == 1 && !wait_for_launched())) return false;
  memory_->empty();
  return true;
}

// Those that use most go when their last kernel has ended.
bool lane::wait_for_launched() {
  struct signal final : launch_observer {
    void launched(std::exception_ptr, const launch_times&) noexcept override { told.unpark(); }
    os::parker told;
  };
  if (!keeps_order() || telling::is_here()) return false;
  const blocking_scope replaced;
  signal all;
  fail_in_turn(nullptr, all);
  all.told.park();
  return true;
}

void rethrow_examined(lane* where) {
  std::exception_ptr failure = std::current_exception();
  std::rethrow_exception(where != nullptr ? where->examined(std::move(failure)) : std::move(failure));
}

std::unique_ptr<lane> make_lane(lane_place place, thread_pool* pool) {
  if (place.owner.target().quirks().has(quirk_action::synchronous_device))
    return std::make_unique<host_lane>(std::move(place), pool);
  return std::make_unique<driver_lane>(std::move(place));
}

} // namespace clotho::detail
