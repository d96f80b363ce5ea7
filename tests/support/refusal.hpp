#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/core/error.hpp>

namespace clotho::test {

/// What `f` throws, in words; "not refused" when it throws nothing.
template <class F> std::string refusal(F f) {
  try {
    f();
  } catch (const error& refused) {
    return refused.what();
  }
  return "not refused";
}

} // namespace clotho::test
