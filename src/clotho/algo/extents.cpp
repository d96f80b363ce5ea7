// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/extents.hpp>

#include <algorithm>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho {

namespace {

void check_rank(std::size_t rank) {
  if (rank > extents::most)
    throw argument_error("an array of " + std::to_string(rank) + " dimensions: there can be "
                         + std::to_string(extents::most));
}

} // namespace

extents::extents(std::span<const std::int64_t> sizes) : rank_(sizes.size()) {
  check_rank(rank_);
  for (std::size_t i = 0; i < rank_; ++i) {
    if (sizes[i] < 0)
      throw argument_error("dimension " + std::to_string(i) + " of an array cannot have "
                           + std::to_string(sizes[i]) + " elements");
    sizes_[i] = static_cast<std::size_t>(sizes[i]);
  }
  check();
}

extents::extents(std::span<const std::size_t> sizes) : rank_(sizes.size()) {
  check_rank(rank_);
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
  check();
}

// Offsets are signed.
void extents::check() const {
  const auto all = checked_product(sizes());
  if (!all || *all > static_cast<std::size_t>(-1) / 32)
    throw argument_error("an array of shape " + to_string(*this) + " has more elements than any memory");
}

std::size_t extents::volume() const noexcept {
  std::size_t product = 1;
  for (std::size_t i = 0; i < rank_; ++i) product *= sizes_[i];
  return product;
}

bool extents::operator==(const extents& other) const noexcept {
  return rank_ == other.rank_ && std::equal(sizes_.begin(), sizes_.begin() + rank_, other.sizes_.begin());
}

bool extents::repeats_to(const extents& wanted) const noexcept {
  if (rank_ > wanted.rank_) return false;
  for (std::size_t i = 0; i < rank_; ++i)
    if (sizes_[i] != 1 && sizes_[i] != wanted.sizes_[wanted.rank_ - rank_ + i]) return false;
  return true;
}

extents extents::with(std::size_t axis, std::size_t size) const {
  std::vector<std::size_t> all(sizes().begin(), sizes().end());
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(axis), size);
  return extents(all);
}

extents extents::without(std::size_t axis) const {
  std::vector<std::size_t> all(sizes().begin(), sizes().end());
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(axis));
  return extents(all);
}

std::string to_string(const extents& sizes) {
  std::string text = "(";
  for (std::size_t i = 0; i < sizes.rank(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(sizes[i]);
  return text + (sizes.rank() == 1 ? ",)" : ")");
}

extents broadcast(const extents& a, const extents& b) {
  if (a == b) return a;
  const extents& longer = a.rank() < b.rank() ? b : a;
  const extents& shorter = a.rank() < b.rank() ? a : b;
  std::vector<std::size_t> all(longer.sizes().begin(), longer.sizes().end());
  const std::size_t first = longer.rank() - shorter.rank();
  for (std::size_t i = 0; i < shorter.rank(); ++i) {
    std::size_t& size = all[first + i];
    if (size != shorter[i] && size != 1 && shorter[i] != 1)
      throw argument_error("shapes " + to_string(a) + " and " + to_string(b)
                           + " do not go together: dimensions must be equal, or 1");
    if (size == 1) size = shorter[i];
  }
  return extents(all);
}

} // namespace clotho
