// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/reduce.hpp>

void fold(const clotho::runtime& rt, const clotho::buffer<float>& x) {
#ifdef MISUSE
  clotho::reduce(rt, x, clotho::bit_and{}).get();
#else
  clotho::reduce(rt, x, clotho::plus{}).get();
#endif
}
