// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/byte_source.hpp>

#include <algorithm>

namespace clotho::detail {

void memory_source::read(std::span<std::byte> target) {
  std::copy_n(left_.begin(), target.size(), target.begin());
  left_ = left_.subspan(target.size());
}

void file_source::read(std::span<std::byte> target) {
  file_.read_at(offset_, target);
  offset_ += target.size();
  remaining_ -= target.size();
}

} // namespace clotho::detail
