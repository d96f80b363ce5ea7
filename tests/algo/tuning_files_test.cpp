// SPDX-License-Identifier: Apache-2.0
// What a runtime finds in the tuning folder.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/scan.hpp>
#include <clotho/algo/tuning_files.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <kernels/probe.hpp>
#include <support/contains.hpp>
#include <support/fake_devices.hpp>
#include <support/refusal.hpp>
#include <support/temporary_folder.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

// The environment as a user with a tuning folder has it; afterwards as the tests have it.
class user_with_folder {
 public:
  user_with_folder() {
    ::setenv("CLOTHO_TUNING_DIR", folder.path().c_str(), 1);
    ::unsetenv("CLOTHO_TUNING");
  }
  ~user_with_folder() {
    ::unsetenv("CLOTHO_TUNING_DIR");
    ::setenv("CLOTHO_TUNING", "off", 1);
  }
  user_with_folder(const user_with_folder&) = delete;
  user_with_folder& operator=(const user_with_folder&) = delete;

  void write(const char* name, const std::string& text) const { os::write_file(folder / name, text); }
  static std::uint32_t number(const device_info& on, const char* primitive, const char* name,
                              scalar type = scalar::f32) {
    return known_tuning(on).look_up(on, primitive, type)[name];
  }

  test::temporary_folder folder;
};

device_info processor(const char* platform, const char* name) {
  device_info made = test::neutral_device();
  made.platform_name = platform;
  made.name = name;
  made.type = device_type::cpu;
  return made;
}

const device_info xeon =
    processor("Portable Computing Language", "pthread-skylake-avx512-Intel(R) Xeon(R) Gold 6154");
const device_info ryzen = processor("Portable Computing Language", "pthread-znver3-AMD Ryzen 9 5950X");
const device_info llvmpipe = processor("rusticl", "llvmpipe (LLVM 15.0.6, 256 bits)");

// Sums of 1, 2, ..., n, whose kernels are built as the tuning says.
std::vector<std::uint32_t> sums(const runtime& rt, std::size_t n) {
  const buffer<std::uint32_t> x(rt, std::vector<std::uint32_t>(n, 1)), y(rt, n);
  inclusive_scan(rt, x, y);
  return rt.read(y).get();
}

} // namespace

TEST_CASE_FIXTURE(user_with_folder, "a record for fewer devices wins, wherever it stands") {
  CHECK(number(xeon, "stencil", "tile")
        == tuning_table::shipped().look_up(xeon, "stencil", scalar::f32)["tile"]);
  write("b.tuning", "cpu stencil * tile=256\n");
  write("a.tuning", "name=pthread-skylake-avx512-Intel(R)_Xeon(R)_Gold_6154 stencil f32 tile=64\n"
                    "pocl stencil * tile=128\npocl+name=znver3 stencil * tile=32\n");
  write("ignored.txt", "nonsense");
  CHECK(number(xeon, "stencil", "tile") == 64);
  CHECK(number(xeon, "stencil", "tile", scalar::f64) == 128);
  CHECK(number(ryzen, "stencil", "tile") == 32);
  CHECK(number(processor("Another", "x"), "stencil", "tile") == 256);
}

TEST_CASE_FIXTURE(user_with_folder, "what clotho knows of a driver wins over what was found on others") {
  write("a.tuning", "cpu sort * shape=cpu group=256\ncpu scan * single_pass=1\n");
  CHECK(number(llvmpipe, "sort", "shape") == static_cast<std::uint32_t>(shape::gpu));
  CHECK(number(llvmpipe, "sort", "group") == 32);
  CHECK(number(llvmpipe, "scan", "single_pass") == 0); // the device cannot
  CHECK(number(xeon, "scan", "single_pass") == 1);
  device_info small = processor("Another", "x");
  small.max_work_group_size = 128;
  write("a.tuning", "cpu sort * shape=gpu group=256\ncpu gather * tile=1K\n");
  CHECK(number(small, "sort", "group") == 128);
  CHECK(number(small, "gather", "tile") == 1024);
}

TEST_CASE_FIXTURE(user_with_folder, "the variable names a file, or nothing") {
  write("a.tuning", "* stencil * tile=128\n");
  write("other", "* stencil * tile=64\n");
  CHECK(number(xeon, "stencil", "tile") == 128);
  ::setenv("CLOTHO_TUNING", "off", 1);
  CHECK(to_string(known_tuning(xeon)) == to_string(tuning_table::shipped()));
  ::setenv("CLOTHO_TUNING", (folder / "other").c_str(), 1);
  CHECK(number(xeon, "stencil", "tile") == 64);
  ::setenv("CLOTHO_TUNING", (folder / "none").c_str(), 1);
  CHECK(contains(refusal([&] { (void)known_tuning(xeon); }), (folder / "none").c_str()));
}

TEST_CASE_FIXTURE(user_with_folder,
                  "a runtime builds primitives as the files say, unless the program says more") {
  write("a.tuning", "* scan u32 shape=cpu tile_bytes=256\n");
  const auto tile = [](const runtime& rt) {
    const auto make = [&](const parameters&) {
      return detail::primitive_request{detail::type_macros(rt, scalar::u32, "probe"), {"add_cpu"}};
    };
    return detail::primitive_for(rt, {test::kernels::probe}, "scan", scalar::u32, make).tuning["tile_bytes"];
  };
  const runtime rt({.threads = 1});
  CHECK(tile(rt) == 256);
  const std::vector<std::uint32_t> found = sums(rt, 1000);
  for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(found[i] == i + 1);
  tune(rt, tuning_table::parse("* scan * tile_bytes=128"));
  CHECK(tile(rt) == 128);
}

TEST_CASE_FIXTURE(user_with_folder, "a bad file is named by line and column, with what to do") {
  write("a.tuning", "# clotho tuning 1\n* scan u32 tile_bites=256\n");
  const runtime rt({.threads = 1});
  for (int again = 0; again < 2; ++again) {
    const std::string why = refusal([&] { (void)sums(rt, 10); });
    CAPTURE(why);
    CHECK(why.starts_with((folder / "a.tuning").string() + ":2:12: scan has no number 'tile_bites'"));
    CHECK(contains(why, "correct the file or delete it, or set CLOTHO_TUNING=off"));
  }
  write("a.tuning", "");
  CHECK(sums(rt, 10)[9] == 10);
}
