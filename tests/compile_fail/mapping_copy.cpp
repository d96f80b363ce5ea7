// SPDX-License-Identifier: Apache-2.0
#include <clotho/clotho.hpp>

#include <utility>

void keep(clotho::queue& q, const clotho::device_buffer& memory) {
  clotho::mapping first = q.map(memory);
#ifdef MISUSE
  clotho::mapping second = first;
#else
  clotho::mapping second = std::move(first);
#endif
}
