// SPDX-License-Identifier: Apache-2.0
// What was found best is found again: on the device, and for want of better on others like it.
#include <doctest/doctest.h>

#include <clotho/algo/tuning_files.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/job/tuning_store.hpp>

#include "damage.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::job;
using namespace clotho::test;

namespace {

device_info processor(std::string name) {
  device_info device;
  device.platform_name = "Portable Computing Language";
  device.platform_version = "OpenCL 3.0 PoCL 3.1";
  device.name = std::move(name);
  device.type = device_type::cpu;
  return device;
}
device_info graphics(std::string name, std::string platform) {
  device_info device;
  device.platform_name = std::move(platform);
  device.name = std::move(name);
  device.type = device_type::gpu;
  return device;
}

const device_info xeon = processor("pthread-skylake-avx512-Intel(R) Xeon(R) Gold 6154");
const device_info other_xeon = processor("pthread-skylake-avx512-Intel(R) Core(TM) i9");
const device_info ryzen = processor("pthread-znver3-AMD Ryzen 9 5950X");
const device_info a100 = graphics("NVIDIA A100-SXM4-40GB", "NVIDIA CUDA");
const device_info radeon = graphics("gfx90a:sramecc+:xnack-", "AMD Accelerated Parallel Processing");

struct store_fixture {
  std::string found(const device_info& on, const std::string& name = "k@1") const {
    const auto record = store.find(on, name);
    return record ? record->selector + ": " + to_string(record->choice) : "nothing";
  }
  temporary_folder folder;
  tuning_store store{folder / "tuning"};
};

} // namespace

TEST_CASE("selectors go from the type to the device") {
  CHECK(tuning_selectors(xeon)
        == std::vector<std::string>{"cpu", "pocl", "pocl+name=skylake-avx512",
                                    "name=pthread-skylake-avx512-Intel(R)_Xeon(R)_Gold_6154"});
  CHECK(tuning_selectors(radeon) == std::vector<std::string>{"gpu", "amd", "name=gfx90a"});
  CHECK(tuning_selectors(graphics("", "Unheard Of")) == std::vector<std::string>{"gpu"});
}

TEST_CASE_FIXTURE(store_fixture, "a record serves the device, then its architecture, its vendor, its type") {
  CHECK(found(xeon) == "nothing");
  store.save(xeon, "k@1", {{"UNROLL", 4}, {"WG", 64}});
  CHECK(found(xeon) == "name=pthread-skylake-avx512-Intel(R)_Xeon(R)_Gold_6154: UNROLL=4 WG=64");
  CHECK(found(other_xeon) == "pocl+name=skylake-avx512: UNROLL=4 WG=64");
  CHECK(found(ryzen) == "pocl: UNROLL=4 WG=64");
  device_info stranger = processor("x");
  stranger.platform_name = "Another", stranger.platform_version = "OpenCL 3.0";
  CHECK(found(stranger) == "cpu: UNROLL=4 WG=64");
  CHECK(found(a100) == "nothing");
  CHECK(found(xeon, "k@2") == "nothing");
  store.save(ryzen, "k@1", {{"WG", 8}});
  CHECK(found(ryzen) == "name=pthread-znver3-AMD_Ryzen_9_5950X: WG=8");
  CHECK(found(other_xeon) == "pocl+name=skylake-avx512: UNROLL=4 WG=64");
}

TEST_CASE_FIXTURE(store_fixture, "saving again replaces what it was, and keeps the rest") {
  store.save(xeon, "k@1", {{"WG", 64}});
  store.save(xeon, "other@1", {{"WG", 3}});
  store.save(xeon, "k@1", {{"WG", 128}});
  CHECK(found(xeon) == "name=pthread-skylake-avx512-Intel(R)_Xeon(R)_Gold_6154: WG=128");
  CHECK(found(xeon, "other@1") == "name=pthread-skylake-avx512-Intel(R)_Xeon(R)_Gold_6154: WG=3");
  const std::string text = os::read_text(store.file_for(xeon));
  CHECK(text.starts_with("# clotho tuning 1\n"));
  CHECK(tuning_table::parse(text).records().size() == 8);
  CHECK(tuning_table::parse(text).look_up(xeon, "k@1", scalar::f32)["WG"] == 128);
}

TEST_CASE_FIXTURE(store_fixture, "records of built-in primitives live in the same file") {
  std::filesystem::create_directories(store.folder());
  std::filesystem::permissions(store.folder(), std::filesystem::perms::owner_all);
  os::write_file(store.file_for(xeon), std::string_view("pocl reduce f32 shape=cpu tile=16K\n"));
  store.save(xeon, "k@1", {{"WG", 64}});
  const tuning_table table = tuning_table::parse(os::read_text(store.file_for(xeon)));
  CHECK(table.look_up(xeon, "reduce", scalar::f32)["tile"] == 16384);
  CHECK(table.look_up(xeon, "reduce", scalar::f32).shape() == shape::cpu);
}

TEST_CASE_FIXTURE(store_fixture, "a damaged file is named with its line") {
  std::filesystem::create_directories(store.folder());
  std::filesystem::permissions(store.folder(), std::filesystem::perms::owner_all);
  os::write_file(store.file_for(xeon), std::string_view("# clotho tuning 1\npocl k@1\n"));
  CHECK(message_of<format_error>([&] { (void)store.find(xeon, "k@1"); }).find(".tuning:2:")
        != std::string::npos);
}

TEST_CASE("a kernel's name changes with its file and what it includes") {
  const temporary_folder folder;
  os::write_file(folder / "k.cl", std::string_view("#include \"h.h\"\nkernel void k(global float* x) {}\n"));
  os::write_file(folder / "h.h", std::string_view("#define A 1\n"));
  const std::string name = tuning_name(folder / "k.cl", "k", {});
  CHECK(name.starts_with("k@"));
  CHECK(name.size() == 18);
  CHECK(tuning_name(folder / "k.cl", "k", {}) == name);
  os::write_file(folder / "h.h", std::string_view("#define A 2\n"));
  CHECK(tuning_name(folder / "k.cl", "k", {}) != name);
  std::filesystem::create_directory(folder / "elsewhere");
  for (const char* file : {"k.cl", "h.h"})
    std::filesystem::copy_file(folder / file, (folder / "elsewhere") / file);
  CHECK(tuning_name(folder / "elsewhere/k.cl", "k", {}) == tuning_name(folder / "k.cl", "k", {}));
}
