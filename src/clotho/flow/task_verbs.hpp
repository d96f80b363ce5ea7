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
  template <detail::flow_array A> auto copy(const std::type_identity_t<buffer_slice<typename A::value_type>>& from, const A& to) const {
    using T = typename A::value_type;
    const buffer_slice<T> target = detail::all_of(to);
    detail::check_same_size(from.size(), target.size());
    return self().host([](std::span<const T> source, std::span<T> all) { std::copy(source.begin(), source.end(), all.begin()); },
                       in(from), out(target));
  }
  /// Sets every element.
  template <detail::flow_array A> auto fill(const A& what, const typename A::value_type& value) const {
    return self().host([value](std::span<typename A::value_type> all) { std::fill(all.begin(), all.end(), value); }, out(what));
  }
  /// Copies the elements, as the tasks before leave them, into memory that stays valid until this has run. Throws
  /// argument_error when the sizes differ.
  template <detail::flow_array A> auto read(const A& from, std::span<typename A::value_type> to) const {
    detail::check_same_size(detail::all_of(from).size(), to.size());
    return self().host([to](std::span<const typename A::value_type> all) { std::copy(all.begin(), all.end(), to.begin()); }, in(from));
  }
  /// Copies from memory that stays valid until this has run. Throws argument_error when the sizes differ.
  template <detail::flow_array A> auto write(const A& to, std::span<const typename A::value_type> from) const {
    detail::check_same_size(detail::all_of(to).size(), from.size());
    return self().host([from](std::span<typename A::value_type> all) { std::copy(from.begin(), from.end(), all.begin()); }, out(to));
  }

 protected:
  task_verbs() = default;
  ~task_verbs() = default;

 private:
  [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }
};

} // namespace clotho
