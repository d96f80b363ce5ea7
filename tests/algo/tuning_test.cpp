// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/algo/tuning.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/fake_devices.hpp>
#include <support/refusal.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

std::string refused(const char* text) {
  return refusal([&] { (void)tuning_table::parse(text, "my.tuning"); });
}

device_info some_device(device_type type, const char* name) {
  device_info made;
  made.type = type;
  made.name = name;
  made.platform_name = "Portable Computing Language";
  made.compiler_available = made.available = true;
  return made;
}

} // namespace

TEST_CASE("a later record wins where both fit") {
  const tuning_table table = tuning_table::parse(R"(# clotho tuning 1
*              *       *    shape=gpu
cpu            *       *    shape=cpu tile=4K
pocl           reduce  f32  tile=16K unroll=4
name=big_chip  reduce  *    tile=1M
)");
  const device_info cpu = some_device(device_type::cpu, "small"), gpu = some_device(device_type::gpu, "card");
  CHECK(table.look_up(cpu, "reduce", scalar::f32).shape() == shape::cpu);
  CHECK(table.look_up(gpu, "scan", scalar::f32).shape() == shape::gpu);
  CHECK(table.look_up(cpu, "scan", scalar::f32)["tile"] == 4096);
  CHECK(table.look_up(cpu, "reduce", scalar::f64)["tile"] == 4096);
  CHECK(table.look_up(cpu, "reduce", scalar::f32)["tile"] == 16384);
  CHECK(table.look_up(cpu, "reduce", scalar::f32)["unroll"] == 4);
  CHECK(table.look_up(some_device(device_type::cpu, "A Big Chip"), "reduce", scalar::f32)["tile"] == 1048576);
}

TEST_CASE("a table is written as it is read") {
  const char* const text = "# clotho tuning 1\n* * * shape=gpu\nname=a_b reduce f32 tile=16384 unroll=4\n";
  CHECK(to_string(tuning_table::parse(text)) == text);
}

TEST_CASE("what makes no sense is named by line and column") {
  CHECK(contains(refused("\n* reduce f33 tile=1"), "my.tuning:2:10: 'f33' is no type"));
  CHECK(contains(refused("* reduce f32"), "my.tuning:1:13: here should be NAME=NUMBER"));
  CHECK(contains(refused("* reduce f32 tile"), "'tile' is not NAME=NUMBER"));
  CHECK(contains(refused("* reduce f32 tile=x"), "'x' is no number"));
  CHECK(contains(refused("* reduce f32 tile=8G"), "below 4G"));
  CHECK(contains(refused("* reduce f32 shape=fpga"), "cpu or gpu, not 'fpga'"));
  CHECK(contains(refused("gpuu reduce f32 tile=1"), "my.tuning:1:1: "));
  CHECK(contains(refused("*"), "the name of a primitive"));
}

TEST_CASE("what is shipped says a shape for every device") {
  const auto shape_on = [](device_type type) {
    return tuning_table::shipped().look_up(some_device(type, "x"), "reduce", scalar::f32).shape();
  };
  CHECK(shape_on(device_type::cpu) == shape::cpu);
  CHECK(shape_on(device_type::gpu) == shape::gpu);
  CHECK(shape_on(device_type::accelerator) == shape::gpu);
}

TEST_CASE("names that are to be known are, and nearest ones are proposed") {
  const auto refused_name = [](const char* text) {
    return refusal([&] { (void)tuning_table::parse(text, "my.tuning", tuning_names::known); });
  };
  CHECK(refused_name("* scan f32 tile_bytes=64K shape=cpu\n* mine@0123 * X=3\n* * * shape=gpu")
        == "not refused");
  CHECK(contains(refused_name("\n* scam * tile_bytes=64K"),
                 "my.tuning:2:3: there is no primitive 'scam' in this clotho; did you mean 'scan'?"));
  CHECK(contains(refused_name("* scan * tile_byte=64K"),
                 "my.tuning:1:10: scan has no number 'tile_byte'; did you mean 'tile_bytes'?"));
  CHECK(contains(refused_name("* stencil * tile=1K group=48"),
                 "group of stencil is 1 to 4096, a power of two"));
  CHECK(contains(refused_name("* stencil * tile=1000"), "16 to 1048576, a multiple of 16"));
}

TEST_CASE("a number that nobody gave is missed by name") {
  CHECK(contains(refusal([] { (void)parameters()["tile"]; }), "nothing about 'tile'"));
}
