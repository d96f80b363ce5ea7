// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/select.hpp>

#include <cstdint>

namespace clotho::detail {

namespace {

// Weyl's sequence through the finaliser of splitmix64 (Steele, Lea, Flood 2014); its address tells the
// threads apart.
constinit thread_local std::uint64_t drawn = 0;

std::uint64_t draw() noexcept {
  std::uint64_t z = (drawn += 0x9e3779b97f4a7c15) + reinterpret_cast<std::uintptr_t>(&drawn);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

} // namespace

std::size_t any_below(std::size_t count) noexcept {
  return count == 0 ? 0 : static_cast<std::size_t>(draw() % count);
}

void run_blocking(select_operation& operation, guard_order order) {
  thread_waiter self;
  if (!operation.start(self, process::current(), order)) {
    const auto deadline = operation.deadline();
    const bool late = deadline && !self.wait_until(*deadline);
    if (!deadline || (late && !operation.time_out())) self.wait();
  }
  operation.withdraw();
}

} // namespace clotho::detail
