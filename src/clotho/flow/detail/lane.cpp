// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/lane.hpp>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/driver_lane.hpp>
#include <clotho/flow/detail/host_lane.hpp>
#include <clotho/runtime/device.hpp>

namespace clotho::detail {

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
  place_.log(log_level::warning, lost.what());
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
