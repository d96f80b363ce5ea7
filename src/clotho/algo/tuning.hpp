#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/algo/placement.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/runtime/device_info.hpp>

namespace clotho {

/// How a primitive's kernels are written: for one work-item a chunk, as CPU devices like it, or for groups
/// that share local memory, as GPUs do.
enum class shape : std::uint8_t { cpu, gpu };

/// Numbers that a primitive is built with on one device, by name; `shape` among them.
class parameters {
 public:
  /// Throws argument_error when it has no such number.
  [[nodiscard]] std::uint32_t operator[](std::string_view name) const;
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const noexcept;
  [[nodiscard]] clotho::shape shape() const { return static_cast<clotho::shape>((*this)["shape"]); }
  /// Adds or replaces.
  void set(std::string_view name, std::uint32_t value);
  [[nodiscard]] const std::vector<std::pair<std::string, std::uint32_t>>& all() const noexcept {
    return values_;
  }

 private:
  std::vector<std::pair<std::string, std::uint32_t>> values_; // a handful
};

/// Which names and numbers a tuning text may have: any, or those of <clotho/algo/tuning_space.hpp>, besides
/// kernels of users, whose names have an '@'.
enum class tuning_names : std::uint8_t { any, known };

/// Which numbers primitives are built with, on which devices, for which elements. As text, a line a record:
///
///     # SELECTOR  PRIMITIVE  TYPE  NAME=NUMBER...
///     cpu         *          *     shape=cpu
///     pocl        reduce     f32   tile=16384 unroll=4
///
/// A later line wins over an earlier one where both fit: begin with what holds for many devices. The selector
/// is a word as <clotho/runtime/selector.hpp> has them, with `*` for any device and `_` for a space in a
/// name; the type is one of i8 to f64, or `*`. A number may end in K or M, for 1024 and its square; the shape
/// is `cpu` or `gpu`.
class tuning_table {
 public:
  struct record {
    std::string selector, primitive;
    std::optional<scalar> type;
    parameters numbers;
  };

  /// No records.
  tuning_table() = default;
  /// Throws format_error, which names line and column; `source` is what it calls the text.
  [[nodiscard]] static tuning_table parse(std::string_view text, std::string_view source = "tuning",
                                          tuning_names names = tuning_names::any);
  /// What clotho comes with.
  [[nodiscard]] static const tuning_table& shipped();

  /// Puts a record after these.
  void add(record one) { records_.push_back(std::move(one)); }
  /// Puts the records of `more` after these.
  void append(const tuning_table& more);
  [[nodiscard]] const std::vector<record>& records() const noexcept { return records_; }
  /// The numbers for a primitive on elements of `type`.
  [[nodiscard]] parameters look_up(const device_info& on, std::string_view primitive, scalar type) const;

 private:
  std::vector<record> records_;
};

/// The table as text, which parse() reads.
[[nodiscard]] std::string to_string(const tuning_table& table);

/// Whether a record's selector names the device.
[[nodiscard]] bool fits(const tuning_table::record& one, const device_info& on);

/// From now on primitives of this runtime are built as `more` says, and where it says nothing as before. What
/// runs stays as it is. Safe from any thread.
void tune(const runtime& owner, const tuning_table& more);

} // namespace clotho
