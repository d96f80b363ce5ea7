#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <span>
#include <vector>

#include <clotho/algo/detail/fft_device.hpp>

namespace clotho::detail {

/// Complex transforms along some axes of an array. Immutable: any thread may run it, also several at once.
class fft_stage {
 public:
  virtual ~fft_stage() = default;
  /// Submits it. `to` may be `from` itself if rows lie in both alike. The result is multiplied by `scale`.
  virtual future<void> run(const flat& from, const flat& to, fft_direction direction, double scale) const = 0;
};

/// Along axes of any lengths; the first one's rows may lie differently in `from` and `to`.
[[nodiscard]] std::vector<std::unique_ptr<fft_stage>> stages_for(const fft_device& on,
                                                                 std::span<const fft_axis> axes);

/// Runs one after the other, from `from` to `to`.
future<void> run_stages(std::span<const std::unique_ptr<fft_stage>> stages, const flat& from, const flat& to,
                        fft_direction direction, double scale);

} // namespace clotho::detail
