#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <clotho/job/condition.hpp>

namespace clotho::job {

/// A choice for each parameter, in the order of their names.
using tuning_choice = std::vector<std::pair<std::string, std::uint32_t>>;
/// "UNROLL=2 WG=64"; `shape`, which primitives have, as its word.
[[nodiscard]] std::string to_string(const tuning_choice& choice);

/// The choices there are for a kernel's parameters, without those that restrictions rule out.
class tuning_space {
 public:
  /// `choices`: texts of whole numbers below 2^32 for each name; `fixed` says what else restrictions may
  /// name. Throws argument_error: another text, a restriction that cannot be evaluated, more than a million
  /// choices, or none left.
  tuning_space(const std::map<std::string, std::vector<std::string>>& choices,
               std::span<const condition> restrictions, const symbol_lookup& fixed);
  /// The same for numbers, of which `allowed` says what counts.
  tuning_space(const std::map<std::string, std::vector<std::uint32_t>>& choices,
               const std::function<bool(const tuning_choice&)>& allowed);

  [[nodiscard]] std::size_t size() const noexcept { return allowed_.size(); }
  /// How many there are without restrictions.
  [[nodiscard]] std::size_t unrestricted() const noexcept { return unrestricted_; }
  [[nodiscard]] tuning_choice operator[](std::size_t i) const;
  /// Those that differ in one parameter, by one step among its choices. By index.
  [[nodiscard]] std::vector<std::size_t> neighbours(std::size_t i) const;

 private:
  struct parameter {
    std::string name;
    std::vector<std::uint32_t> choices;
  };
  void add(const std::string& name, const std::vector<std::uint32_t>& choices);
  void keep(const std::function<bool(const tuning_choice&)>& allowed);
  [[nodiscard]] tuning_choice decode(std::uint64_t code) const;

  std::vector<parameter> parameters_;
  std::vector<std::uint32_t> allowed_; ///< codes, rising: mixed radix, the last parameter running fastest
  std::size_t unrestricted_ = 1;
};

} // namespace clotho::job
