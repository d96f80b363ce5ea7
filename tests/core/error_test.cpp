// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/log.hpp>

using namespace clotho;

TEST_CASE("an error says call, code by name, and object") {
  const error failure(-61, "clCreateBuffer", "8 GiB on 'pocl'");
  CHECK(std::string(failure.what()) == "clCreateBuffer: CL_INVALID_BUFFER_SIZE (8 GiB on 'pocl')");
  CHECK(failure.code() == -61);
  CHECK(failure.call() == "clCreateBuffer");
  CHECK(failure.object() == "8 GiB on 'pocl'");
  CHECK(std::string(error("plain words").what()) == "plain words");
}

TEST_CASE("every code has a name, known or not") {
  CHECK(code_name(0) == "CL_SUCCESS");
  CHECK(code_name(-1001) == "CL_PLATFORM_NOT_FOUND_KHR");
  CHECK(code_name(-12345) == "CL_UNKNOWN_ERROR_-12345");
}

TEST_CASE("a build error lists the errors, or the log when there are none") {
  const build_error listed(
      -11, "a.cl", "gpu",
      {{{"a.cl", 3, 5}, severity::error, "no"}, {{"a.cl", 4, 1}, severity::warning, "hm"}}, "log");
  CHECK(std::string(listed.what()) == "a.cl does not build for 'gpu'\na.cl:3:5: error: no");
  CHECK(std::string(build_error(-11, "a.cl", "gpu", {}, "").what())
        == "a.cl does not build for 'gpu'; the compiler left no log");
  CHECK(listed.code() == -11);
}

TEST_CASE("places are written as far as they are known") {
  CHECK(to_string(source_location{"a.cl", 3, 5}) == "a.cl:3:5");
  CHECK(to_string(source_location{"a.cl", 3, 0}) == "a.cl:3");
  CHECK(to_string(source_location{"", 3, 0}) == "line 3");
  CHECK(std::string(format_error({"p.toml", 2, 1}, "no such key").what()) == "p.toml:2:1: no such key");
}

TEST_CASE("checked arithmetic never wraps") {
  constexpr std::size_t most = static_cast<std::size_t>(-1);
  CHECK(checked_add<std::size_t>(most - 1, 1) == most);
  CHECK_FALSE(checked_add<std::size_t>(most, 1));
  CHECK(checked_multiply<std::size_t>(1u << 16, 1u << 16) == std::size_t{1} << 32);
  CHECK_FALSE(checked_multiply<std::size_t>(most, 2));
  const std::vector<std::size_t> huge{most, most, 0};
  CHECK(checked_product(std::span<const std::size_t>(huge)) == std::size_t{0});
  CHECK_THROWS_WITH_AS(static_cast<void>(checked_cast<std::uint8_t>(300, "count")),
                       "count 300 is out of range", argument_error);
}

TEST_CASE("a log hook that throws does no harm") {
  const log_sink sink([](log_level, std::string_view) { throw 1; });
  sink(log_level::error, "x");
  log_sink()(log_level::error, "nobody listens");
}
