// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/placement.hpp>

#include <string>

#include <clotho/core/error.hpp>

namespace clotho {

placement placement::on(std::size_t device) const {
  if (const std::size_t count = owner_->devices().size(); device >= count)
    throw argument_error("there is no device " + std::to_string(device) + "; the runtime has "
                         + std::to_string(count) + ", counted from 0");
  placement there = *this;
  there.device_ = device;
  return there;
}

} // namespace clotho
