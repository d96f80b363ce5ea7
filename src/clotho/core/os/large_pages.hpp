#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

namespace clotho::os {

/// Asks for large pages behind memory that nobody has touched yet, where it is large enough for some: the
/// system then stops a thread once for each 2 MiB instead of each 4 KiB. Only a wish.
void prefer_large_pages(void* memory, std::size_t size_bytes) noexcept;

} // namespace clotho::os
