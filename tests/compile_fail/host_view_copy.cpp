// SPDX-License-Identifier: Apache-2.0
// Two views of the same hold would give the memory back twice.
#include <utility>

#include <clotho/flow/host_view.hpp>

clotho::host_view<int> moved(clotho::host_view<int> view) {
#ifdef MISUSE
  clotho::host_view<int> other = view;
#else
  clotho::host_view<int> other = std::move(view);
#endif
  return other;
}
