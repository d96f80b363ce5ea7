// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/core/glob.hpp>

using clotho::matches_any_glob;
using clotho::matches_glob;

TEST_CASE("a pattern must fit the whole text") {
  CHECK(matches_glob("saxpy", "saxpy"));
  CHECK(matches_glob("saxpy", "sax*"));
  CHECK(matches_glob("saxpy", "*"));
  CHECK(matches_glob("saxpy", "*x*y"));
  CHECK(matches_glob("saxpy", "s?x?y"));
  CHECK(matches_glob("saxpy", "saxpy**"));
  CHECK(matches_glob("abab", "*ab"));
  CHECK(matches_glob("", "*"));
  CHECK(matches_glob("", ""));
  CHECK_FALSE(matches_glob("saxpy", "sax"));
  CHECK_FALSE(matches_glob("sax", "saxpy"));
  CHECK_FALSE(matches_glob("saxpy", "*z*"));
  CHECK_FALSE(matches_glob("saxpy", "SAXPY"));
  CHECK_FALSE(matches_glob("", "?"));
}

TEST_CASE("a pattern with many stars ends soon") {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  CHECK_FALSE(matches_glob(std::string(999, 'a'), pattern));
  CHECK(matches_glob(std::string(1000, 'a'), pattern));
  CHECK_FALSE(matches_glob(std::string(5000, 'a') + "b", pattern));
}

TEST_CASE("one pattern of a list is enough") {
  CHECK(matches_any_glob("scan", "reduce, sc*"));
  CHECK_FALSE(matches_any_glob("scan", "reduce,gemm*"));
  CHECK_FALSE(matches_any_glob("scan", ""));
}
