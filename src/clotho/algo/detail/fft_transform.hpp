#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <clotho/algo/detail/fft_device.hpp>
#include <clotho/algo/detail/fft_stage.hpp>

namespace clotho::detail {

/// Transforms of arrays of some shape, `batch` of them one after the other. Immutable: any thread may use it.
class fft_transform {
 public:
  virtual ~fft_transform() = default;
  /// `to` may be `from` itself if both are complex. Results are multiplied by `scale`.
  virtual future<void> forward(const flat& from, const flat& to, double scale) const = 0;
  virtual future<void> inverse(const flat& from, const flat& to, double scale) const = 0;
};

/// Complex numbers to complex numbers.
[[nodiscard]] std::shared_ptr<const fft_transform>
make_complex_transform(const fft_device& on, std::span<const std::uint64_t> shape, std::uint64_t batch);
/// Real numbers to half their spectrum.
[[nodiscard]] std::shared_ptr<const fft_transform>
make_real_transform(const fft_device& on, std::span<const std::uint64_t> shape, std::uint64_t batch);

} // namespace clotho::detail
