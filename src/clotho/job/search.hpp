#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <clotho/job/tuning_space.hpp>

namespace clotho::job {

/// In which order the choices of a space are tried. The same seed and the same times give the same order.
class search {
 public:
  virtual ~search() = default;
  /// The next to try, by index, none twice; empty: there are no more.
  [[nodiscard]] virtual std::optional<std::size_t> next() = 0;
  /// How the last one did: seconds, or nothing when it is out of the question.
  virtual void tell(std::optional<double> seconds) = 0;
};

/// "exhaustive": all, in order. "random": all, shuffled. "local": from random places along the best
/// neighbours, until none is better (steepest descent with restarts). `space` must outlive it. Throws
/// argument_error for another word, with the nearest one.
[[nodiscard]] std::unique_ptr<search> make_search(std::string_view strategy, const tuning_space& space,
                                                  std::uint64_t seed);

} // namespace clotho::job
