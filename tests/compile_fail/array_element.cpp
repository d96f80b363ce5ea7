// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/array.hpp>

#ifdef MISUSE
clotho::array<bool> x;
#else
clotho::array<float> x;
#endif
