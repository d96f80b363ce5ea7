// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/expected_array.hpp>

#include <cstring>
#include <variant>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/input_array.hpp>
#include <clotho/job/detail/number.hpp>
#include <clotho/job/parameters.hpp>

namespace clotho::job::detail {
namespace {

// In the array's type where the number fits it, so that 64-bit integers compare exactly.
host_array number_like(const std::string& text, scalar type) {
  try {
    return evaluate_number(text, type, {});
  } catch (const argument_error&) {
    return evaluate_number(text, scalar::f64, {});
  }
}

host_array list_of(const literal& numbers, scalar type) {
  std::vector<host_array> all;
  for (const std::string& text : numbers.numbers) all.push_back(number_like(text, type));
  if (all.size() == 1) {
    all[0].shape = {};
    return std::move(all[0]);
  }
  for (const host_array& one : all)
    if (one.type != type) type = scalar::f64;
  host_array list = make_array(type, {all.size()});
  for (std::size_t i = 0; i < all.size(); ++i) {
    const host_array one = convert(all[i], type);
    std::memcpy(list.data.data() + i * one.size_bytes(), one.data.data(), one.size_bytes());
  }
  return list;
}

void take_shape(host_array& expected, const std::vector<std::size_t>& shape) {
  if (!expected.shape.empty() && expected.element_count() == element_count(shape)) expected.shape = shape;
}

bool knows_shape(const file_input& file) {
  const std::string extension = to_lower(file.path.extension().string());
  return !file.hint.shape.empty()
         || (extension != ".bin" && extension != ".raw" && extension != ".csv" && extension != ".tsv");
}

} // namespace

host_array expected_array(const pipeline& job, const expectation& wanted, scalar type,
                          const std::vector<std::size_t>& shape, const symbol_lookup& names) {
  if (const auto* numbers = std::get_if<literal>(&wanted.equals)) {
    host_array list = list_of(substitute(*numbers, job.parameters), type);
    take_shape(list, shape);
    return list;
  }
  if (const auto* file = std::get_if<file_input>(&wanted.equals)) {
    file_input located = *file;
    if (!located.hint.type && !knows_shape(located)) located.hint.type = type;
    host_array content = read_input(located, std::nullopt);
    if (!knows_shape(located)) take_shape(content, shape);
    return content;
  }
  if (const auto* recipe = std::get_if<generator>(&wanted.equals)) {
    std::vector<std::size_t> size;
    for (const expression& length : recipe->shape)
      size.push_back(static_cast<std::size_t>(length.evaluate_size(names)));
    return generate(*recipe, recipe->type.value_or(type), size.empty() ? shape : size);
  }
  throw argument_error("'" + wanted.buffer
                       + "' is compared with numbers, a file, a generator or another buffer");
}

} // namespace clotho::job::detail
