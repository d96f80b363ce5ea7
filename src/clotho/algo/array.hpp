#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/algo/detail/array_state.hpp>
#include <clotho/algo/detail/formula.hpp>
#include <clotho/algo/expression.hpp>
#include <clotho/algo/functions.hpp>
#include <clotho/algo/layout.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/flow/buffer.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

template <class X> inline constexpr bool is_index = std::integral<X> || std::same_as<X, slice>;

/// The formula of an expression, for the length of a call.
template <class X, class Use> auto with_formula(const X& expression, const Use& use) {
  constexpr const auto& code = X::code;
  constexpr std::size_t count = leaves_in({code.data(), code.size()});
  static_assert(count <= 16,
                "an expression of more than 16 arrays and numbers: assign a part of it to an array first");
  std::array<operand, count> operands;
  operand* next = operands.data();
  expression.collect(next);
  return use(formula{{code.data(), code.size()}, operands});
}

} // namespace detail

/// Elements of a scalar type with up to 8 dimensions, in a buffer of a runtime. Operators and functions on
/// arrays make expressions (see array_expression), and assigning calculates: z = a * x + sin(y) is one
/// launch.
///
/// An array is a handle, as buffer is: a copy of it, and every view (a slice, a transposed array), names the
/// same elements. Assigning writes elements: all who name them see that. Only an array that names none yet,
/// as one made by array<float>(), takes a new one. The right side is calculated as if before anything is
/// written, whatever it shares with the left.
///
/// All calls but those that return elements return at once. Device failures damage the elements, as buffer
/// says. Safe from any thread as a buffer is; the runtime must outlive calls. Misuse throws argument_error,
/// which says the shapes.
template <class T> class array : public detail::expression_tag {
  static_assert(scalar_value<T>,
                "array<T>: T is a type that OpenCL has: int8_t to uint64_t, half, float, double");

 public:
  using value_type = T;

  /// Names no elements.
  array() = default;
  /// With indeterminate elements.
  array(const placement& where, const extents& sizes)
      : state_(detail::make_state(where, scalar_of<T>, sizes)) {}
  /// With a copy of `content`, in the order in which the last index runs fastest: a std::vector, a std::span.
  template <class Content>
  requires std::convertible_to<const Content&, std::span<const T>>
  array(const placement& where, const extents& sizes, const Content& content)
      : array(where, buffer<T>(where.owner(), detail::checked_content(std::span<const T>(content), sizes)),
              layout(sizes)) {}
  template <class Content>
  requires std::convertible_to<const Content&, std::span<const T>> array(const placement& where,
                                                                         const Content& content)
      : array(where, extents(std::span<const T>(content).size()), content) {}
  /// Names elements of a buffer.
  array(const placement& where, const buffer_slice<T>& memory, const layout& view)
      : state_(detail::make_state(where, memory.as_bytes(), scalar_of<T>, view)) {}
  /// A new array of the values of an expression.
  template <array_expression X>
  requires(!std::same_as<X, array>) array(const X& expression) {
    assign(expression);
  } // NOLINT: it is its values

  array(const array&) = default;
  array(array&&) noexcept = default;
  ~array() = default;

  array& operator=(const array& values) { return assign_array(values); }
  array& operator=(array&& values) { return assign_array(std::move(values)); }
  template <class X>
  requires(array_expression<X> || detail::number<X>) array& operator=(const X& values) {
    assign(values);
    return *this;
  }
  /// The same, with a future that ends when it is done.
  template <array_expression X> future<void> assign(const X& values) {
    return detail::with_formula(values, [&](const detail::formula& what) {
      if (!state_)
        state_ = detail::make_state(detail::placement_of(what), scalar_of<T>, detail::shape_of(what));
      return detail::evaluate(*state_, what);
    });
  }
  /// To all elements.
  template <detail::number N> future<void> assign(N value) {
    const detail::scalar_node<detail::calculated_t<T>> values(
        detail::number_as<detail::calculated_t<T>>(value));
    return detail::with_formula(values,
                                [&](const detail::formula& what) { return detail::evaluate(state(), what); });
  }
  // clang-format off
  template <class X> array& operator+=(const X& by) { return *this = *this + by; }
  template <class X> array& operator-=(const X& by) { return *this = *this - by; }
  template <class X> array& operator*=(const X& by) { return *this = *this * by; }
  template <class X> array& operator/=(const X& by) { return *this = *this / by; }
  template <class X> array& operator%=(const X& by) { return *this = *this % by; }
  template <class X> array& operator&=(const X& by) { return *this = *this & by; }
  template <class X> array& operator|=(const X& by) { return *this = *this | by; }
  template <class X> array& operator^=(const X& by) { return *this = *this ^ by; }
  // clang-format on

  /// It names elements.
  explicit operator bool() const noexcept { return state_ != nullptr; }
  [[nodiscard]] const extents& shape() const { return view().shape(); }
  [[nodiscard]] std::size_t rank() const { return shape().rank(); }
  /// How many elements.
  [[nodiscard]] std::size_t size() const { return shape().volume(); }
  [[nodiscard]] const layout& view() const { return state().view; }
  [[nodiscard]] const placement& where() const { return state().where; }

  // Views: they name the same elements.

  /// x(1, slice(2, 5)): an index for each dimension from the first on, which goes away, or a slice of it.
  template <class... Indices>
  requires(sizeof...(Indices) > 0 && (detail::is_index<Indices> && ...)) [[nodiscard]] array
  operator()(const Indices&... indices) const {
    layout made = view();
    std::int64_t axis = 0;
    (detail::apply_index(made, axis, indices), ...);
    return with(made);
  }
  /// The same for one dimension.
  [[nodiscard]] array sliced(std::int64_t axis, const slice& part) const {
    return with(view().sliced(axis, part));
  }
  [[nodiscard]] array transposed() const { return with(view().transposed()); }
  template <std::integral... Axes> [[nodiscard]] array transposed(Axes... axes) const {
    const std::array<std::int64_t, sizeof...(Axes)> all{static_cast<std::int64_t>(axes)...};
    return with(view().transposed(all));
  }
  [[nodiscard]] array squeezed() const { return with(view().squeezed()); }
  [[nodiscard]] array squeezed(std::int64_t axis) const { return with(view().squeezed(axis)); }
  [[nodiscard]] array expanded(std::int64_t axis) const { return with(view().expanded(axis)); }
  [[nodiscard]] array broadcast_to(const extents& sizes) const { return with(view().broadcast_to(sizes)); }
  /// The same elements in the same order in another shape, one size of which may be -1: a view where strides
  /// can say it, else a new array.
  template <std::integral... Sizes> [[nodiscard]] array reshaped(Sizes... sizes) const {
    const std::array<std::int64_t, sizeof...(Sizes)> all{static_cast<std::int64_t>(sizes)...};
    return reshaped_to(completed(all, shape()));
  }
  [[nodiscard]] array reshaped(const extents& sizes) const {
    const std::vector<std::int64_t> all(sizes.sizes().begin(), sizes.sizes().end());
    return reshaped_to(completed(all, shape()));
  }

  /// A new array of the same elements.
  [[nodiscard]] array copy() const {
    array made(where(), shape());
    made = *this;
    return made;
  }
  /// Itself when its elements lie in a row, else a copy: what algorithms take.
  [[nodiscard]] array packed() const { return state().in_a_row || view().is_contiguous() ? *this : copy(); }

  /// The elements as a part of the buffer, for launches and algorithms, which may write them. Throws
  /// argument_error unless they lie in a row: take packed() of what is only read.
  operator buffer_slice<T>() const { // NOLINT: an array in a row is one
    const layout::hull all = detail::hull_in_a_row(state());
    const buffer_slice<std::byte> bytes =
        state().memory.slice(all.begin * sizeof(T), (all.end - all.begin) * sizeof(T));
    const detail::flow_access part = bytes.access(access_mode::in);
    return {part.memory, part.where};
  }

  /// A copy of the elements, the last index running fastest. Blocks until it is there.
  [[nodiscard]] std::vector<T> to_vector() const {
    return where().owner().read(buffer_slice<T>(packed())).get();
  }

  // For clotho's own templates.
  static constexpr auto code = detail::code_of(detail::step::array, static_cast<std::uint8_t>(scalar_of<T>));
  void collect(detail::operand*& next) const { (next++)->array = &state(); }
  [[nodiscard]] const detail::array_state& state() const {
    if (!state_) detail::refuse_nameless();
    return *state_;
  }

  friend void swap(array& a, array& b) noexcept { a.state_.swap(b.state_); }

 private:
  template <class Other> array& assign_array(Other&& values) {
    if (!state_)
      state_ = std::forward<Other>(values).state_;
    else if (state_ != values.state_)
      assign(values);
    return *this;
  }
  [[nodiscard]] array with(const layout& view) const {
    array made;
    made.state_ = detail::make_state(where(), state().memory, scalar_of<T>, view);
    return made;
  }
  [[nodiscard]] array reshaped_to(const extents& sizes) const {
    if (const auto viewed = view().reshaped(sizes)) return with(*viewed);
    return copy().with(layout(sizes));
  }

  std::shared_ptr<const detail::array_state> state_;
};

/// New arrays.
template <class T> [[nodiscard]] array<T> full(const placement& where, const extents& sizes, T value) {
  array<T> made(where, sizes);
  if constexpr (std::same_as<T, half>)
    made.assign(to_double(value));
  else
    made.assign(value);
  return made;
}
template <class T> [[nodiscard]] array<T> zeros(const placement& where, const extents& sizes) {
  return full<T>(where, sizes, T{});
}
/// first, first + step, ...: so many.
template <class T>
[[nodiscard]] array<T> arange(const placement& where, std::size_t count, T first = T{}, T step = T{1}) {
  array<T> made(where, extents(count));
  made.assign(detail::as_operand<T>(detail::index_node()) * step + first);
  return made;
}
/// `count` values from `first` to `last`, both among them, the same distance apart.
template <std::floating_point T>
[[nodiscard]] array<T> linspace(const placement& where, T first, T last, std::size_t count) {
  return arange<T>(where, count, first, count < 2 ? T{} : (last - first) / static_cast<T>(count - 1));
}

namespace detail {

/// The elements that are shown, as an array of their own.
template <class T> [[nodiscard]] array<T> ends_of(array<T> what) {
  const extents whole = what.shape();
  for (std::size_t i = 0; i < whole.rank(); ++i) {
    const std::size_t shown = shown_of(whole, i);
    if (shown == whole[i]) continue;
    const auto axis = static_cast<std::int64_t>(i), each = static_cast<std::int64_t>(shown / 2);
    array<T> ends(what.where(), what.shape().without(i).with(i, shown));
    ends.sliced(axis, slice({}, each)) = what.sliced(axis, slice({}, each));
    ends.sliced(axis, slice(each)) = what.sliced(axis, slice(-each));
    swap(what, ends);
  }
  return what;
}

} // namespace detail

/// As NumPy prints: nested rows, three at each end of a dimension when there are more than 1000 elements.
/// Blocks: it reads what it shows.
template <class T> [[nodiscard]] std::string to_string(const array<T>& what) {
  std::vector<std::string> numbers;
  for (const T one : detail::ends_of(what).to_vector()) {
    if constexpr (std::same_as<T, half>)
      numbers.push_back(detail::number_text(static_cast<float>(to_double(one))));
    else if constexpr (std::floating_point<T>)
      numbers.push_back(detail::number_text(one));
    else if constexpr (std::is_signed_v<T>)
      numbers.push_back(detail::number_text(std::int64_t{one}));
    else
      numbers.push_back(detail::number_text(std::uint64_t{one}));
  }
  return detail::text_of(what.shape(), numbers);
}

} // namespace clotho
