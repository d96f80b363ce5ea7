// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/job/raw.hpp>

#include "damage.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::test;

TEST_CASE("raw") {
  const temporary_folder folder;
  const auto path = folder / "x.bin";
  const auto refusal = [&](scalar type, std::vector<std::size_t> shape) {
    const std::string message = message_of<format_error>([&] { return read_raw(path, type, shape); });
    return message.substr(std::min(message.size(), path.string().size()));
  };
  os::write_file(path, "abcdef");
  SUBCASE("the size gives the length") {
    CHECK(read_raw(path, scalar::u8).shape == std::vector<std::size_t>{6});
    CHECK(read_raw(path, scalar::u16).shape == std::vector<std::size_t>{3});
    CHECK(read_raw(path, scalar::u8).values<std::uint8_t>()[5] == 'f');
  }
  SUBCASE("a shape that fits") {
    const host_array array = read_raw(path, scalar::u8, {2, 3});
    CHECK(array.shape == std::vector<std::size_t>{2, 3});
    write_raw(folder / "y.bin", array);
    CHECK(os::read_text(folder / "y.bin") == "abcdef");
  }
  SUBCASE("sizes that do not fit name both") {
    CHECK(refusal(scalar::f32, {}) == ": holds 6 bytes, no multiple of the 4 of a f32");
    CHECK(refusal(scalar::f32, {2, 3}) == ": holds 6 bytes; (2, 3) f32 needs 24");
    CHECK(refusal(scalar::f64, {1ul << 62}).ends_with("needs more than can be"));
  }
  SUBCASE("an empty file") {
    os::write_file(path, "");
    CHECK(read_raw(path, scalar::f64).element_count() == 0);
    CHECK(read_raw(path, scalar::f64, {0, 4}).shape == std::vector<std::size_t>{0, 4});
  }
  SUBCASE("a million and three") {
    host_array array = make_array(scalar::i32, {1000003});
    array.values<std::int32_t>()[1000002] = -5;
    write_raw(path, array);
    CHECK(read_raw(path, scalar::i32) == array);
  }
  SUBCASE("no file") { CHECK_THROWS_AS((void)read_raw(folder / "none.bin", scalar::u8), io_error); }
}
