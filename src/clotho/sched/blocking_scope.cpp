// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/blocking_scope.hpp>

#include <clotho/sched/detail/worker.hpp>

namespace clotho {

blocking_scope::blocking_scope() noexcept : worker_(detail::worker::current()) {
  if (worker_ != nullptr) worker_->leave();
}

blocking_scope::~blocking_scope() {
  if (worker_ != nullptr) worker_->come_back();
}

} // namespace clotho
