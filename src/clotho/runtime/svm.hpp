#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <clotho/core/element_type.hpp>
#include <clotho/runtime/context.hpp>

namespace clotho {

namespace detail {
struct svm_state;
}

/// How host and device share virtual memory.
enum class svm_grain {
  coarse, ///< the host uses it while it is mapped: queue::map
  fine    ///< the host uses it at any time but while a kernel does
};

/// Shared virtual memory: device memory that has the same address on the host. A handle: copies name the same memory,
/// which is freed when the last has gone and the launches that use it have ended; that may block.
///
/// Kernels reach it as an argument of their launch; pointers inside of it to other such memory are not followed.
/// It may know the type of its elements, as a device_buffer may.
class svm_memory {
 public:
  /// Its content is indeterminate. Throws capability_error when the device has no such memory (OpenCL 1.2 has none, in 3.0
  /// it is optional) or cannot allocate that much at once, error when it is out of memory.
  svm_memory(const context& owner, std::size_t size_bytes, svm_grain grain = svm_grain::coarse);

  /// Memory for `count` elements.
  template <class T>
  [[nodiscard]] static svm_memory of(const context& owner, std::size_t count, svm_grain grain = svm_grain::coarse) {
    return typed(owner, {scalar_of<T>, 1}, count, grain);
  }
  [[nodiscard]] static svm_memory typed(const context& owner, element_type type, std::size_t count,
                                        svm_grain grain = svm_grain::coarse);

  [[nodiscard]] std::size_t size_bytes() const noexcept;
  [[nodiscard]] std::optional<element_type> element() const noexcept;
  [[nodiscard]] svm_grain grain() const noexcept;
  [[nodiscard]] const context& owner() const noexcept;

  /// The memory, of a fine grain: to be touched when the launches that write it have ended, see queue::finish. Throws
  /// argument_error for a coarse grain, which has to be mapped.
  [[nodiscard]] std::span<std::byte> bytes() const;
  template <class T> [[nodiscard]] std::span<T> as() const {
    return {reinterpret_cast<T*>(bytes().data()), bytes().size() / sizeof(T)};
  }

  [[nodiscard]] const std::shared_ptr<detail::svm_state>& state() const noexcept { return state_; }

 private:
  explicit svm_memory(std::shared_ptr<detail::svm_state> state) : state_(std::move(state)) {}

  std::shared_ptr<detail::svm_state> state_;
};

} // namespace clotho
