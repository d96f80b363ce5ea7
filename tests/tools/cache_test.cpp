// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/binary_cache.hpp>

#include "command_fixture.hpp"

using namespace clotho::test;

namespace {

// Entries as the library writes them; no device is needed to look after them.
void fill(const command_fixture& fixture, unsigned count) {
  clotho::binary_cache cache(fixture.folder / "cache/programs");
  for (unsigned i = 0; i < count; ++i) {
    clotho::cache_key key;
    key.bytes[0] = static_cast<std::byte>(i);
    const std::vector<std::byte> code(1000, static_cast<std::byte>(i));
    REQUIRE(cache.store(key, code, "program " + std::to_string(i)));
  }
}

constexpr const char* no_driver = "/nonexistent/";

} // namespace

TEST_CASE_FIXTURE(command_fixture, "cache tells what is in it, without any device") {
  const auto empty = run({"cache", "info"}, {{"OCL_ICD_VENDORS", no_driver}});
  CHECK(empty.exit_status == 0);
  CHECK(contains(empty.output, "0 programs"));
  fill(*this, 2);
  const auto info = parse(run({"cache", "info", "--json"}).output);
  CHECK(info["schema"] == "clotho.cache/1");
  CHECK(info["entries"] == 2);
  CHECK(info["size_bytes"] >= 2000);
  const auto list = run({"cache", "list"});
  CHECK(contains(list.output, "program 0"));
  CHECK(contains(list.output, "program 1"));
  CHECK(parse(run({"cache", "list", "--json"}).output)["entries"].size() == 2);
}

TEST_CASE_FIXTURE(command_fixture, "verify finds damage, removes it, and says so by its status") {
  fill(*this, 2);
  CHECK(run({"cache", "verify"}).exit_status == 0);
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder / "cache/programs"))
    if (file.is_regular_file() && file.file_size() > 1000) {
      clotho::os::bytes content = clotho::os::read_file(file.path());
      content.back() ^= std::byte{1};
      clotho::os::write_file(file.path(), content, clotho::os::access::owner_only);
      break;
    }
  const auto result = run({"cache", "verify", "--json"});
  CHECK(result.exit_status == 1);
  CHECK(parse(result.output)["damaged"].size() == 1);
  CHECK(run({"cache", "verify"}).exit_status == 0);
  CHECK(parse(run({"cache", "info", "--json"}).output)["entries"] == 1);
}

TEST_CASE_FIXTURE(command_fixture, "prune and clear say how much went") {
  fill(*this, 3);
  CHECK(contains(run({"cache", "prune"}).output, "removed 0 programs"));
  CHECK(run({"cache", "prune", "--max", "much"}).exit_status == 2);
  const auto pruned = parse(run({"cache", "prune", "--max", "1500", "--json"}).output);
  CHECK(pruned["entries"] == 1);
  CHECK(pruned["removed"] == 2);
  CHECK(pruned["removed_bytes"] >= 2000);
  const auto cleared = run({"cache", "clear"});
  CHECK(cleared.exit_status == 0);
  CHECK(contains(cleared.output, "removed 1 program,"));
  CHECK(parse(run({"cache", "info", "--json"}).output)["entries"] == 0);
}

TEST_CASE_FIXTURE(command_fixture, "a cache that is off or not writable is named") {
  const auto off = run({"cache", "info"}, {{"CLOTHO_CACHE", "off"}});
  CHECK(off.exit_status == 6);
  CHECK(contains(off.errors, "CLOTHO_CACHE"));
  fill(*this, 1);
  const auto fixed = run({"cache", "clear"}, {{"CLOTHO_CACHE", "readonly"}});
  CHECK(fixed.exit_status == 6);
  CHECK(contains(fixed.errors, "read-only"));
}
