// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/matrix_memory.hpp>

#include <string>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t too_many = std::size_t{1} << 31;

std::string described(const matrix_memory& m) {
  return std::to_string(m.rows) + " x " + std::to_string(m.columns);
}

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw argument_error(std::string(what) + " " + why);
}

bool lies_inside(const matrix_memory& m) {
  const auto rows = checked_multiply(m.rows - 1, m.ld);
  const auto matrices = checked_multiply(m.count - 1, m.stride);
  if (!rows || !matrices) return false;
  const std::size_t size = m.memory.size();
  return *rows <= size && *matrices <= size && m.columns <= size && *rows + *matrices + m.columns <= size;
}

} // namespace

std::size_t matrix_memory::extent() const noexcept {
  return (count - 1) * stride + (rows - 1) * ld + columns;
}

bool matrix_memory::is_dense() const noexcept {
  return (ld == columns || rows == 1) && (count == 1 || stride == rows * ld);
}

void matrix_memory::check(std::string_view what, bool written) const {
  if (rows >= too_many || columns >= too_many || count >= too_many)
    refuse(what, "is " + described(*this) + ": counts must be below 2^31");
  if (is_empty()) return;
  if (ld < columns)
    refuse(what, "has rows of " + std::to_string(columns) + " elements, which do not fit between rows "
                     + std::to_string(ld) + " apart");
  if (!lies_inside(*this))
    refuse(
        what,
        "is " + described(*this) + " with rows " + std::to_string(ld) + " apart"
            + (count > 1 ? ", " + std::to_string(count) + " times " + std::to_string(stride) + " apart" : "")
            + ", but its memory has " + std::to_string(memory.size()) + " elements");
  if (written && count > 1 && stride < (rows - 1) * ld + columns)
    refuse(what,
           "is written, but its matrices overlap: they are " + std::to_string(stride) + " elements apart");
}

matrix_memory matrix_before(matrix_op op, const flat& memory, std::size_t rows, std::size_t columns,
                            std::size_t ld) {
  if (op == matrix_op::none) return {memory, rows, columns, ld};
  return {memory, columns, rows, ld};
}

void check_real(std::string_view what, const flat& a, const flat& b, const flat& c) {
  if (!is_floating(a.type))
    throw argument_error(std::string(what) + ": elements are real numbers, not " + short_name(a.type));
  if (a.type != b.type || a.type != c.type)
    throw argument_error(std::string(what) + ": all elements have the same type");
}

} // namespace clotho::detail
