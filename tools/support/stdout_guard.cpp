// SPDX-License-Identifier: Apache-2.0
#include "support/stdout_guard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <clotho/core/error.hpp>

#include "support/output.hpp"

namespace clotho::tool {

stdout_guard::stdout_guard() {
  std::fflush(stdout);
  saved_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (saved_ < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
    throw io_error(std::string("cannot set standard output aside: ") + std::strerror(errno),
                   "standard output");
  detail::data_descriptor = saved_;
}

stdout_guard::~stdout_guard() {
  // Text that a kernel left in stdio's buffer belongs where the rest of its output went.
  std::fflush(stdout);
  ::dup2(saved_, STDOUT_FILENO);
  ::close(saved_);
  detail::data_descriptor = STDOUT_FILENO;
}

} // namespace clotho::tool
