// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/lane.hpp>

#include <clotho/flow/detail/driver_lane.hpp>
#include <clotho/flow/detail/host_lane.hpp>
#include <clotho/runtime/device.hpp>

namespace clotho::detail {

const sampler& lane::sampler_for(const sampling& how) {
  const std::lock_guard lock(mutex_);
  return samplers_.try_emplace(how, owner(), how).first->second;
}

std::unique_ptr<lane> make_lane(lane_place place, thread_pool* pool) {
  if (place.owner.target().quirks().has(quirk_action::synchronous_device))
    return std::make_unique<host_lane>(std::move(place), pool);
  return std::make_unique<driver_lane>(std::move(place));
}

} // namespace clotho::detail
