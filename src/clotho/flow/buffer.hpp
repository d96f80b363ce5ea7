#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/core/checked.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/access.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/flow_node.hpp>

namespace clotho {

class runtime;

namespace detail {

[[nodiscard]] const flow_core& core_of(const runtime& owner) noexcept;

template <class T> [[nodiscard]] std::optional<element_type> element_of() noexcept {
  if constexpr (scalar_value<T>)
    return element_type{scalar_of<T>, 1};
  else
    return std::nullopt;
}

template <class T> [[nodiscard]] std::size_t bytes_of(std::size_t count) {
  const auto bytes = checked_multiply(count, sizeof(T));
  if (!bytes) throw argument_error("a buffer of " + std::to_string(count) + " elements is larger than any memory");
  return *bytes;
}

} // namespace detail

/// Elements [offset, offset + size) of a buffer, as an argument of a task. Tasks that use parts which do not overlap run
/// at once. Kernels see a part as a buffer of its own; devices want its offset aligned, usually to 128 bytes or less.
template <class T> class buffer_slice {
 public:
  using value_type = T;

  [[nodiscard]] std::size_t size() const noexcept { return where_.size() / sizeof(T); }
  /// A part of the part. Throws argument_error unless it lies inside.
  [[nodiscard]] buffer_slice slice(std::size_t offset, std::size_t count) const {
    if (offset > size() || count > size() - offset)
      throw argument_error("elements " + std::to_string(offset) + " to " + std::to_string(offset) + " + " +
                           std::to_string(count) + " do not lie within the " + std::to_string(size()) + " there are");
    if (memory_->is_image() && count != size()) throw argument_error("a part of an image cannot be had: copy it to a buffer");
    return {memory_, {where_.begin + offset * sizeof(T), where_.begin + (offset + count) * sizeof(T)}};
  }

  /// The same memory as bytes.
  [[nodiscard]] buffer_slice<std::byte> as_bytes() const { return {memory_, where_}; }

  /// For clotho's own templates.
  buffer_slice(std::shared_ptr<detail::flow_memory> memory, detail::region where)
      : memory_(std::move(memory)), where_(where) {}
  [[nodiscard]] detail::flow_access access(access_mode mode) const { return {memory_, where_, mode}; }

 private:
  std::shared_ptr<detail::flow_memory> memory_;
  detail::region where_;
};

/// An array of trivially copyable elements for the tasks of a runtime. It has no place of its own: its bytes are moved to
/// where tasks use them, when they do. A handle: copies name the same array, which tasks keep alive.
///
/// The content is indeterminate until it is written. When a task fails, what it was to write is damaged: tasks that
/// read it fail with dependency_error, until all of it is written anew, or reset.
template <class T> class buffer {
  static_assert(std::is_trivially_copyable_v<T>, "elements are copied as bytes, between the host and devices");

 public:
  using value_type = T;

  /// Only tasks of `owner` may use it. Throws argument_error when so much cannot be addressed.
  buffer(const runtime& owner, std::size_t size)
      : memory_(std::make_shared<detail::flow_memory>(detail::core_of(owner), detail::bytes_of<T>(size),
                                                      detail::element_of<T>())) {}
  /// With a copy of `content`.
  buffer(const runtime& owner, std::span<const T> content) : buffer(owner, content.size()) {
    memory_->fill_from(std::as_bytes(content));
  }
  buffer(const runtime& owner, const std::vector<T>& content) : buffer(owner, std::span<const T>(content)) {}
  /// The application's memory itself, zero copy where a device allows it. It must outlive the tasks that use it, and be
  /// touched only when they have finished and the data are there: see runtime::read and runtime::host.
  [[nodiscard]] static buffer over(const runtime& owner, std::span<T> memory) {
    return buffer(std::make_shared<detail::flow_memory>(detail::core_of(owner), std::as_writable_bytes(memory),
                                                        detail::element_of<T>()));
  }

  [[nodiscard]] std::size_t size() const noexcept { return memory_->size_bytes() / sizeof(T); }
  /// Elements [offset, offset + count). Throws argument_error unless they exist.
  [[nodiscard]] buffer_slice<T> slice(std::size_t offset, std::size_t count) const {
    return buffer_slice<T>(*this).slice(offset, count);
  }
  /// Forgets that the data are damaged; they are indeterminate then. Takes effect at once.
  void reset() { memory_->heal(); }

  operator buffer_slice<T>() const { return {memory_, {0, memory_->size_bytes()}}; } // NOLINT: all of it

 private:
  explicit buffer(std::shared_ptr<detail::flow_memory> memory) : memory_(std::move(memory)) {}

  std::shared_ptr<detail::flow_memory> memory_;
};

namespace detail {

/// A buffer, a part of one, or an image.
template <class A>
concept flow_array = std::convertible_to<const A&, buffer_slice<typename A::value_type>>;

template <flow_array A> [[nodiscard]] buffer_slice<typename A::value_type> all_of(const A& what) { return what; }

} // namespace detail

/// Such an array, and what a task does with it.
template <class T, access_mode Mode> class accessed {
 public:
  using span_type = std::span<std::conditional_t<Mode == access_mode::in, const T, T>>;
  static constexpr access_mode mode = Mode;
  explicit accessed(buffer_slice<T> what) : what_(std::move(what)) {}
  [[nodiscard]] const buffer_slice<T>& what() const noexcept { return what_; }

 private:
  buffer_slice<T> what_;
};

/// The task reads.
template <detail::flow_array A> [[nodiscard]] auto in(const A& what) {
  return accessed<typename A::value_type, access_mode::in>(detail::all_of(what));
}
/// The task writes all of it.
template <detail::flow_array A> [[nodiscard]] auto out(const A& what) {
  return accessed<typename A::value_type, access_mode::out>(detail::all_of(what));
}
/// The task reads and writes.
template <detail::flow_array A> [[nodiscard]] auto inout(const A& what) {
  return accessed<typename A::value_type, access_mode::inout>(detail::all_of(what));
}

} // namespace clotho
