// SPDX-License-Identifier: Apache-2.0
// Who has a device for itself: between processes, after crashes, and with folders that cannot be trusted.
#include <doctest/doctest.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/runtime/detail/device_lease.hpp>

#include "support/contains.hpp"
#include "support/fake_devices.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using detail::device_lease;
using test::contains;
using test::refusal;
namespace fs = std::filesystem;

namespace {

/// Names the folder for locks while it lives.
class runtime_folder {
 public:
  explicit runtime_folder(const fs::path& path) : before_(os::environment("XDG_RUNTIME_DIR")) {
    ::setenv("XDG_RUNTIME_DIR", path.c_str(), 1);
  }
  ~runtime_folder() {
    if (before_)
      ::setenv("XDG_RUNTIME_DIR", before_->c_str(), 1);
    else
      ::unsetenv("XDG_RUNTIME_DIR");
  }

 private:
  std::optional<std::string> before_;
};

struct lease_fixture {
  test::temporary_folder folder;
  runtime_folder named{folder.path()};
  std::string holder;

  [[nodiscard]] auto take(const device_info& what = test::nvidia()) { return device_lease::try_take(what, holder); }
  [[nodiscard]] fs::path file() const { return fs::directory_iterator(folder / "clotho")->path(); }
};

/// A process that takes a device and keeps it until it is killed.
class holding_process {
 public:
  explicit holding_process(lease_fixture& fixture) {
    std::array<int, 2> ready{};
    REQUIRE(::pipe(ready.data()) == 0);
    number_ = ::fork();
    if (number_ == 0) {
      const auto lease = fixture.take();
      const char taken = lease ? 'y' : 'n';
      (void)!::write(ready[1], &taken, 1);
      for (;;) ::pause();
    }
    char taken = 0;
    REQUIRE(::read(ready[0], &taken, 1) == 1);
    CHECK(taken == 'y');
    for (const int end : ready) ::close(end);
  }
  ~holding_process() { kill(); }
  holding_process(const holding_process&) = delete;
  holding_process& operator=(const holding_process&) = delete;

  void kill() {
    if (number_ <= 0) return;
    ::kill(number_, SIGKILL);
    ::waitpid(number_, nullptr, 0);
    number_ = 0;
  }
  [[nodiscard]] pid_t number() const noexcept { return number_; }

 private:
  pid_t number_ = 0;
};

} // namespace

TEST_CASE_FIXTURE(lease_fixture, "all of one process share a lease, until the last gives it up") {
  auto first = take();
  auto second = take();
  REQUIRE((first && second));
  first.reset();
  const auto try_elsewhere = [&] {
    const pid_t other = ::fork();
    if (other == 0) ::_exit(os::file_lock::try_lock(file()) ? 0 : 1);
    int status = 0;
    ::waitpid(other, &status, 0);
    return WEXITSTATUS(status) == 0;
  };
  CHECK_FALSE(try_elsewhere());
  second.reset();
  CHECK(try_elsewhere());
  CHECK(take());
}

TEST_CASE_FIXTURE(lease_fixture, "another process is named, and the system frees what it held when it is killed") {
  holding_process other(*this);
  CHECK_FALSE(take());
  CHECK(holder.starts_with("process " + std::to_string(other.number()) + " (clotho_runtime"));
  CHECK(take(test::amd()));
  other.kill();
  CHECK(take());
}

TEST_CASE_FIXTURE(lease_fixture, "what a file says does not matter, only whether it is locked") {
  (void)take();
  const fs::path lock = file();
  CHECK(contains(os::read_text(lock), std::to_string(::getpid())));
  os::write_file(lock, std::string_view("99999\nsomebody\n"));
  CHECK(take());

  const auto other = os::file_lock::try_lock(lock);
  REQUIRE(other);
  for (const char* text : {"", "\n", "no number\nx\n", "12"}) {
    other->write(text);
    CHECK_FALSE(take());
    CHECK(holder == "another process");
  }
  other->write("12\n\x1b[2J\n");
  CHECK_FALSE(take());
  CHECK(holder == "process 12 (\\x1b[2J)");
  other->write(std::string(5000, '1'));
  CHECK_FALSE(take());
  CHECK(holder == "another process");
}

TEST_CASE_FIXTURE(lease_fixture, "links are not followed, and the folder must be one's own") {
  (void)take();
  const fs::path lock = file();
  fs::rename(lock, folder / "elsewhere");
  fs::create_symlink(folder / "elsewhere", lock);
  CHECK(contains(refusal([&] { (void)take(); }), "cannot lock '"));

  fs::remove_all(folder / "clotho");
  fs::create_directory(folder / "target");
  fs::create_directory_symlink(folder / "target", folder / "clotho");
  CHECK(contains(refusal([&] { (void)take(); }), "it is not a folder"));

  fs::remove(folder / "clotho");
  fs::create_directory(folder / "clotho");
  fs::permissions(folder / "clotho", fs::perms::all);
  CHECK(contains(refusal([&] { (void)take(); }), "others may write to it; run: chmod go-w"));
}

TEST_CASE_FIXTURE(lease_fixture, "a folder of somebody else is refused") {
  fs::create_directory(folder / "clotho");
  if (::chown((folder / "clotho").c_str(), 65534, 65534) != 0) {
    MESSAGE("left out: only root can give a folder away");
    return;
  }
  CHECK(contains(refusal([&] { (void)take(); }), "it belongs to another user"));
}

TEST_CASE("a folder that cannot be made is named, and what to do") {
  const runtime_folder nowhere("/proc");
  std::string holder;
  const std::string message = refusal([&] { (void)device_lease::try_take(test::nvidia(), holder); });
  CHECK(message.starts_with("no device can be taken for one process alone: cannot create '/proc/clotho'"));
  CHECK(message.ends_with("; set XDG_RUNTIME_DIR to a folder of your own, or leave out 'exclusive'"));
}

TEST_CASE("without a folder of the session one below /tmp serves") {
  const runtime_folder missing("/no/such/folder");
  CHECK(os::runtime_folder() == "/tmp/clotho-" + std::to_string(::geteuid()));
}

TEST_CASE("a device is known by its UUID, without one by its names and place") {
  device_info one = test::nvidia(), two = test::amd();
  two.uuid = one.uuid;
  CHECK(detail::lease_identity(one) == detail::lease_identity(two));
  one.uuid = two.uuid = "";
  CHECK(detail::lease_identity(one) != detail::lease_identity(two));
  two = one;
  two.platform_index = 5;
  CHECK(detail::lease_identity(one) == detail::lease_identity(two));
  two.index = 1;
  CHECK(detail::lease_identity(one) != detail::lease_identity(two));
}
