// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/strided_vector.hpp>

#include <string>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

std::size_t distance(std::ptrdiff_t step) noexcept {
  return step < 0 ? std::size_t{0} - static_cast<std::size_t>(step) : static_cast<std::size_t>(step);
}

} // namespace

std::size_t strided_vector::extent() const noexcept {
  return count == 0 ? 0 : (count - 1) * distance(step) + 1;
}

std::uint64_t strided_vector::first() const noexcept { return step < 0 && count != 0 ? extent() - 1 : 0; }

void strided_vector::check(std::string_view what) const {
  if (step == 0) throw argument_error(std::string(what) + " has a step of 0");
  if (count == 0) return;
  const auto last = checked_multiply(count - 1, distance(step));
  if (!last || *last >= memory.size())
    throw argument_error(std::string(what) + " has " + std::to_string(count) + " elements with a step of "
                         + std::to_string(step) + ", but its memory has " + std::to_string(memory.size()));
}

} // namespace clotho::detail
