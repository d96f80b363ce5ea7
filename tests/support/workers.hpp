#pragma once
// SPDX-License-Identifier: Apache-2.0

namespace clotho::test {

/// Sizes of pools to test with: inline, one, two, and more than there are cores.
inline constexpr unsigned worker_counts[] = {0, 1, 2, 8, 64};

} // namespace clotho::test
