#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdio>

#include <png.h>

namespace clotho::detail {

/// libpng and what it said last. It reports an error by longjmp, which must not skip a destructor: so every
/// call of libpng that can fail sits in a noexcept function of trivial locals that begins with `if
/// (setjmp(...)) return false;`, and all objects live in the callers of those.
struct png_state {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::array<char, 160> message{};

  png_state() = default;
  png_state(const png_state&) = delete;
  png_state& operator=(const png_state&) = delete;
};

[[noreturn]] inline void on_png_error(png_structp png, png_const_charp text) {
  auto* state = static_cast<png_state*>(png_get_error_ptr(png));
  std::snprintf(state->message.data(), state->message.size(), "%s", text);
  png_longjmp(png, 1);
}

/// A warning concerns what pixels do not depend on, and the library never prints.
inline void on_png_warning(png_structp, png_const_charp) {}

inline constexpr png_uint_32 largest_png_side = 1'000'000;

} // namespace clotho::detail
