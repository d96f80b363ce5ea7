#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <complex>
#include <cstdint>

namespace clotho::detail {

/// exp(-2 pi i k / n), as good as double can hold it: sine and cosine are taken of at most an eighth of a
/// turn. `n` is less than 2^60; k may be anything, also larger than n.
[[nodiscard]] std::complex<double> root_of_unity(std::uint64_t k, std::uint64_t n) noexcept;

} // namespace clotho::detail
