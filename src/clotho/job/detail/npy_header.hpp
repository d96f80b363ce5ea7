#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/element_type.hpp>

namespace clotho::detail {

/// What a .npy file says of its data.
struct npy_header {
  scalar type = scalar::f64;
  bool swapped = false;       ///< the data has the other byte order than this machine
  bool fortran_order = false; ///< the first index runs fastest
  std::vector<std::size_t> shape;
};

/// From the dictionary after magic, version and length. Throws format_error about `file`.
[[nodiscard]] npy_header parse_npy_header(std::string_view text, const std::string& file);

/// Everything before the data, byte for byte as NumPy writes it: magic, version 1.0, length, dictionary,
/// padding.
[[nodiscard]] std::string npy_preamble(scalar type, const std::vector<std::size_t>& shape);

} // namespace clotho::detail
