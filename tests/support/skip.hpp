#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string>
#include <vector>

namespace clotho::test {

struct skip {
  std::string test;
  std::string reason;
};

/// The skips of this run so far.
const std::vector<skip>& skipped();
/// How many test cases have started.
std::size_t cases_run();
/// Notes that the running test case lacks something, named by `reason`.
void note_skip(const std::string& reason);

} // namespace clotho::test

/// Leaves the test case, which counts as skipped, naming the capability that is missing.
#define CLOTHO_SKIP(reason)                                                                                  \
  do {                                                                                                       \
    ::clotho::test::note_skip(reason);                                                                       \
    return;                                                                                                  \
  } while (false)
