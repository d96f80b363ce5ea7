#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <doctest/doctest.h>

#include <cstdlib>
#include <string_view>

#include "sched/model/explorer.hpp"

namespace clotho::model {

/// CLOTHO_MODEL=report shows how much was searched; CLOTHO_MODEL=all also asks for the sizes that take
/// minutes.
inline std::string_view asked_for() {
  const char* const asked = std::getenv("CLOTHO_MODEL");
  return asked == nullptr ? "" : asked;
}
inline bool all_sizes() { return asked_for() == "all"; }

/// No execution violates, all were explored, and there were at least so many states.
inline void expect_correct(const result& found, std::size_t states) {
  CHECK_MESSAGE(found.violation.empty(), found.violation << "\n" << found.trace);
  CHECK(found.complete);
  CHECK(found.states >= states);
  if (!asked_for().empty())
    MESSAGE(found.states << " states, " << found.executions << " executions, " << found.endings
                         << " to the end, " << found.steps << " steps, " << found.seconds << " s");
}

/// The checker finds that something is wrong.
inline void expect_violation(const result& found, std::string_view part = {}) {
  CHECK_MESSAGE(found.violation.find(part) != std::string::npos, found.violation);
  CHECK(!found.violation.empty());
  CHECK(!found.trace.empty());
  if (!asked_for().empty())
    MESSAGE(found.violation << " (" << found.executions << " executions, " << found.seconds << " s)");
}

} // namespace clotho::model
