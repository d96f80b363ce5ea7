// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/layout.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>

namespace clotho {

namespace {

std::int64_t as_signed(std::size_t size) noexcept { return static_cast<std::int64_t>(size); }

// Python's rule: a place that lies outside is moved to the edge.
std::int64_t place_within(std::int64_t place, std::int64_t size, std::int64_t step) noexcept {
  if (place < 0) place += size;
  return step > 0 ? std::clamp<std::int64_t>(place, 0, size) : std::clamp<std::int64_t>(place, -1, size - 1);
}

} // namespace

layout::layout(const extents& sizes) : shape_(sizes) {
  std::int64_t stride = 1;
  for (std::size_t i = sizes.rank(); i-- > 0;) {
    strides_[i] = stride;
    stride *= as_signed(std::max<std::size_t>(sizes[i], 1));
  }
}

bool layout::is_contiguous() const noexcept {
  std::int64_t expected = 1;
  for (std::size_t i = shape_.rank(); i-- > 0;) {
    if (shape_[i] != 1 && strides_[i] != expected) return shape_.volume() == 0;
    expected *= as_signed(shape_[i]);
  }
  return true;
}

bool layout::repeats() const noexcept {
  for (std::size_t i = 0; i < shape_.rank(); ++i)
    if (shape_[i] > 1 && strides_[i] == 0) return true;
  return false;
}

layout::hull layout::extent() const noexcept {
  std::int64_t first = offset_, last = offset_;
  for (std::size_t i = 0; i < shape_.rank(); ++i) {
    if (shape_[i] == 0) return {static_cast<std::size_t>(offset_), static_cast<std::size_t>(offset_)};
    const std::int64_t reach = strides_[i] * (as_signed(shape_[i]) - 1);
    (reach < 0 ? first : last) += reach;
  }
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(last) + 1};
}

bool layout::operator==(const layout& other) const noexcept {
  return shape_ == other.shape_ && offset_ == other.offset_
         && std::equal(strides_.begin(), strides_.begin() + shape_.rank(), other.strides_.begin());
}

std::size_t layout::axis_of(std::int64_t axis) const {
  const std::int64_t rank = as_signed(shape_.rank());
  if (axis < -rank || axis >= rank)
    throw argument_error("an array of shape " + to_string(shape_) + " has no dimension "
                         + std::to_string(axis));
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

layout layout::shifted(std::int64_t by) const noexcept {
  layout made = *this;
  made.offset_ += by;
  return made;
}

layout layout::sliced(std::int64_t axis, const slice& part) const {
  const std::size_t which = axis_of(axis);
  if (part.step == 0)
    throw argument_error("a slice with a step of 0 along dimension " + std::to_string(axis));
  const std::int64_t size = as_signed(shape_[which]), step = part.step;
  const std::int64_t first = part.begin ? place_within(*part.begin, size, step) : step > 0 ? 0 : size - 1;
  const std::int64_t end = part.end ? place_within(*part.end, size, step) : step > 0 ? size : -1;
  const std::int64_t span = step > 0 ? end - first : first - end, by = step > 0 ? step : -step;
  const std::int64_t count = span <= 0 ? 0 : (span + by - 1) / by;
  layout made = *this;
  std::vector<std::size_t> sizes(shape_.sizes().begin(), shape_.sizes().end());
  sizes[which] = static_cast<std::size_t>(count);
  made.shape_ = extents(sizes);
  if (count != 0) made.offset_ += first * strides_[which];
  made.strides_[which] *= step;
  return made;
}

layout layout::chosen(std::int64_t axis, std::int64_t index) const {
  const std::size_t which = axis_of(axis);
  const std::int64_t size = as_signed(shape_[which]);
  if (index < -size || index >= size)
    throw argument_error("there is no element " + std::to_string(index) + " along dimension "
                         + std::to_string(which) + " of an array of shape " + to_string(shape_));
  layout made = *this;
  made.offset_ += (index < 0 ? index + size : index) * strides_[which];
  made.shape_ = shape_.without(which);
  std::copy(strides_.begin() + which + 1, strides_.end(), made.strides_.begin() + which);
  return made;
}

layout layout::transposed(std::span<const std::int64_t> axes) const {
  std::vector<std::size_t> sizes;
  std::array<bool, extents::most> seen{};
  layout made = *this;
  for (const std::int64_t axis : axes) {
    const std::size_t from = axis_of(axis);
    if (seen[from])
      throw argument_error("transposing: dimension " + std::to_string(axis) + " is named twice");
    seen[from] = true;
    made.strides_[sizes.size()] = strides_[from];
    sizes.push_back(shape_[from]);
  }
  if (sizes.size() != shape_.rank())
    throw argument_error("transposing an array of shape " + to_string(shape_)
                         + " takes all its dimensions, not " + std::to_string(sizes.size()));
  made.shape_ = extents(sizes);
  return made;
}

layout layout::transposed() const {
  std::vector<std::int64_t> axes(shape_.rank());
  std::iota(axes.rbegin(), axes.rend(), 0);
  return transposed(axes);
}

layout layout::squeezed(std::int64_t axis) const {
  const std::size_t which = axis_of(axis);
  if (shape_[which] != 1)
    throw argument_error("dimension " + std::to_string(axis) + " of an array of shape " + to_string(shape_)
                         + " is not 1");
  return chosen(axis, 0);
}

layout layout::squeezed() const {
  layout made = *this;
  for (std::size_t i = shape_.rank(); i-- > 0;)
    if (shape_[i] == 1) made = made.chosen(as_signed(i), 0);
  return made;
}

layout layout::expanded(std::int64_t axis) const {
  const std::int64_t rank = as_signed(shape_.rank());
  if (axis < -rank - 1 || axis > rank)
    throw argument_error("an array of shape " + to_string(shape_) + " cannot get a dimension in front of "
                         + std::to_string(axis));
  const std::size_t which = static_cast<std::size_t>(axis < 0 ? axis + rank + 1 : axis);
  layout made = *this;
  made.shape_ = shape_.with(which, 1);
  std::copy_backward(strides_.begin() + which, strides_.begin() + rank, made.strides_.begin() + rank + 1);
  made.strides_[which] = 0;
  return made;
}

layout layout::broadcast_to(const extents& sizes) const {
  if (shape_ == sizes) return *this;
  if (!shape_.repeats_to(sizes))
    throw argument_error("shape " + to_string(shape_) + " cannot be repeated to " + to_string(sizes));
  layout made = *this;
  const std::size_t more = sizes.rank() - shape_.rank();
  for (std::size_t i = 0; i < sizes.rank(); ++i)
    made.strides_[i] = i < more || (shape_[i - more] == 1 && sizes[i] != 1) ? 0 : strides_[i - more];
  made.shape_ = sizes;
  return made;
}

// Dimensions of the old shape are gathered until they make as many elements as gathered ones of the new
// shape; within such a block the old ones must follow each other without gaps.
std::optional<layout> layout::reshaped(const extents& sizes) const {
  layout made(sizes);
  made.offset_ = offset_;
  if (is_contiguous()) return made;
  const layout old = squeezed();
  std::size_t i = 0, j = 0;
  while (i < old.shape_.rank()) {
    std::size_t from = old.shape_[i], to = j < sizes.rank() ? sizes[j] : 0, i_end = i + 1, j_end = j + 1;
    while (from != to) {
      if (from < to)
        from *= old.shape_[i_end++];
      else
        to *= sizes[j_end++];
    }
    for (std::size_t k = i; k + 1 < i_end; ++k)
      if (old.strides_[k] != old.strides_[k + 1] * as_signed(old.shape_[k + 1])) return std::nullopt;
    std::int64_t stride = old.strides_[i_end - 1];
    for (std::size_t k = j_end; k-- > j;) {
      made.strides_[k] = stride;
      stride *= as_signed(sizes[k]);
    }
    i = i_end;
    j = j_end;
  }
  for (; j < sizes.rank(); ++j) made.strides_[j] = 0; // of one element each
  return made;
}

extents completed(std::span<const std::int64_t> sizes, const extents& of) {
  std::vector<std::int64_t> all(sizes.begin(), sizes.end());
  std::int64_t known = 1, *open = nullptr;
  for (std::int64_t& size : all) {
    if (size != -1)
      known *= size;
    else if (open == nullptr)
      open = &size;
    else
      throw argument_error("reshaping: only one dimension can be left open by -1");
  }
  const std::int64_t count = as_signed(of.volume());
  if (open != nullptr && known != 0 && count % known == 0) *open = count / known;
  const bool fits = open == nullptr || *open >= 0;
  if (open != nullptr) *open = std::max<std::int64_t>(*open, 1);
  const extents made{std::span<const std::int64_t>(all)};
  if (fits && made.volume() == of.volume()) return made;
  throw argument_error("an array of shape " + to_string(of) + " has " + std::to_string(count)
                       + " elements: a shape of " + std::to_string(known)
                       + (open != nullptr ? " times a whole number" : "") + " does not fit");
}

} // namespace clotho
