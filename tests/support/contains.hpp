#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>

namespace clotho::test {

/// Whether `part` stands anywhere in `text`.
inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

} // namespace clotho::test
