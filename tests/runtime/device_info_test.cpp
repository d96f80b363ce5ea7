// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/runtime/device_info.hpp>

#include "support/fake_devices.hpp"

using namespace clotho;

TEST_CASE("parse_version") {
  CHECK(parse_version("OpenCL 3.0 PoCL 3.1+debian") == version{3, 0});
  CHECK(parse_version("OpenCL C 1.2 (Oclgrind 21.10)") == version{1, 2});
  CHECK(parse_version("2.1") == version{2, 1});
  SUBCASE("no version in it") {
    CHECK(parse_version("") == version{});
    CHECK(parse_version("OpenCL") == version{});
    CHECK(parse_version("OpenCL 3") == version{});
    CHECK(parse_version("OpenCL 3.") == version{});
    CHECK(parse_version("OpenCL 3x0") == version{});
  }
}

TEST_CASE("versions are ordered by number") {
  CHECK(version{1, 2} < version{2, 0});
  CHECK(version{3, 0} < version{3, 10});
}

TEST_CASE("device types have names") {
  CHECK(std::string(to_string(device_type::cpu)) == "cpu");
  CHECK(std::string(to_string(device_type::gpu)) == "gpu");
  CHECK(std::string(to_string(device_type::accelerator)) == "accelerator");
  CHECK(std::string(to_string(device_type::other)) == "other");
}

TEST_CASE("an extension is looked up as a whole word") {
  const device_info device = test::pocl();
  CHECK(device.has_extension("cl_khr_fp64"));
  CHECK_FALSE(device.has_extension("cl_khr_fp"));
  CHECK_FALSE(device.has_extension(""));
}
