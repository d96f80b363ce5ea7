// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/os/thread.hpp>

#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using test::refusal;
namespace fs = std::filesystem;

namespace {

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

TEST_CASE("reading says what is wrong with the path") {
  const test::temporary_folder folder;
  const std::string missing = (folder / "x").string();
  CHECK(refusal([&] { static_cast<void>(os::read_text(missing)); })
        == "cannot read '" + missing + "': No such file or directory");
  CHECK(refusal([&] { static_cast<void>(os::read_text(folder.path())); }).find("it is a folder, not a file")
        != std::string::npos);
  ::mkfifo((folder / "pipe").c_str(), 0600);
  CHECK(refusal([&] { static_cast<void>(os::read_text(folder / "pipe")); }).find("it is not a regular file")
        != std::string::npos);
  os::write_file(folder / "big", std::string_view("12345"));
  CHECK(refusal([&] {
          static_cast<void>(os::read_text(folder / "big", 4));
        }).find("it holds 5 bytes, more than the 4")
        != std::string::npos);
  CHECK(os::read_text(folder / "big", 5) == "12345");
}

TEST_CASE("a file appears whole or not at all") {
  const test::temporary_folder folder;
  const fs::path target = folder / "out";
  os::write_file(target, std::string_view("old"));
  {
    os::atomic_file file(target);
    file.write("half of the ne");
    CHECK(os::read_text(target) == "old");
  }
  CHECK(os::read_text(target) == "old");
  CHECK(files_in(folder.path()) == 1);
  os::atomic_file file(target);
  file.write("new");
  file.commit();
  CHECK(os::read_text(target) == "new");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("writing keeps a file's mode, and follows a link to its target") {
  const test::temporary_folder folder;
  os::write_file(folder / "real", std::string_view("old"));
  fs::permissions(folder / "real", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", folder / "link");
  os::write_file(folder / "link", std::string_view("new"));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(os::read_text(folder / "real") == "new");
  CHECK(fs::status(folder / "real").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a full disk is reported, and no trace is left") {
  CHECK(refusal([] { os::write_file("/dev/full", std::string_view("x")); })
        == "cannot write '/dev/full': No space left on device");
  const test::temporary_folder folder;
  CHECK(refusal([&] {
          os::write_file(folder / "no/such/folder", std::string_view("x"));
        }).find("No such file or directory")
        != std::string::npos);
  CHECK(refusal([&] { os::write_file(folder.path(), std::string_view("x")); }).find("it is a folder")
        != std::string::npos);
}

TEST_CASE("a lock keeps others out") {
  const test::temporary_folder folder;
  std::atomic<int> inside{0}, most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const os::file_lock lock(folder / "lock");
        const int now = ++inside;
        if (now > most) most = now;
        --inside;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(most == 1);
}

TEST_CASE("a lock that somebody has is not waited for unless asked") {
  const test::temporary_folder folder;
  const fs::path file = folder / "lock";
  auto first = os::file_lock::try_lock(file);
  REQUIRE(first);
  CHECK_FALSE(os::file_lock::try_lock(file));
  first->write("a longer text");
  first->write("text");
  CHECK(os::read_text(file) == "text");
  first.reset();
  CHECK(fs::exists(file));
  CHECK(os::file_lock::try_lock(file));
  fs::create_symlink("lock", folder / "link");
  CHECK(refusal([&] { (void)os::file_lock::try_lock(folder / "link"); }).starts_with("cannot lock '"));
}

TEST_CASE("threads have the stack they were promised") {
  std::size_t got = 0;
  os::thread([&] { got = os::stack_size_bytes(); }, std::size_t{32} << 20).join();
  CHECK(got >= std::size_t{32} << 20);
  CHECK(os::stack_size_bytes() > 0);
}
