// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/signal_guard.hpp>

#include <csignal>

#include <array>

namespace clotho::os {

struct signal_guard::handlers {
  std::array<struct sigaction, 32> actions{};
};

signal_guard::signal_guard() : saved_(std::make_unique<handlers>()) {
  for (int number = 1; number < 32; ++number)
    ::sigaction(number, nullptr, &saved_->actions[static_cast<std::size_t>(number)]);
}

signal_guard::~signal_guard() {
  for (int number = 1; number < 32; ++number)
    if (number != SIGKILL && number != SIGSTOP)
      ::sigaction(number, &saved_->actions[static_cast<std::size_t>(number)], nullptr);
}

} // namespace clotho::os
