#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include <clotho/sched/detail/start.hpp>
#include <clotho/sched/task.hpp>

namespace clotho::test {

/// Runs a coroutine in the calling thread until it waits for something; whoever wakes it runs the rest. What
/// it throws is lost. Lets a test see an operation that is certainly waiting.
inline void begin(task<> body) {
  detail::start(std::move(body), nullptr, [](detail::outcome<void>&&) noexcept {});
}

} // namespace clotho::test
