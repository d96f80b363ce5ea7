// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/large_pages.hpp>

#include <sys/mman.h>

#include <cstdint>

namespace clotho::os {

void prefer_large_pages(void* memory, std::size_t size_bytes) noexcept {
#if defined(MADV_HUGEPAGE)
  constexpr std::size_t large = std::size_t{2} << 20, page = 4096;
  if (size_bytes < 2 * large || reinterpret_cast<std::uintptr_t>(memory) % page != 0) return;
  (void)::madvise(memory, size_bytes / page * page, MADV_HUGEPAGE); // refused where pages are larger: no harm
#else
  (void)memory, (void)size_bytes;
#endif
}

} // namespace clotho::os
