// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/event_guard.hpp>

namespace clotho::detail {

stop_registration::stop_registration() noexcept = default;
stop_registration::stop_registration(stop_registration&&) noexcept {}
stop_registration::~stop_registration() = default;

void stop_registration::begin(const std::stop_token& stop, const committer& call) {
  callback_.emplace(stop, call);
}
void stop_registration::end() noexcept { callback_.reset(); }

} // namespace clotho::detail
