// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <numeric>

#include <clotho/job/npy.hpp>

#include "damage.hpp"
#include "numpy.hpp"
#include "support/skip.hpp"

using namespace clotho;
using namespace clotho::test;

namespace {

os::bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// A file of version 1.0 with this header as it stands.
os::bytes npy_with(const std::string& header, const std::string& data = {}) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return bytes_of(text + header + data);
}

os::bytes npy_of(const std::string& descr, const std::string& shape, const std::string& data = {}) {
  return npy_with("{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n", data);
}

std::string refusal(const os::bytes& content) {
  return message_of<format_error>([&] { return read_npy(content, "x.npy"); });
}

host_array counted(scalar type, std::vector<std::size_t> shape) {
  host_array array = make_array(scalar::u8, std::move(shape));
  for (std::size_t i = 0; i < array.element_count(); ++i)
    array.values<std::uint8_t>()[i] = static_cast<std::uint8_t>(i % 100);
  return convert(std::move(array), type);
}

constexpr std::array all_types{scalar::i8,  scalar::u8,  scalar::i16, scalar::u16, scalar::i32, scalar::u32,
                               scalar::i64, scalar::u64, scalar::f16, scalar::f32, scalar::f64};

const std::vector<std::vector<std::size_t>> edge_shapes{
    {}, {0}, {1}, {2}, {0, 3}, {3, 0}, {1, 1}, {2, 3, 4}, {1000003}, {1, 1, 1, 1, 1, 2}};

} // namespace

TEST_CASE("npy: what is written is read again") {
  const temporary_folder folder;
  for (const scalar type : all_types)
    for (const auto& shape : edge_shapes) {
      CAPTURE(std::string(short_name(type)));
      CAPTURE(shape_text(shape));
      const host_array array = counted(type, shape);
      write_npy(folder / "x.npy", array);
      CHECK(read_npy(folder / "x.npy") == array);
      CHECK(os::read_file(folder / "x.npy") == npy_bytes(array));
      CHECK((npy_bytes(array).size() - array.size_bytes()) % 64 == 0);
    }
}

TEST_CASE("npy: headers that NumPy reads") {
  const std::string two("\x01\x00\x02\x00", 4);
  const host_array expected = [] {
    host_array array = make_array(scalar::u16, {2});
    std::iota(array.values<std::uint16_t>().begin(), array.values<std::uint16_t>().end(), std::uint16_t{1});
    return array;
  }();
  SUBCASE("Python 2's long integers") { CHECK(read_npy(npy_of("'<u2'", "(2L,)", two)) == expected); }
  SUBCASE("double quotes, any order, no comma at the end, no line end") {
    CHECK(read_npy(npy_with("{\"shape\":(2,),\"fortran_order\":False,\"descr\":\"<u2\"}", two)) == expected);
  }
  SUBCASE("a list for the shape") { CHECK(read_npy(npy_of("'<u2'", "[2]", two)) == expected); }
  SUBCASE("native byte order") {
    for (const char* descr : {"'=u2'", "'|u2'", "'u2'"})
      CHECK(read_npy(npy_of(descr, "(2,)", two)) == expected);
  }
  SUBCASE("big-endian") {
    CHECK(read_npy(npy_of("'>u2'", "(2,)", std::string("\x00\x01\x00\x02", 4))) == expected);
    CHECK(read_npy(npy_of("'>u1'", "(2,)", "ab")).values<std::uint8_t>()[1] == 'b');
  }
  SUBCASE("what follows the data is ignored") {
    CHECK(read_npy(npy_of("'<u2'", "(2,)", two + "more")) == expected);
  }
  SUBCASE("bool is u8") { CHECK(read_npy(npy_of("'|b1'", "()", "\x01")).values<std::uint8_t>()[0] == 1); }
  SUBCASE("a header of more than 256 bytes") {
    CHECK(read_npy(npy_of("'<u2'", "(2" + std::string(5000, ' ') + ",)", two)) == expected);
  }
}

TEST_CASE("npy: Fortran order becomes C order") {
  const auto read = [](const std::string& shape, const std::string& data) {
    return read_npy(npy_with("{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + ", }\n", data));
  };
  const auto text = [](const host_array& array) {
    return std::string(reinterpret_cast<const char*>(array.data.data()), array.size_bytes());
  };
  CHECK(text(read("(2, 3)", "adbecf")) == "abcdef");
  CHECK(text(read("(2, 2, 2)", "aecgbfdh")) == "abcdefgh");
  CHECK(text(read("(1, 3)", "abc")) == "abc");
  CHECK(text(read("(3,)", "abc")) == "abc");
  CHECK(text(read("()", "a")) == "a");
  CHECK(read("(0, 3)", "").element_count() == 0);
}

TEST_CASE("npy: dtypes without a counterpart are refused by name") {
  CHECK(refusal(npy_of("'|O'", "(1,)"))
        == "x.npy: the dtype '|O' is Python objects, which are stored as pickled code; clotho runs no code "
           "from "
           "data files. Save an array of numbers: a.astype('f4')");
  CHECK(refusal(npy_of("'<U5'", "(1,)")) == "x.npy: the dtype '<U5' is text, not numbers");
  CHECK(refusal(npy_of("'|S5'", "(1,)")) == "x.npy: the dtype '|S5' is byte strings, not numbers");
  CHECK(refusal(npy_of("'<M8[ns]'", "(1,)"))
        == "x.npy: the dtype '<M8[ns]' is dates; save them as numbers: a.astype('i8')");
  CHECK(refusal(npy_of("'<c8'", "(1,)")).find("complex numbers, which OpenCL has not") != std::string::npos);
  CHECK(refusal(npy_of("'<f16'", "(1,)")).find("no type that OpenCL has") != std::string::npos);
  CHECK(refusal(npy_of("'|V8'", "(1,)")).find("raw records") != std::string::npos);
  CHECK(refusal(npy_of("[('a', '<f4'), ('b', '<i4', (2,))]", "(1,)"))
        == "x.npy: the dtype is structured (a record with fields); save each field as an array of its own");
  CHECK(refusal(npy_of("''", "(1,)")).find("the dtype ''") != std::string::npos);
  CHECK(refusal(npy_of("'\x1b[2J'", "(1,)")).find('\x1b') == std::string::npos);
}

TEST_CASE("npy: lying shapes cost no memory") {
  CHECK(refusal(npy_of("'<f4'", "(1000, 1000)", "abcd"))
        == "x.npy: the header declares (1000, 1000) f32, 4000000 bytes; the file has only 4 bytes of data");
  CHECK(refusal(npy_of("'<f4'", "(9223372036854775807, 9223372036854775807)"))
        == "x.npy: the header declares (9223372036854775807, 9223372036854775807) f32, more than any memory "
           "can "
           "hold");
  CHECK(refusal(npy_of("'<f8'", "(4611686018427387904,)")).find("more than any memory can hold")
        != std::string::npos);
  CHECK(refusal(npy_of("'<f4'", "(18446744073709551616,)"))
        == "x.npy: the shape has a size no memory can hold: 18446744073709551616");
  CHECK(refusal(npy_of("'<f4'", "(2, -1)")) == "x.npy: the shape has a negative size: -1");
  CHECK(refusal(npy_of("'<f4'", "(1.5,)"))
        == "x.npy: the header is broken at its byte 52: expected ',' or ')', found '.'");
  CHECK(refusal(npy_of("'<f4'", "(None,)"))
        == "x.npy: the header's 'shape' holds something that is no integer");
  CHECK(refusal(npy_of("'<f4'", "5")) == "x.npy: the header's 'shape' is not a tuple");
  std::string many = "(";
  for (int i = 0; i < 65; ++i) many += "1, ";
  CHECK(refusal(npy_of("'<f4'", many + ")")) == "x.npy: the shape has 65 dimensions; at most 64 can be");
}

TEST_CASE("npy: headers that are none") {
  CHECK(refusal(npy_with("[1, 2]")) == "x.npy: the header is not a dictionary");
  CHECK(refusal(npy_with(""))
        == "x.npy: the header is broken at its byte 0: expected a value, found its end");
  CHECK(refusal(npy_with("__import__('os').system('true')"))
        == "x.npy: the header is broken at its byte 10: expected the end of the header, found '('");
  CHECK(refusal(npy_with("{'descr': '<f4', 'shape': ()}")) == "x.npy: the header has no 'fortran_order'");
  CHECK(refusal(npy_with("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}"))
        == "x.npy: the header holds 'descr' twice");
  CHECK(refusal(npy_with("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}"))
        == "x.npy: the header's 'fortran_order' is neither True nor False");
  CHECK(refusal(npy_with("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'x': 1}", "a"))
        == "x.npy: the header holds more than 'descr', 'fortran_order' and 'shape'");
  CHECK(refusal(npy_with(std::string(60000, '('))).find("expected less nesting") != std::string::npos);
}

TEST_CASE("npy: the first bytes") {
  CHECK(refusal(bytes_of("PK\x03\x04 no array"))
        == "x.npy: not a .npy file: it begins with 'PK\\x03\\x04 n'");
  CHECK(refusal(bytes_of(std::string("\x93NUMPY\x04\x00zz", 10)))
        == "x.npy: unknown .npy version 4.0; 1.0, 2.0 and 3.0 are known");
  CHECK(refusal(bytes_of(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14)))
        == "x.npy: the file ends within the header: 4294967295 bytes wanted, 2 left");
  std::string long_header("\x93NUMPY\x02\x00\x00\x00\x20\x00", 12);
  CHECK(refusal(bytes_of(long_header + std::string(1 << 21, ' ')))
        == "x.npy: the header is 2097152 bytes long; at most 1048576 make sense");
  CHECK(refusal({}) == "x.npy: the file ends within the magic number: 8 bytes wanted, 0 left");
}

TEST_CASE("npy: files") {
  const temporary_folder folder;
  SUBCASE("a missing file is an io_error") {
    const std::string path = (folder / "none.npy").string();
    CHECK(message_of<io_error>([&] { return read_npy(path); })
          == "cannot read '" + path + "': No such file or directory");
  }
  SUBCASE("a folder is an io_error") {
    CHECK(message_of<io_error>([&] {
            return read_npy(folder.path());
          }).ends_with("it is a folder, not a file"));
  }
  SUBCASE("an inconsistent array leaves no file") {
    CHECK_THROWS_AS(write_npy(folder / "x.npy", {scalar::f32, {3}, os::bytes(8)}), argument_error);
    CHECK_FALSE(std::filesystem::exists(folder / "x.npy"));
  }
}

TEST_CASE("npy: damaged files") {
  const os::bytes whole = npy_bytes(counted(scalar::i32, {2, 3}));
  const auto read = [](const os::bytes& content) { return read_npy(content); };
  SUBCASE("cut off anywhere") { check_truncations(whole, read); }
  SUBCASE("with bytes changed") { check_flips(whole, 5000, read); }
}

TEST_CASE("npy: NumPy writes, clotho reads") {
  if (!numpy_is_there()) CLOTHO_SKIP("python3-numpy");
  const temporary_folder folder;
  run_numpy(folder, R"(
from numpy.lib import format
a = np.arange(24).reshape(2, 3, 4)
for t in 'i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8'.split():
    for order in '<>':
        np.save('c_%s_%s.npy' % (t, 'little' if order == '<' else 'big'), a.astype(order + t))
        np.save('f_%s_%s.npy' % (t, 'little' if order == '<' else 'big'), np.asfortranarray(a.astype(order + t)))
np.save('bool.npy', a % 2 == 0)
np.save('zero.npy', np.float32(7))
for v in (2, 0), (3, 0):
    with open('v%d.npy' % v[0], 'wb') as f: format.write_array(f, a.astype('f4'), version=v)
np.save('object.npy', np.array([1, None]), allow_pickle=True)
np.save('record.npy', np.zeros(2, dtype=[('käse', '<f4')]))
)");
  const char* names[] = {"i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"};
  host_array expected = make_array(scalar::u8, {2, 3, 4});
  std::iota(expected.values<std::uint8_t>().begin(), expected.values<std::uint8_t>().end(), std::uint8_t{0});
  for (std::size_t i = 0; i < all_types.size(); ++i)
    for (const char* layout : {"c_", "f_"})
      for (const char* order : {"_little", "_big"}) {
        const std::string name = std::string(layout) + names[i] + order + ".npy";
        CAPTURE(name);
        CHECK(read_npy(folder / name) == convert(expected, all_types[i]));
      }
  CHECK(read_npy(folder / "bool.npy").values<std::uint8_t>()[2] == 1);
  CHECK(to_double(read_npy(folder / "zero.npy"), 0) == 7);
  CHECK(read_npy(folder / "v2.npy") == convert(expected, scalar::f32));
  CHECK(read_npy(folder / "v3.npy") == convert(expected, scalar::f32));
  CHECK_THROWS_AS((void)read_npy(folder / "object.npy"), format_error);
  CHECK(message_of<format_error>([&] { return read_npy(folder / "record.npy"); }).find("structured")
        != std::string::npos);
}

TEST_CASE("npy: clotho writes, NumPy reads, and would have written the same bytes") {
  if (!numpy_is_there()) CLOTHO_SKIP("python3-numpy");
  const temporary_folder folder;
  for (const scalar type : all_types)
    for (std::size_t i = 0; i < edge_shapes.size(); ++i)
      write_npy(folder / (std::string(short_name(type)) + "-" + std::to_string(i) + ".npy"),
                counted(type, edge_shapes[i]));
  run_numpy(folder, R"(
import glob
files = glob.glob('*.npy')
assert len(files) == 110
for f in files:
    a = np.load(f)
    assert a.ravel().tolist() == [i % 100 for i in range(a.size)], f
    assert a.dtype.kind == f[0] and a.dtype.itemsize * 8 == int(f[1:f.index('-')]), f
    np.save('again', a)
    assert open('again.npy', 'rb').read() == open(f, 'rb').read(), f
)");
}
