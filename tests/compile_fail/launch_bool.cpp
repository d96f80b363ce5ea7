// SPDX-License-Identifier: Apache-2.0
#include <clotho/clotho.hpp>

void start(clotho::queue& q, const clotho::kernel& k) {
#ifdef MISUSE
  q.launch(k, 1, true);
#else
  q.launch(k, 1, 1);
#endif
}
