#pragma once
// SPDX-License-Identifier: Apache-2.0

namespace clotho {

/// The version of the library, as in its package; part of every cache key.
inline constexpr const char* version_string = "0.1.0";

} // namespace clotho
