// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/nd_range.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>

namespace clotho {

extent::extent(std::initializer_list<std::size_t> sizes) : dimensions_(static_cast<unsigned>(sizes.size())) {
  if (sizes.size() < 1 || sizes.size() > 3)
    throw argument_error("a range has 1 to 3 dimensions, not " + std::to_string(sizes.size()));
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
}

extent::extent(unsigned dimensions, const std::array<std::size_t, 3>& sizes)
    : dimensions_(dimensions), sizes_(sizes) {}

std::string to_string(const extent& sizes) {
  std::string text;
  for (unsigned d = 0; d < sizes.dimensions(); ++d) text += (d ? "x" : "") + std::to_string(sizes[d]);
  return text;
}

} // namespace clotho
