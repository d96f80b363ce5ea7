#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <string_view>
#include <type_traits>

#include <clotho/core/element_type.hpp>
#include <clotho/runtime/memory.hpp>
#include <clotho/runtime/svm.hpp>

namespace clotho {

namespace detail {

enum class bound { scalar, vector, opaque, buffer, image, sampler, local, null, svm };

template <class T>
inline constexpr scalar integer_of_size = sizeof(T) == 8   ? (std::is_signed_v<T> ? scalar::i64 : scalar::u64)
                                          : sizeof(T) == 4 ? (std::is_signed_v<T> ? scalar::i32 : scalar::u32)
                                          : sizeof(T) == 2 ? (std::is_signed_v<T> ? scalar::i16 : scalar::u16)
                                                           : (std::is_signed_v<T> ? scalar::i8 : scalar::u8);

template <class T> struct is_array : std::false_type {};
template <class T, std::size_t N> struct is_array<std::array<T, N>> : std::true_type {};

} // namespace detail

/// One argument of one launch, borrowed from the caller for the length of the call.
///
/// A scalar, a std::array of 2, 3, 4, 8 or 16 scalars for a vector, a trivially copyable struct, a
/// device_buffer, device_image, sampler, svm_memory or local_memory, or nullptr for a null pointer.
struct launch_argument {
  detail::bound what = detail::bound::null;
  element_type type{};          // scalar and vector
  std::size_t size = 0;         // bytes of a value, of local memory
  const void* object = nullptr; // the value, or the memory object's state
  std::string_view name{};      // empty: by position

  launch_argument(std::nullptr_t) {} // NOLINT
  launch_argument(const device_buffer& buffer)
      : what(detail::bound::buffer), object(&buffer.state()) {}                                      // NOLINT
  launch_argument(const device_image& image) : what(detail::bound::image), object(&image.state()) {} // NOLINT
  launch_argument(const sampler& how) : what(detail::bound::sampler), object(&how.state()) {}        // NOLINT
  launch_argument(const svm_memory& memory) : what(detail::bound::svm), object(&memory) {}           // NOLINT
  launch_argument(local_memory memory) : what(detail::bound::local), size(memory.size_bytes) {}      // NOLINT

  template <class T>
  requires(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_same_v<T, sampling>) launch_argument(const T& value)
      : size(sizeof(T)), object(&value) { // NOLINT
    static_assert(!std::is_same_v<T, bool>, "OpenCL kernels take no bool: pass an int");
    if constexpr (scalar_value<T>) {
      what = detail::bound::scalar, type = {scalar_of<T>, 1};
    } else if constexpr (std::is_integral_v<T>) {
      // long, long long and char types beside the ones <cstdint> names.
      what = detail::bound::scalar, type = {detail::integer_of_size<T>, 1};
    } else if constexpr (detail::is_array<T>::value) {
      static_assert(scalar_value<typename T::value_type>, "an array argument is a vector of OpenCL scalars");
      what = detail::bound::vector,
      type = {scalar_of<typename T::value_type>, static_cast<std::uint8_t>(std::tuple_size_v<T>)};
    } else {
      what = detail::bound::opaque;
    }
  }
};

/// An argument by name: launch(k, range, arg("y", y), arg("x", x), arg("a", 2.0f)).
template <class T> [[nodiscard]] launch_argument arg(std::string_view name, const T& value) {
  launch_argument named(value);
  named.name = name;
  return named;
}

} // namespace clotho
