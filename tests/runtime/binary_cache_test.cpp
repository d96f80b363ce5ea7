// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

#include <clotho/core/error.hpp>
#include <clotho/runtime/binary_cache.hpp>

#include "support/temporary_folder.hpp"

using namespace clotho;

namespace {

cache_key key(std::string_view text) { return {sha256().field(text).finish()}; }

os::bytes content(std::size_t n, int seed = 1) {
  std::mt19937 random(static_cast<unsigned>(seed));
  os::bytes bytes(n);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

std::filesystem::path only_entry(const std::filesystem::path& folder) {
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".clbin") return file.path();
  return {};
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  return status.st_mode & 0777;
}

} // namespace

TEST_CASE("what is stored is found again, and nothing else") {
  const test::temporary_folder folder;
  binary_cache cache(folder / "c");
  CHECK_FALSE(cache.load(key("a")));
  CHECK(cache.store(key("a"), content(1000), "a.cl for 'gpu'"));
  CHECK(cache.load(key("a")) == content(1000));
  CHECK_FALSE(cache.load(key("b")));
  CHECK_FALSE(cache.store(key("b"), {}, "empty"));
  const auto entries = cache.list();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].label == "a.cl for 'gpu'");
  CHECK(entries[0].key == key("a").text());
  CHECK(entries[0].intact);
}

TEST_CASE("the cache is private to its owner") {
  const test::temporary_folder folder;
  binary_cache cache(folder / "c");
  cache.store(key("a"), content(10), "a");
  CHECK(mode_of(folder / "c") == 0700);
  CHECK(mode_of(only_entry(folder / "c")) == 0600);
  std::filesystem::create_directory(folder / "open");
  std::filesystem::permissions(folder / "open", std::filesystem::perms::all);
  CHECK_THROWS_AS(binary_cache(folder / "open"), io_error);
}

TEST_CASE("any damage is a miss, and the entry goes") {
  const test::temporary_folder folder;
  binary_cache cache(folder / "c");
  SUBCASE("truncated at any length") {
    const std::size_t whole = [&] {
      cache.store(key("a"), content(200), "label");
      return std::filesystem::file_size(only_entry(folder / "c"));
    }();
    for (std::size_t n = 0; n < whole; n += 7) {
      cache.store(key("a"), content(200), "label");
      const auto path = only_entry(folder / "c");
      std::filesystem::resize_file(path, n);
      CHECK_FALSE(cache.load(key("a")));
      CHECK_FALSE(std::filesystem::exists(path));
    }
  }
  SUBCASE("any bit flipped") {
    const unsigned seed = std::random_device{}();
    INFO("seed ", seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 500; ++round) {
      cache.store(key("a"), content(200), "label");
      const auto path = only_entry(folder / "c");
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      const auto at = static_cast<std::streamoff>(random() % std::filesystem::file_size(path));
      file.seekg(at);
      const char byte = static_cast<char>(file.get());
      file.seekp(at);
      file.put(static_cast<char>(byte ^ static_cast<char>(1 << random() % 8)));
      file.close();
      CHECK_FALSE(cache.load(key("a")));
    }
  }
  SUBCASE("an entry under another's name") {
    cache.store(key("a"), content(200), "label");
    std::filesystem::rename(only_entry(folder / "c"), folder / "c" / (key("b").text() + ".clbin"));
    CHECK_FALSE(cache.load(key("b")));
  }
}

TEST_CASE("verify finds and removes what is damaged") {
  const test::temporary_folder folder;
  binary_cache cache(folder / "c");
  cache.store(key("good"), content(50), "good");
  std::ofstream(folder / "c" / (key("bad").text() + ".clbin")) << "not an entry";
  const auto damaged = cache.verify();
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0].key == key("bad").text());
  CHECK(cache.verify().empty());
  CHECK(cache.load(key("good")));
}

TEST_CASE("the least recently used entries go when the cap is reached") {
  const test::temporary_folder folder;
  binary_cache cache(folder / "c", cache_mode::read_write, 3500);
  const auto now = std::filesystem::file_time_type::clock::now();
  for (int i = 0; i < 3; ++i) {
    const cache_key k = key(std::to_string(i));
    cache.store(k, content(1000, i), "n");
    std::filesystem::last_write_time(folder / "c" / (k.text() + ".clbin"),
                                     now - std::chrono::minutes(10 - i));
  }
  CHECK(cache.load(key("0"))); // used now: entry 1 is the oldest
  cache.store(key("3"), content(1000, 3), "n");
  CHECK(cache.load(key("0")));
  CHECK_FALSE(cache.load(key("1")));
  CHECK(cache.load(key("3")));
  CHECK(cache.prune(0) > 2000);
  CHECK(cache.list().empty());
}

TEST_CASE("left-over temporary files of crashed processes are swept") {
  const test::temporary_folder folder;
  binary_cache cache(folder / "c");
  const auto path = folder / "c" / "x.clbin.tmp123.0";
  std::ofstream(path) << "half";
  cache.prune(binary_cache::default_cap_bytes);
  CHECK(std::filesystem::exists(path));
  std::filesystem::last_write_time(path,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  cache.prune(binary_cache::default_cap_bytes);
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a read-only cache changes nothing") {
  const test::temporary_folder folder;
  binary_cache(folder / "c").store(key("a"), content(10), "a");
  binary_cache cache(folder / "c", cache_mode::read_only);
  CHECK_FALSE(cache.store(key("b"), content(10), "b"));
  CHECK(cache.load(key("a")));
  std::filesystem::resize_file(only_entry(folder / "c"), 5);
  CHECK_FALSE(cache.load(key("a")));
  CHECK(std::filesystem::exists(only_entry(folder / "c")));
  CHECK_FALSE(cache.lock(key("a")));
}

TEST_CASE("many threads may store and load one key") {
  const test::temporary_folder folder;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      binary_cache cache(folder / "c");
      for (int i = 0; i < 50; ++i) {
        cache.store(key("a"), content(3000, t), "a");
        const auto got = cache.load(key("a"));
        bool known = false;
        for (int seed = 0; got && seed < 8; ++seed) known = known || *got == content(3000, seed);
        if (!known) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("the lock of a key excludes others until it goes") {
  const test::temporary_folder folder;
  binary_cache cache(folder / "c");
  auto held = cache.lock(key("a"));
  REQUIRE(held);
  std::atomic<bool> got{false};
  std::thread other([&] {
    const auto lock = cache.lock(key("a"));
    got = true;
  });
  CHECK_FALSE(got);
  held.reset();
  other.join();
  CHECK(got);
}
