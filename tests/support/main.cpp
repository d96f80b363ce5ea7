// SPDX-License-Identifier: Apache-2.0
// The main function of every test executable: doctest, plus counted skips.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

#include "support/skip.hpp"

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  const int status = context.run();
  const auto& skipped = clotho::test::skipped();
  for (const auto& skip : skipped) std::printf("[skipped] %s: %s\n", skip.test.c_str(), skip.reason.c_str());
  if (!skipped.empty()) std::printf("[skipped] %zu in all\n", skipped.size());
  if (status == 0 && clotho::test::cases_run() > 0 && skipped.size() >= clotho::test::cases_run()) {
    std::printf("every test was skipped: nothing was tested\n");
    return 1;
  }
  return status;
}
