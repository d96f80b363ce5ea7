// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/job/array_file.hpp>
#include <clotho/job/npz.hpp>

#include "damage.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::test;

namespace {

host_array counted(scalar type) {
  host_array array = make_array(scalar::u8, {2, 3});
  for (std::size_t i = 0; i < 6; ++i) array.values<std::uint8_t>()[i] = static_cast<std::uint8_t>(i);
  return convert(std::move(array), type);
}

} // namespace

TEST_CASE("array_file: the extension decides") {
  const temporary_folder folder;
  const host_array array = counted(scalar::u8);
  for (const std::string name : {"x.npy", "x.npz", "x.png", "x.csv", "x.tsv", "x.bin", "x.raw", "X.NPY"}) {
    CAPTURE(name);
    write_array(folder / name, array);
    CHECK(read_array(folder / name, {scalar::u8, {2, 3}, {}}) == array);
    CHECK(read_array(folder / name, {scalar::u8, {6}, {}}).shape == std::vector<std::size_t>{6});
  }
  CHECK(list_npz(folder / "x.npz") == std::vector<std::string>{"arr_0"});
  CHECK(os::read_text(folder / "x.tsv") == "0\t1\t2\n3\t4\t5\n");
}

TEST_CASE("array_file: the hint") {
  const temporary_folder folder;
  const auto refusal = [](const std::filesystem::path& path, const array_hint& hint) {
    return message_of<argument_error>([&] { return read_array(path, hint); });
  };
  const auto npy = folder / "x.npy", bin = folder / "x.bin", csv = folder / "x.csv";
  for (const auto& path : {npy, bin, csv}) write_array(path, counted(scalar::u8));
  SUBCASE("a type converts") {
    CHECK(read_array(npy, {scalar::f32, {}, {}}) == counted(scalar::f32));
    CHECK(read_array(csv) == counted(scalar::f64));
    host_array large = counted(scalar::i32);
    large.values<std::int32_t>()[4] = 300;
    write_array(npy, large);
    CHECK(refusal(npy, {scalar::u8, {}, {}})
          == "'" + npy.string() + "': element [1, 1] is 300, which does not fit u8 (0 to 255)");
  }
  SUBCASE("raw files need a type") {
    CHECK(refusal(bin, {})
          == "'" + bin.string() + "' does not say what it holds; name the type, as in " + bin.string()
                 + ",f32");
  }
  SUBCASE("a shape must fit") {
    CHECK(refusal(npy, {{}, {4}, {}}) == "'" + npy.string() + "' holds (2, 3), which cannot become (4,)");
  }
  SUBCASE("members are for .npz alone") {
    CHECK(refusal(npy, {{}, {}, "a"})
          == "'" + npy.string() + "' has no member 'a'; only .npz files have members");
    write_npz(folder / "x.npz", {{"a", counted(scalar::u8)}, {"b", counted(scalar::f32)}});
    CHECK(read_array(folder / "x.npz", {{}, {}, "b"}) == counted(scalar::f32));
  }
}

TEST_CASE("array_file: unknown extensions list the known") {
  const auto refusal = [](const char* path) {
    return message_of<argument_error>([&] { return read_array(path); });
  };
  CHECK(refusal("x.npi")
        == "'x.npi' has the unknown extension '.npi'; did you mean .npy?; known are .npy, .npz, .png, .csv, "
           ".tsv, "
           ".bin, .raw");
  CHECK(refusal("x") == "'x' has no extension; known are .npy, .npz, .png, .csv, .tsv, .bin, .raw");
  CHECK_THROWS_AS(write_array("x.jpeg", make_array(scalar::u8, {1})), argument_error);
}
