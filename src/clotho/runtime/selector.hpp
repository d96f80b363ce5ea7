#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/runtime/device_info.hpp>

namespace clotho {

/// Which devices somebody wants: one grammar for the API, CLOTHO_DEVICES and the command line.
///
///     selector  = [ word { "," word } ]        every word adds its devices, in this order, none twice
///     word      = condition { "+" condition } [ ":" N ]
///     condition = "gpu" | "cpu" | "accelerator" | "other"
///               | "pocl" | "rusticl" | "clover" | "mesa" | "oclgrind" | "nvidia" | "amd" | "intel" | "arm"
///               | "qualcomm" | "apple"         whose driver it is; "mesa" is rusticl or clover
///               | "mali"                       the GPU family, whoever's driver
///               | "fp64" | "fp16" | "images" | "spirv" | "svm"
///               | "sync"                       runs in the submitting thread (PoCL's basic, cpu-minimal)
///               | "sub"                        sub-devices, which no other word matches
///               | "all"                        every match of the word instead of one
///               | "exclusive"                  for this process alone; see device_claim
///               | "cl>=" VERSION | "mem>=" SIZE | "cu>=" COUNT
///               | "name=" TEXT | "platform=" TEXT | "vendor=" TEXT | "driver=" TEXT    contained in it
///               | "uuid=" HEX                  its first digits; '-' does not count
///
/// Case never matters; space around a part is ignored. ">=" may be written "=", which needs no quoting in a
/// shell. A TEXT ends at ',', '+' or ':'.
///
/// A word takes the best of its matches (see select); with ":N" the N-th in the order of the list, from 0;
/// with "all" every one. Devices that are unavailable, have no compiler, are hidden by a quirk or listed
/// twice match only when the word has a "name=", "uuid=" or ":N".
///
/// The empty selector takes the best device of all.
class selector {
 public:
  /// Takes the best device.
  selector() = default;

  /// Throws selection_error (bad_selector) that says what is wrong, what can be written, and which of
  /// `devices` exist.
  [[nodiscard]] static selector parse(std::string_view text, std::span<const device_info> devices = {});

  /// As it was given.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return words_.empty(); }

 private:
  friend class selection;

  enum class kind {
    type,
    family,
    fp64,
    fp16,
    images,
    spirv,
    svm,
    sync,
    sub,
    all,
    exclusive,
    cl,
    mem,
    cu,
    name,
    platform,
    vendor,
    driver,
    uuid
  };
  struct condition {
    kind what;
    std::string text;         ///< as written, lower case; for texts the value alone
    std::uint64_t number = 0; ///< bytes, units, or an OpenCL version as 100 * major + minor
  };
  struct word {
    std::string text;
    std::vector<condition> conditions;
    std::optional<std::uint64_t> index;
  };
  friend class selector_parser;

  std::string text_;
  std::vector<word> words_;
};

/// Asked for each device that a word with "exclusive" may take, the best first, until one is granted, with "all" for each:
/// returns an empty text when it is, otherwise why not.
using device_claim = std::function<std::string(std::size_t i)>;

/// The positions of the devices `wanted` names, in its order, none twice; never empty.
///
/// Best means, the first difference deciding: not put last by a quirk; gpu before accelerator, cpu, other;
/// full before embedded profile; more memory of its own; more compute units times clock; earlier in the list.
/// Throws selection_error (no_match) that says for every device why it was refused, or, without any device,
/// what to install; (in_use) when `claim` does not grant what a word with "exclusive" needs. Without a `claim` everything
/// is granted.
[[nodiscard]] std::vector<std::size_t> select(const selector& wanted, std::span<const device_info> devices,
                                              std::string_view quirk_overrides = {}, const device_claim& claim = {});

/// Parses and selects; errors in `wanted` name the devices that exist.
[[nodiscard]] std::vector<std::size_t> select(std::string_view wanted, std::span<const device_info> devices,
                                              std::string_view quirk_overrides = {}, const device_claim& claim = {});

/// A short selector for devices[i] alone, to paste: "pocl:0", "nvidia:1", "pocl+sub:2".
[[nodiscard]] std::string canonical_selector(std::size_t i, std::span<const device_info> devices);

} // namespace clotho
