// SPDX-License-Identifier: Apache-2.0
// Arrays as text; numbers that expressions refuse.
#include <algorithm>
#include <array>
#include <charconv>

#include <clotho/algo/detail/array_state.hpp>
#include <clotho/algo/detail/expression_node.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t most_shown = 1000, shown_at_ends = 3;

template <class T> std::string shortest(T value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

// One dimension after the other, the last on one line.
class printer {
 public:
  printer(const extents& sizes, const std::vector<std::string>& numbers)
      : sizes_(sizes), next_(numbers.begin()) {
    for (const std::string& one : numbers) width_ = std::max(width_, one.size());
  }
  void print(std::size_t axis) {
    if (axis == sizes_.rank()) {
      text += std::string(sizes_.rank() == 0 ? 0 : width_ - next_->size(), ' ') + *next_;
      ++next_;
      return;
    }
    const std::size_t shown = shown_of(sizes_, axis);
    text += '[';
    for (std::size_t i = 0; i < shown; ++i) {
      if (i != 0) text += between(axis);
      if (shown != sizes_[axis] && i == shown / 2) text += "..." + between(axis);
      print(axis + 1);
    }
    text += ']';
  }
  std::string text;

 private:
  [[nodiscard]] std::string between(std::size_t axis) const {
    if (axis + 1 == sizes_.rank()) return " ";
    return std::string(sizes_.rank() - 1 - axis, '\n') + std::string(axis + 1, ' ');
  }

  const extents& sizes_;
  std::vector<std::string>::const_iterator next_;
  std::size_t width_ = 0;
};

} // namespace

std::size_t shown_of(const extents& sizes, std::size_t axis) noexcept {
  return sizes.volume() > most_shown && sizes[axis] > 2 * shown_at_ends ? 2 * shown_at_ends : sizes[axis];
}

std::string text_of(const extents& sizes, const std::vector<std::string>& numbers) {
  if (sizes.volume() == 0) return "[]";
  printer made(sizes, numbers);
  made.print(0);
  return made.text;
}

std::string number_text(double value) { return shortest(value); }
std::string number_text(float value) { return shortest(value); }
std::string number_text(std::int64_t value) { return shortest(value); }
std::string number_text(std::uint64_t value) { return shortest(value); }

void refuse_number(const std::string& value, scalar type) {
  throw argument_error("the number " + value + " does not fit elements of type " + opencl_name({type, 1})
                       + ": cast the array to a type that holds it");
}

} // namespace clotho::detail
