// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/npy_header.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/format_failure.hpp>
#include <clotho/job/detail/little_endian.hpp>
#include <clotho/job/detail/python_literal.hpp>
#include <clotho/job/host_array.hpp>

namespace clotho::detail {
namespace {

using kind = python_literal::kind;

constexpr bool little = std::endian::native == std::endian::little;

// NumPy's names without the byte order. A bool is a byte that is 0 or 1.
constexpr std::array<std::pair<std::string_view, scalar>, 12> dtypes{{
    {"i1", scalar::i8},
    {"u1", scalar::u8},
    {"i2", scalar::i16},
    {"u2", scalar::u16},
    {"i4", scalar::i32},
    {"u4", scalar::u32},
    {"i8", scalar::i64},
    {"u8", scalar::u64},
    {"f2", scalar::f16},
    {"f4", scalar::f32},
    {"f8", scalar::f64},
    {"b1", scalar::u8},
}};

const char* refusal(char letter) {
  switch (letter) {
  case 'O':
    return "Python objects, which are stored as pickled code; clotho runs no code from data files. Save an "
           "array of numbers: a.astype('f4')";
  case 'S':
  case 'a': return "byte strings, not numbers";
  case 'U': return "text, not numbers";
  case 'c':
    return "complex numbers, which OpenCL has not; save them as pairs of numbers: a.view('f4') for '<c8'";
  case 'M': return "dates; save them as numbers: a.astype('i8')";
  case 'm': return "time spans; save them as numbers: a.astype('i8')";
  case 'V': return "raw records; save each field as an array of its own";
  default: return "no type that OpenCL has; save it as f4 or f8, or as an integer type";
  }
}

void parse_descr(const python_literal& descr, npy_header& header, const std::string& file) {
  if (descr.what == kind::sequence)
    throw_format(file,
                 "the dtype is structured (a record with fields); save each field as an array of its own");
  if (descr.what != kind::string) throw_format(file, "the header's 'descr' is not a string");
  std::string_view name = descr.text;
  const char order = name.empty() ? '\0' : name[0];
  const bool explicit_order = order == '<' || order == '>' || order == '=' || order == '|';
  if (explicit_order) name.remove_prefix(1);
  for (const auto& [spelling, type] : dtypes)
    if (name == spelling) {
      header.type = type;
      header.swapped = order == (little ? '>' : '<') && size_bytes(type) > 1;
      return;
    }
  throw_format(file,
               "the dtype '" + printable(descr.text) + "' is " + refusal(name.empty() ? '\0' : name[0]));
}

void parse_order(const python_literal& order, npy_header& header, const std::string& file) {
  header.fortran_order = order.text == "True";
  if (order.what != kind::name || (order.text != "True" && order.text != "False"))
    throw_format(file, "the header's 'fortran_order' is neither True nor False");
}

std::size_t parse_dimension(const python_literal& size, const std::string& file) {
  if (size.what != kind::integer)
    throw_format(file, "the header's 'shape' holds something that is no integer");
  if (size.text.starts_with('-')) throw_format(file, "the shape has a negative size: " + size.text);
  const std::optional<std::uint64_t> value = parse_unsigned(size.text);
  if (!value || !std::in_range<std::size_t>(*value))
    throw_format(file, "the shape has a size no memory can hold: " + size.text);
  return static_cast<std::size_t>(*value);
}

void parse_shape(const python_literal& shape, npy_header& header, const std::string& file) {
  constexpr std::size_t most_dimensions = 64; // NumPy's own limit
  if (shape.what != kind::sequence) throw_format(file, "the header's 'shape' is not a tuple");
  if (shape.items.size() > most_dimensions)
    throw_format(file, "the shape has " + std::to_string(shape.items.size()) + " dimensions; at most "
                           + std::to_string(most_dimensions) + " can be");
  for (const python_literal& size : shape.items) header.shape.push_back(parse_dimension(size, file));
}

// The value of `key`, which must be there exactly once.
const python_literal& value_of(std::string_view key, const python_literal& dictionary,
                               const std::string& file) {
  const python_literal* found = nullptr;
  for (std::size_t i = 0; i < dictionary.items.size(); i += 2) {
    if (dictionary.items[i].what != kind::string || dictionary.items[i].text != key) continue;
    if (found) throw_format(file, "the header holds '" + std::string(key) + "' twice");
    found = &dictionary.items[i + 1];
  }
  if (!found) throw_format(file, "the header has no '" + std::string(key) + "'");
  return *found;
}

std::string descr_text(scalar type) {
  const char order = size_bytes(type) == 1 ? '|' : little ? '<' : '>';
  for (const auto& [spelling, known] : dtypes)
    if (known == type) return order + std::string(spelling);
  return {};
}

} // namespace

npy_header parse_npy_header(std::string_view text, const std::string& file) {
  const python_literal dictionary = parse_python_literal(text, file);
  if (dictionary.what != kind::dictionary) throw_format(file, "the header is not a dictionary");
  npy_header header;
  parse_descr(value_of("descr", dictionary, file), header, file);
  parse_order(value_of("fortran_order", dictionary, file), header, file);
  parse_shape(value_of("shape", dictionary, file), header, file);
  if (dictionary.items.size() != 6)
    throw_format(file, "the header holds more than 'descr', 'fortran_order' and 'shape'");
  return header;
}

std::string npy_preamble(scalar type, const std::vector<std::size_t>& shape) {
  constexpr std::size_t alignment = 64;
  constexpr std::size_t widest_growing_size =
      21; // NumPy leaves room for the first dimension to grow in place.
  constexpr std::size_t before_dictionary = 10;
  std::string dictionary =
      "{'descr': '" + descr_text(type) + "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  if (!shape.empty()) dictionary.append(widest_growing_size - std::to_string(shape[0]).size(), ' ');
  dictionary.append(alignment - (before_dictionary + dictionary.size() + 1) % alignment, ' ');
  dictionary += '\n';
  if (!std::in_range<std::uint16_t>(dictionary.size()))
    throw argument_error("a .npy file cannot hold an array of " + std::to_string(shape.size())
                         + " dimensions");
  std::string text("\x93NUMPY\x01\x00", 8);
  append_little_endian(text, static_cast<std::uint16_t>(dictionary.size()));
  return text + dictionary;
}

} // namespace clotho::detail
