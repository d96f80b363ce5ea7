// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/array.hpp>

void add(clotho::array<float>& z, const clotho::array<float>& x) {
  z = x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x;
#ifdef MISUSE
  z = x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x;
#endif
}
