// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/process_name.hpp>

#include <unistd.h>

#if defined(__linux__)
#include <cerrno>
#else
#include <cstdlib>
#endif

namespace clotho::os {

long process_number() noexcept { return ::getpid(); }

std::string process_name() {
#if defined(__linux__)
  const char* const name = program_invocation_short_name;
#else
  const char* const name = ::getprogname();
#endif
  return name != nullptr && *name != '\0' ? name : "?";
}

} // namespace clotho::os
