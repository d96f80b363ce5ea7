#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <span>
#include <type_traits>
#include <vector>

#include <clotho/flow/buffer.hpp>
#include <clotho/flow/detail/host_call.hpp>

namespace clotho {

/// What runtime and recorder say alike: simple tasks of the host, by way of Self::host, which decides what they return: a
/// runtime a future<void>.
template <class Self> class task_verbs {
 public:
  /// Copies all of `from` to `to`, which are of one size. Throws argument_error when they are not.
  template <class T> auto copy(const std::type_identity_t<buffer_slice<T>>& from, const buffer<T>& to) const {
    return copy_parts<T>(from, to);
  }
  template <class T> auto copy(const std::type_identity_t<buffer_slice<T>>& from, const buffer_slice<T>& to) const {
    return copy_parts<T>(from, to);
  }
  /// Sets every element.
  template <class T> auto fill(const buffer<T>& what, const std::type_identity_t<T>& value) const {
    return fill(buffer_slice<T>(what), value);
  }
  template <class T> auto fill(const buffer_slice<T>& what, const std::type_identity_t<T>& value) const {
    return self().host([value](std::span<T> all) { std::fill(all.begin(), all.end(), value); }, out(what));
  }
  /// Copies the elements, as the tasks before leave them, into memory that stays valid until this has run. Throws
  /// argument_error when the sizes differ.
  template <class T> auto read(const buffer<T>& from, std::span<T> to) const {
    return read(buffer_slice<T>(from), to);
  }
  template <class T> auto read(const buffer_slice<T>& from, std::span<T> to) const {
    detail::check_same_size(from.size(), to.size());
    return self().host([to](std::span<const T> all) { std::copy(all.begin(), all.end(), to.begin()); }, in(from));
  }
  /// Copies from memory that stays valid until this has run. Throws argument_error when the sizes differ.
  template <class T> auto write(const buffer<T>& to, std::type_identity_t<std::span<const T>> from) const {
    return write(buffer_slice<T>(to), from);
  }
  template <class T> auto write(const buffer_slice<T>& to, std::type_identity_t<std::span<const T>> from) const {
    detail::check_same_size(from.size(), to.size());
    return self().host([from](std::span<T> all) { std::copy(from.begin(), from.end(), all.begin()); }, out(to));
  }

 protected:
  task_verbs() = default;
  ~task_verbs() = default;

 private:
  [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }
  template <class T> auto copy_parts(const buffer_slice<T>& from, const buffer_slice<T>& to) const {
    detail::check_same_size(from.size(), to.size());
    return self().host([](std::span<const T> source, std::span<T> target) { std::copy(source.begin(), source.end(), target.begin()); },
                       in(from), out(to));
  }
};

} // namespace clotho
