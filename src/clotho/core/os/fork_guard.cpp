// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/fork_guard.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace clotho::os {

namespace {

std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

} // namespace

fork_guard::fork_guard() : process_(::getpid()) {
#if defined(MADV_WIPEONFORK)
  void* const page = ::mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (::madvise(page, page_size(), MADV_WIPEONFORK) == 0) {
    *static_cast<char*>(page) = 1;
    page_ = static_cast<const char*>(page);
  } else {
    ::munmap(page, page_size());
  }
#endif
}

fork_guard::~fork_guard() {
  if (page_ != nullptr) ::munmap(const_cast<char*>(page_), page_size());
}

bool fork_guard::forked() const noexcept { return page_ != nullptr ? *page_ == 0 : process_ != ::getpid(); }

} // namespace clotho::os
