#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <type_traits>

#include <clotho/core/element_type.hpp>
#include <clotho/flow/buffer.hpp>

namespace clotho {

namespace detail {

/// What a launch is to have made for it.
struct scratch_request {
  std::size_t size_bytes = 0;
  std::optional<element_type> element;
};

} // namespace detail

/// As an argument of a kernel: global memory of `count` elements that nobody else sees, as long as the launch lasts:
/// launch(k, range, x, scratch<float>(n), y). Its content is indeterminate. A graph has one for all its runs.
///
/// Not for split launches: their devices would each have to know which part is theirs; pass a buffer as block(...).
template <class T> class scratch {
  static_assert(std::is_trivially_copyable_v<T>, "elements are bytes to a device");

 public:
  /// Throws argument_error when so much cannot be addressed.
  explicit scratch(std::size_t count) : request_{detail::bytes_of<T>(count), detail::element_of<T>()} {}

  scratch(const scratch& other) noexcept : request_(other.request_) {} // not trivial: else it were a value for the kernel
  scratch& operator=(const scratch&) = default;

  /// For clotho's own code.
  [[nodiscard]] const detail::scratch_request& request() const noexcept { return request_; }

 private:
  detail::scratch_request request_;
};

} // namespace clotho
