// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/select.hpp>
#include <clotho/sched/task.hpp>

clotho::task<> wait(clotho::timer& clock) {
  using namespace std::chrono_literals;
#ifdef MISUSE
  co_await clotho::async_select(clotho::timeout(1ms));
#else
  co_await clotho::async_select(clotho::timeout(clock, 1ms));
#endif
}
