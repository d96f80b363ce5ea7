// SPDX-License-Identifier: Apache-2.0
#include <clotho/clotho.hpp>

#include <vector>

void start(clotho::queue& q, const clotho::kernel& k, std::vector<float>& host) {
#ifdef MISUSE
  q.launch(k, 1, host.data());
#else
  q.launch(k, 1, clotho::device_buffer::of<float>(q.owner(), host.size()));
#endif
}
