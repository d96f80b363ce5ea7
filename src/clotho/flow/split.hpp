#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/flow/buffer.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/flow/loaded_program.hpp>

namespace clotho {

/// How a range is shared out to devices.
enum class split_policy : std::uint8_t {
  fixed,   ///< one chunk for each device; least overhead, as good as the shares are
  dynamic, ///< equal chunks, to whoever is free; for work that is uneven and comes without history
  adaptive ///< a small probe, then chunks that shrink, sized by measured speeds, so that all devices end together
};

struct split_options {
  split_policy how = split_policy::adaptive;
  /// One number for each device of the runtime: its part of the whole, in any unit; 0 leaves the device out. For `fixed`
  /// the shares, for the others a first guess. Empty: the speeds that were measured on earlier launches of the kernel,
  /// equal ones where there are none.
  std::vector<double> shares{};
  /// For `dynamic`; 0: 32 for each device.
  std::size_t chunks = 0;
};

/// A kernel that is to run on all devices of the runtime at once; see split.
class split_kernel {
 public:
  split_kernel(loaded_kernel what, split_options how) : kernel_(std::move(what)), options_(std::move(how)) {}
  [[nodiscard]] const loaded_kernel& kernel() const noexcept { return kernel_; }
  [[nodiscard]] const split_options& options() const noexcept { return options_; }

 private:
  loaded_kernel kernel_;
  split_options options_;
};

/// For runtime::launch: one launch shared out to all devices of the runtime.
///
///     rt.launch(clotho::split(saxpy), n, 2.0f, clotho::block(x), clotho::block(y));
///     rt.launch(clotho::split(blur, {.how = split_policy::dynamic}), {w, h}, clotho::halo(in, 1), clotho::block(out));
///
/// The range is divided along its last dimension that is not 1 (the rows of a picture), into chunks of any size, of whole
/// groups where the launch states a local size. Work-items see the global ids of the whole range and buffers of full
/// size, but of a buffer only what the chunk needs is there. So the launch says of each buffer what belongs to a chunk:
/// block, halo, or whole.
///
/// It is one task, in the order of submission, and fails as a whole. A device that fails is left out for the rest of
/// the launch, which is told to the log, and its chunk runs on another; not when the chunk may have spoilt data that
/// existed on the failed device only.
[[nodiscard]] inline split_kernel split(loaded_kernel kernel, split_options options = {}) {
  return {std::move(kernel), std::move(options)};
}

namespace detail {

/// What of a buffer belongs to a chunk of the indices.
enum class split_part : std::uint8_t { whole, block, halo };

template <flow_array A> constexpr std::size_t element_bytes(const A& /*of*/) noexcept { return sizeof(typename A::value_type); }
template <class T, access_mode Mode> constexpr std::size_t element_bytes(const accessed<T, Mode>& /*of*/) noexcept {
  return sizeof(T);
}

template <class T>
concept split_memory = requires(const T& what) {
  { detail::element_bytes(what) } -> std::same_as<std::size_t>;
};

} // namespace detail

/// One argument of a split launch: whole(x), block(x), halo(x, n), or what flow_argument takes; memory by itself is whole.
class split_argument {
 public:
  template <class T>
  requires(std::is_constructible_v<flow_argument, const T&> && !std::is_same_v<T, flow_argument>)
  split_argument(const T& what) : what_(what) {} // NOLINT
  split_argument(const flow_argument& what) : what_(what) {} // NOLINT

  /// For clotho's own templates.
  template <detail::split_memory T>
  split_argument(const T& what, detail::split_part part, std::size_t margin)
      : split_argument(flow_argument(what), part, margin, detail::element_bytes(what)) {}
  split_argument(const flow_argument& what, detail::split_part part, std::size_t margin, std::size_t element_bytes)
      : what_(what), part_(part), margin_(margin), element_bytes_(element_bytes) {}

  [[nodiscard]] const flow_argument& what() const noexcept { return what_; }
  [[nodiscard]] detail::split_part part() const noexcept { return part_; }
  [[nodiscard]] std::size_t margin() const noexcept { return margin_; }
  [[nodiscard]] std::size_t element_bytes() const noexcept { return element_bytes_; }
  void set_name(std::string_view name) noexcept { what_.set_name(name); }

 private:
  flow_argument what_;
  detail::split_part part_ = detail::split_part::whole;
  std::size_t margin_ = 0;
  std::size_t element_bytes_ = 1;
};

/// Every device needs all of it. Only for what is read.
template <detail::split_memory T> [[nodiscard]] split_argument whole(const T& what) {
  return {what, detail::split_part::whole, 0};
}

/// Index i of the divided dimension owns the elements [i * k, (i + 1) * k), where k is the size over the number of
/// indices, which must divide it. Indices begin at 0 also when the range has an offset.
template <detail::split_memory T> [[nodiscard]] split_argument block(const T& what) {
  return {what, detail::split_part::block, 0};
}

/// The block, and those of `margin` more indices on either side, as far as there are any. Only for what is read.
template <detail::split_memory T> [[nodiscard]] split_argument halo(const T& what, std::size_t margin) {
  return {what, detail::split_part::halo, margin};
}

/// By name: launch(split(k), range, arg("y", block(y)), arg("a", 2.0f)).
[[nodiscard]] inline split_argument arg(std::string_view name, const split_argument& what) {
  split_argument named(what);
  named.set_name(name);
  return named;
}

} // namespace clotho
