#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include <clotho/algo/array.hpp>
#include <clotho/job/host_array.hpp>
#include <clotho/job/npy.hpp>

namespace clotho {

/// An array that NumPy saved. Blocks while the file is read. Throws argument_error when it holds elements of
/// another type, and what read_npy throws.
template <class T>
[[nodiscard]] array<T> load_npy(const placement& where, const std::filesystem::path& path) {
  const host_array content = read_npy(path);
  return array<T>(where, extents(content.shape), content.values<T>());
}

/// The elements in C order, whatever the strides. Blocks until they are there and written. Throws what
/// write_npy throws.
template <class T> void save_npy(const std::filesystem::path& path, const array<T>& what) {
  const std::span<const std::size_t> sizes = what.shape().sizes();
  host_array content = make_array(scalar_of<T>, {sizes.begin(), sizes.end()});
  const std::vector<T> elements = what.to_vector();
  std::copy(elements.begin(), elements.end(), content.values<T>().begin());
  write_npy(path, content);
}

} // namespace clotho
