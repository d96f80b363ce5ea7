#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/flow/buffer.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// What is transformed.
enum class fft_kind : std::uint8_t {
  complex, ///< complex numbers to as many
  real ///< real numbers to the half of their spectrum that says all: n/2 + 1 complex numbers for n in a row
};

/// Where factors go, for n numbers of a transform; forward and inverse together change nothing, except with
/// none.
enum class fft_scale : std::uint8_t {
  inverse, ///< the inverse is divided by n
  both,    ///< both are divided by the square root of n
  none     ///< neither
};

namespace detail {

class fft_transform;

struct fft_operand {
  flat numbers; // real and imaginary parts are numbers of their own
  bool is_complex;
};

template <class V> inline constexpr bool is_complex_number = false;
template <class V> inline constexpr bool is_complex_number<std::complex<V>> = true;

/// A buffer of T or std::complex<T>, or a part of one.
template <class A, class T>
concept fft_array = flow_array<A> &&(
    std::same_as<typename A::value_type, T> || std::same_as<typename A::value_type, std::complex<T>>);

template <class T, fft_array<T> A> [[nodiscard]] fft_operand fft_operand_of(const A& what) {
  return {{all_of(what).as_bytes(), scalar_of<T>}, is_complex_number<typename A::value_type>};
}

/// fft_plan without its type.
class fft_state {
 public:
  fft_state(const placement& where, scalar type, const std::vector<std::size_t>& shape, std::size_t batch,
            fft_kind kind, fft_scale scale);
  [[nodiscard]] future<void> forward(const fft_operand& from, const fft_operand& to) const;
  [[nodiscard]] future<void> inverse(const fft_operand& from, const fft_operand& to) const;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t spectrum_size() const noexcept { return spectrum_size_; }

 private:
  placement where_;
  fft_kind kind_;
  std::size_t size_, spectrum_size_;
  double forward_scale_, inverse_scale_;
  std::shared_ptr<const fft_transform> transform_;
};

} // namespace detail

/// Discrete Fourier transforms of arrays of one shape, in 1, 2, 3 or more dimensions: forward
///
///     y[k] = sum over j of x[j] exp(-2 pi i j k / n),
///
/// along each axis, and the inverse, with the other sign. Arrays lie in rows, the last axis together, `batch`
/// of them one after the other. Of real arrays the spectrum has shape[last] / 2 + 1 numbers in a row; the
/// others are their conjugates. The inverse takes a spectrum for one of real numbers: what imaginary parts
/// say against that is ignored, or changes the result.
///
/// Any lengths: O(n log n). Those made of 2, 3, 5 and 7 are fastest; others take the chirp transform, about
/// five times as long. Axes of one array have less than 2^31 points together, and a batch has less than 2^31
/// rows.
///
/// Results are as good as the type: relative error, in the sense of squares, below 1e-6 for float and 1e-14
/// for double at up to 2^22 points. They depend on the shape, the batch and the kind of device, never on how
/// work is spread.
///
/// A plan holds tables of roots, computed in double: about an eighth of the data of one array, for what
/// kernels share in all. Making one takes about as long as some transforms; the kernels are built once for a
/// type and a device. It is a handle; safe from any thread, any number of transforms at once. The runtime
/// must outlive it. Transforms take temporary memory, up to once the batch for powers of small primes, and
/// four times and more for other lengths.
///
/// Sources: Stockham's formulation (Cochran et al., What is the fast Fourier transform?, 1967), Bailey's
/// passes for memory (FFTs in external or hierarchical memory, 1990), and Bluestein's chirp (1970).
template <std::floating_point T = float> class fft_plan {
  static_assert(std::same_as<T, float> || std::same_as<T, double>, "transforms are of float or double");

 public:
  /// For arrays of `shape`: {rows, columns}. Throws argument_error for empty shapes, lengths of 0 and what is
  /// too large, capability_error when the device cannot calculate with double.
  explicit fft_plan(const placement& where, const std::vector<std::size_t>& shape, std::size_t batch = 1,
                    fft_kind kind = fft_kind::complex, fft_scale scale = fft_scale::inverse)
      : state_(std::make_shared<const detail::fft_state>(where, scalar_of<T>, shape, batch, kind, scale)) {}

  /// Numbers that arrays have, all of the batch together.
  [[nodiscard]] std::size_t size() const noexcept { return state_->size(); }
  /// Complex numbers that their spectra have.
  [[nodiscard]] std::size_t spectrum_size() const noexcept { return state_->spectrum_size(); }

  /// Submits the transform of `x`, which has size() numbers, to `y`, which has spectrum_size(). Returns at
  /// once. Complex arrays may be transformed in place: `y` is `x` then. Throws argument_error for wrong
  /// sizes, numbers of the wrong kind, and where x and y overlap otherwise.
  template <detail::fft_array<T> X, detail::fft_array<T> Y>
  future<void> forward(const X& x, const Y& y) const {
    return state_->forward(detail::fft_operand_of<T>(x), detail::fft_operand_of<T>(y));
  }
  /// The inverse, from a spectrum `y`, which stays as it is, to `x`; otherwise the same.
  template <detail::fft_array<T> Y, detail::fft_array<T> X>
  future<void> inverse(const Y& y, const X& x) const {
    return state_->inverse(detail::fft_operand_of<T>(y), detail::fft_operand_of<T>(x));
  }

 private:
  std::shared_ptr<const detail::fft_state> state_;
};

} // namespace clotho
