// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/zip_writer.hpp>
#include <clotho/job/npy.hpp>
#include <clotho/job/npz.hpp>

#include "damage.hpp"
#include "numpy.hpp"
#include "support/skip.hpp"

using namespace clotho;
using namespace clotho::test;

namespace {

host_array counted(scalar type, std::vector<std::size_t> shape) {
  host_array array = make_array(scalar::u8, std::move(shape));
  for (std::size_t i = 0; i < array.element_count(); ++i)
    array.values<std::uint8_t>()[i] = static_cast<std::uint8_t>(i % 100);
  return convert(std::move(array), type);
}

using named = std::vector<std::pair<std::string, host_array>>;

const named three{{"a", counted(scalar::f32, {2, 3})},
                  {"b", counted(scalar::i64, {})},
                  {"empty", make_array(scalar::u8, {0})}};

// Without the syncs of os::write_file, which thousands of damaged files do not need; as a new file each time,
// because rewriting one makes some file systems sync as well.
void write_quickly(const std::filesystem::path& path, const os::bytes& content) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

// The archive at `path` with the bytes of `value` put at `offset` behind the `nth` place of `signature`.
void patch(const std::filesystem::path& path, const std::string& signature, std::size_t offset,
           const std::string& value, bool last = false) {
  std::string text = os::read_text(path);
  const std::size_t at = last ? text.rfind(signature) : text.find(signature);
  REQUIRE(at != std::string::npos);
  text.replace(at + offset, value.size(), value);
  os::write_file(path, text);
}

const std::string central = "PK\x01\x02", local = "PK\x03\x04", end = "PK\x05\x06";

std::string refusal(const std::filesystem::path& path, const std::string& member = "a") {
  const std::string message = message_of<format_error>([&] { return read_npz(path, member); });
  const std::string name = path.string();
  return message.starts_with(name) ? message.substr(name.size()) : message;
}

} // namespace

TEST_CASE("npz: what is written is read again") {
  const temporary_folder folder;
  const auto path = folder / "x.npz";
  for (const bool compress : {false, true}) {
    CAPTURE(compress);
    write_npz(path, three, compress);
    CHECK(list_npz(path) == std::vector<std::string>{"a", "b", "empty"});
    for (const auto& [name, array] : three) {
      CHECK(read_npz(path, name) == array);
      CHECK(read_npz(path, name + ".npy") == array);
    }
    const named large{{"large.npy", counted(scalar::f64, {1000003})}};
    write_npz(path, large, compress);
    CHECK(read_npz(path) == large[0].second);
    CHECK((std::filesystem::file_size(path) < 1000003 * 4) == compress);
    write_npz(path, {}, compress);
    CHECK(list_npz(path).empty());
  }
}

TEST_CASE("npz: choosing a member") {
  const temporary_folder folder;
  const auto path = folder / "x.npz";
  const std::string name = "'" + path.string() + "'";
  const auto choose = [&](const std::string& member) {
    return message_of<argument_error>([&] { return read_npz(path, member); });
  };
  write_npz(path, {{"alpha", three[0].second}, {"beta", three[1].second}});
  CHECK(choose("alph") == name + " has no array 'alph'; did you mean 'alpha'? it holds alpha, beta");
  CHECK(choose("something") == name + " has no array 'something'; it holds alpha, beta");
  CHECK(choose("")
        == name + ": name the array to read, as in " + path.string() + ":NAME; it holds alpha, beta");
  write_npz(path, {});
  CHECK(choose("a") == name + " has no array 'a'; it holds no arrays");
}

TEST_CASE("npz: names that cannot be written") {
  const temporary_folder folder;
  const auto write = [&](const named& arrays) {
    return message_of<argument_error>([&] { return write_npz(folder / "x.npz", arrays), 0; });
  };
  const host_array array = make_array(scalar::u8, {1});
  CHECK(write({{"", array}}) == "an array in a .npz file needs a name");
  CHECK(write({{"a", array}, {"a.npy", array}}) == "two arrays are named 'a'");
  CHECK(write({{std::string(70000, 'a'), array}}).ends_with("cannot be the name of an array in a .npz file"));
  CHECK_FALSE(std::filesystem::exists(folder / "x.npz"));
}

TEST_CASE("npz: Zip64 records") {
  const temporary_folder folder;
  const auto path = folder / "x.npz";
  for (const bool compress : {false, true}) {
    os::atomic_file file(path);
    detail::zip::writer archive(file, 0);
    for (const auto& [name, array] : three) archive.add(name + ".npy", npy_bytes(array), {}, compress);
    archive.finish();
    file.commit();
    for (const auto& [name, array] : three) CHECK(read_npz(path, name) == array);
    if (numpy_is_there())
      run_numpy(folder, "assert np.load('x.npz')['a'].tolist() == [[0, 1, 2], [3, 4, 5]]\n");
  }
  SUBCASE("cut off anywhere") {
    check_truncations(os::read_file(path), [&](const os::bytes& content) {
      write_quickly(path, content);
      return read_npz(path, "a");
    });
  }
  SUBCASE("with bytes changed") {
    check_flips(os::read_file(path), 2000, [&](const os::bytes& content) {
      write_quickly(path, content);
      return read_npz(path, "a");
    });
  }
}

TEST_CASE("npz: archives that lie") {
  const temporary_folder folder;
  const auto path = folder / "x.npz";
  const std::string huge("\x00\x00\x00\x70", 4);
  write_npz(path, three, true);
  SUBCASE("no archive at all") {
    os::write_file(path, std::string(100, 'x'));
    CHECK(refusal(path) == ": not a ZIP archive, or its end is cut off: no directory found");
    os::write_file(path, "");
    CHECK(refusal(path) == ": not a ZIP archive, or its end is cut off: no directory found");
  }
  SUBCASE("encrypted") {
    patch(path, central, 8, std::string("\x01\x00", 2));
    CHECK(refusal(path) == ":a: it is encrypted; clotho reads plain archives only");
  }
  SUBCASE("another compression") {
    patch(path, central, 10, std::string("\x0c\x00", 2));
    CHECK(refusal(path)
          == ":a: it is compressed by method 12; clotho reads stored (0) and deflated (8) members");
  }
  SUBCASE("a wrong checksum") {
    patch(path, central, 16, "abcd");
    CHECK(refusal(path) == ":a: the checksum does not match: the data is damaged");
  }
  SUBCASE("more inflates than declared") {
    os::atomic_file file(path);
    detail::zip::writer archive(file);
    archive.add("a.npy", npy_bytes(three[0].second), std::as_bytes(std::span("more")), true);
    archive.finish();
    file.commit();
    CHECK(read_npz(path, "a") == three[0].second);
    patch(path, central, 24, std::string("\x98\x00\x00\x00", 4));
    CHECK(refusal(path) == ":a: it inflates to more than its declared size");
  }
  SUBCASE("less inflates than declared") {
    patch(path, central, 24, std::string("\xa0\x00\x00\x00", 4));
    CHECK(refusal(path) == ":a: its compressed data ends early");
  }
  SUBCASE("a size that no such data can inflate to") {
    patch(path, central, 24, huge);
    CHECK(refusal(path).ends_with(" bytes cannot inflate to the declared 1879048192"));
  }
  SUBCASE("compressed data beyond the archive") {
    patch(path, central, 20, huge);
    CHECK(refusal(path) == ":a: its data would lie outside the archive");
  }
  SUBCASE("a member beyond the archive") {
    patch(path, central, 42, huge);
    CHECK(refusal(path) == ":a: its data would lie outside the archive");
  }
  SUBCASE("a member that is not there") {
    patch(path, central, 42, std::string("\x01\x00\x00\x00", 4));
    CHECK(refusal(path) == ":a: there is no member where the directory says");
  }
  SUBCASE("two names") {
    patch(path, local, 30, "z");
    CHECK(refusal(path) == ":a: the directory and the member disagree on its name");
  }
  SUBCASE("too many entries") {
    patch(path, end, 8, std::string("\x50\x00\x50\x00", 4));
    CHECK(refusal(path) == ": the ZIP directory is too small for 80 entries");
  }
  SUBCASE("a directory outside") {
    patch(path, end, 16, huge);
    CHECK(refusal(path) == ": the ZIP directory would lie outside the file");
  }
  SUBCASE("several disks") {
    patch(path, end, 4, std::string("\x01\x00", 2));
    CHECK(refusal(path) == ": the ZIP archive is split over several files");
  }
  SUBCASE("stored with two sizes") {
    write_npz(path, three);
    patch(path, central, 24, huge);
    CHECK(refusal(path).find("it is stored, yet its two sizes differ") != std::string::npos);
  }
  SUBCASE("a member that is no array") {
    os::atomic_file file(path);
    detail::zip::writer archive(file);
    archive.add("readme", std::as_bytes(std::span("plain text")), {}, false);
    archive.finish();
    file.commit();
    CHECK(refusal(path, "") == ":readme: not a .npy file: it begins with 'plain '");
  }
}

TEST_CASE("npz: the limit on inflated data") {
  const temporary_folder folder;
  const auto path = folder / "x.npz";
  write_npz(path, {{"zeros", make_array(scalar::u8, {1 << 20})}}, true);
  CHECK(std::filesystem::file_size(path) < 4096);
  CHECK(read_npz(path, "zeros").element_count() == 1 << 20);
  CHECK(message_of<format_error>([&] { return read_npz(path, "zeros", 1 << 20); })
        == path.string() + ":zeros: it declares 1048704 bytes, more than the 1048576 allowed");
}

TEST_CASE("npz: a comment and what comes after the data") {
  const temporary_folder folder;
  const auto path = folder / "x.npz";
  write_npz(path, three, true);
  patch(path, end, 20, std::string("\x05\x00", 2));
  os::write_file(path, os::read_text(path) + "hello");
  CHECK(read_npz(path, "a") == three[0].second);
}

TEST_CASE("npz: damaged files") {
  const temporary_folder folder;
  const auto path = folder / "x.npz";
  const auto read = [&](const os::bytes& content) {
    write_quickly(path, content);
    return read_npz(path, "a");
  };
  for (const bool compress : {false, true}) {
    write_npz(path, {three[0]}, compress);
    const os::bytes whole = os::read_file(path);
    check_truncations(whole, read);
    check_flips(whole, 2000, read);
  }
}

TEST_CASE("npz: NumPy writes, clotho reads") {
  if (!numpy_is_there()) CLOTHO_SKIP("python3-numpy");
  const temporary_folder folder;
  run_numpy(folder, R"(
a = (np.arange(30000) % 100).reshape(100, 300)
np.savez('plain.npz', np.asfortranarray(a.astype('>f4')), k=np.float16(2))
np.savez_compressed('packed.npz', a.astype('i8'), **{'ä/b': a.astype('u1')})
with zipfile.ZipFile('other.npz', 'w', zipfile.ZIP_BZIP2) as z: z.write('plain.npz', 'a.npy')
)");
  CHECK(read_npz(folder / "plain.npz", "arr_0") == counted(scalar::f32, {100, 300}));
  CHECK(to_double(read_npz(folder / "plain.npz", "k"), 0) == 2);
  CHECK(read_npz(folder / "packed.npz", "arr_0") == counted(scalar::i64, {100, 300}));
  CHECK(read_npz(folder / "packed.npz", "ä/b") == counted(scalar::u8, {100, 300}));
  CHECK(refusal(folder / "other.npz").find("compressed by method 12") != std::string::npos);
}

TEST_CASE("npz: clotho writes, NumPy reads") {
  if (!numpy_is_there()) CLOTHO_SKIP("python3-numpy");
  const temporary_folder folder;
  named arrays = three;
  arrays.emplace_back("ä", counted(scalar::f16, {100, 300}));
  write_npz(folder / "plain.npz", arrays);
  write_npz(folder / "packed.npz", arrays, true);
  run_numpy(folder, R"(
for f in 'plain.npz', 'packed.npz':
    assert zipfile.ZipFile(f).testzip() is None
    z = np.load(f)
    assert z.files == ['a', 'b', 'empty', 'ä'], z.files
    assert z['a'].tolist() == [[0, 1, 2], [3, 4, 5]] and z['a'].dtype == 'f4'
    assert z['b'] == 0 and z['b'].shape == () and z['b'].dtype == 'i8'
    assert z['empty'].shape == (0,)
    assert (z['ä'].ravel() == np.arange(30000) % 100).all() and z['ä'].shape == (100, 300)
)");
}
