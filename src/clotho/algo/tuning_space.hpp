#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/algo/tuning.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/runtime/device_info.hpp>

namespace clotho {

/// A number that a primitive is built with, besides its shape.
struct tuning_number {
  std::string_view name;
  clotho::shape of;                   ///< the shape that reads it
  std::vector<std::uint32_t> choices; ///< what is worth trying, rising
  std::uint32_t least, most;          ///< what records may say
  std::uint32_t unit = 1;             ///< multiples of it
  bool is_power = false;              ///< powers of two
  std::string_view meaning = {};

  [[nodiscard]] bool allows(std::uint32_t value) const noexcept;
};

/// What records may say of a primitive. Each has a `shape`, too.
struct tunable {
  std::string_view name;
  std::vector<tuning_number> numbers;

  /// Null: it has no such number.
  [[nodiscard]] const tuning_number* find(std::string_view number) const noexcept;
};

/// All primitives, by name. What tuning files may say, what `clotho tune --primitive` tries, and what
/// docs/tuning.md lists.
[[nodiscard]] const std::vector<tunable>& tunable_primitives();
/// Null: there is no such primitive.
[[nodiscard]] const tunable* find_tunable(std::string_view name) noexcept;

/// "16 to 4096, a multiple of 16".
[[nodiscard]] std::string allowed_text(const tuning_number& number);

/// Why a device cannot have a primitive with these numbers, which are all that it has, on elements of `type`:
/// its groups are too small, or its local memory, or its driver cannot build or run that. Empty: it can, as
/// far as is known.
[[nodiscard]] std::string tuning_refusal(const device_info& on, std::string_view primitive, scalar type,
                                         const parameters& numbers);

} // namespace clotho
