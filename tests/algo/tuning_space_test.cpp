// SPDX-License-Identifier: Apache-2.0
// What primitives can be tuned by.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include <clotho/algo/tuning_space.hpp>
#include <clotho/core/os/file.hpp>
#include <support/contains.hpp>
#include <support/fake_devices.hpp>

using namespace clotho;
using test::contains;

namespace {

device_info some_device(device_type type) {
  device_info made = test::neutral_device();
  made.type = type;
  return made;
}

std::string refused(const device_info& on, std::string_view primitive, const std::string& numbers,
                    scalar type = scalar::f32) {
  tuning_table table = tuning_table::shipped();
  table.append(tuning_table::parse("* " + std::string(primitive) + " * " + numbers));
  return tuning_refusal(on, primitive, type, table.look_up(on, primitive, type));
}

} // namespace

TEST_CASE("every number has choices that are allowed, and what clotho comes with is among what is allowed") {
  for (const tunable& primitive : tunable_primitives())
    for (const tuning_number& number : primitive.numbers) {
      CAPTURE(primitive.name);
      CAPTURE(number.name);
      CHECK(number.choices.size() > 1);
      CHECK(std::is_sorted(number.choices.begin(), number.choices.end()));
      CHECK(!number.meaning.empty());
      for (const std::uint32_t choice : number.choices) CHECK(number.allows(choice));
      for (const device_type type : {device_type::cpu, device_type::gpu}) {
        const parameters standard =
            tuning_table::shipped().look_up(some_device(type), primitive.name, scalar::f32);
        CHECK(number.allows(standard[number.name]));
      }
    }
}

TEST_CASE("what clotho comes with speaks of primitives that there are") {
  (void)tuning_table::parse(to_string(tuning_table::shipped()), "shipped", tuning_names::known);
  for (const device_type type : {device_type::cpu, device_type::gpu})
    for (const tunable& primitive : tunable_primitives())
      CHECK(refused(some_device(type), primitive.name, "shape=gpu", scalar::f64).empty());
}

TEST_CASE("the documentation lists every number, and what it may be") {
  const std::string page = os::read_text(CLOTHO_TUNING_PAGE);
  for (const tunable& primitive : tunable_primitives()) {
    CHECK(contains(page, std::string(primitive.name).c_str()));
    for (const tuning_number& number : primitive.numbers) {
      const std::string row = "| " + std::string(primitive.name) + " | " + std::string(number.name) + " | "
                              + (number.of == shape::cpu ? "cpu" : "gpu") + " | " + allowed_text(number)
                              + " | " + std::string(number.meaning) + " |\n";
      CAPTURE(row);
      CHECK(contains(page, row.c_str()));
    }
  }
}

TEST_CASE("primitives are found by name") {
  REQUIRE(find_tunable("scan") != nullptr);
  CHECK(find_tunable("scan")->find("tile_bytes") != nullptr);
  CHECK(find_tunable("scan")->find("tile") == nullptr);
  CHECK(find_tunable("scam") == nullptr);
}

TEST_CASE("what a device cannot do is refused in words") {
  device_info small = some_device(device_type::gpu);
  small.max_work_group_size = 64;
  small.local_memory_bytes = 8 << 10;
  CHECK(refused(small, "stencil", "group=64").empty());
  CHECK(refused(small, "stencil", "group=128") == "groups of 128 work-items, and the device has 64 at most");
  CHECK(refused(small, "stencil", "shape=cpu group=128").empty());
  CHECK(contains(refused(small, "gemm", "group=16 each=1"), "groups of 256 work-items"));
  CHECK(contains(refused(small, "gemm", "group=8 each=8"), "of local memory, and the device has 8192"));
  CHECK(refused(small, "transpose", "tile=8", scalar::u64).empty());
  device_info large = some_device(device_type::gpu);
  large.local_memory_bytes = 1 << 20;
  CHECK(contains(refused(large, "sort", "group=1024 items=64"), "32768 keys"));
  CHECK(contains(refused(some_device(device_type::cpu), "scan", "single_pass=1"), "as PoCL's do"));
}
