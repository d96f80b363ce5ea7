// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <fstream>

#include <clotho/runtime/binary_cache.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/device_fixture.hpp"
#include "support/skip.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using test::device_fixture;

namespace {

constexpr const char* add_source = "__kernel void add(__global int* x) { x[get_global_id(0)] += V; }";

void save(const std::filesystem::path& path, std::string_view text) { std::ofstream(path) << text; }

int run_add(queue& q, const program& built) {
  const device_buffer x = device_buffer::of<int>(q.owner(), 4);
  q.fill(x, 0);
  q.launch(built.get_kernel("add"), 4, x);
  std::vector<int> got(4);
  q.read(x, std::span<int>(got));
  return got[3];
}

} // namespace

TEST_CASE_FIXTURE(device_fixture, "definitions reach the compiler whatever is in them") {
  CHECK(run_add(q, build(add_source, {.defines = {{"V", "(3 + 4)"}}})) == 7);
  CHECK(run_add(q, build(add_source, {.defines = {{"TWICE(x)", "((x) * 2)"}, {"V", "TWICE(21)"}}})) == 42);
  CHECK_THROWS_WITH_AS(static_cast<void>(build(add_source, {.defines = {{"1V", "3"}}})),
                       "'1V' cannot be the name of a macro", argument_error);
  CHECK_THROWS_AS(static_cast<void>(build(add_source, {.defines = {{"V", "1\n#include \"/etc/passwd\""}}})),
                  argument_error);
  CHECK_THROWS_AS(static_cast<void>(build(add_source, {.flags = "-I /etc"})), argument_error);
  CHECK_THROWS_AS(static_cast<void>(build(add_source, {.standard = "CL9.9"})), argument_error);
}

TEST_CASE_FIXTURE(device_fixture, "an error in a header two includes deep is reported in that header") {
  const test::temporary_folder folder;
  std::filesystem::create_directory(folder / "sub");
  save(folder / "main.cl", "#include \"a.h\"\n__kernel void k(__global int* x) { x[0] = f(); }\n");
  save(folder / "a.h", "// first\n#include \"sub/b.h\"\n");
  save(folder / "sub/b.h", "// one\n// two\nint f(void) { return undeclared_name; }\n");
  try {
    static_cast<void>(program::build(ctx, load_source(folder / "main.cl")));
    FAIL("built");
  } catch (const build_error& failure) {
    REQUIRE_FALSE(failure.diagnostics().empty());
    const diagnostic& first = failure.diagnostics().front();
    CHECK(first.where.file == (folder / "sub/b.h").string());
    CHECK(first.where.line == 3);
    CHECK(first.level == severity::error);
    CHECK(first.text.find("undeclared_name") != std::string::npos);
    CHECK_FALSE(failure.log().empty());
    CHECK(failure.code() == -11);
    CHECK(std::string(failure.what()).find("main.cl does not build for '" + ctx.info().name + "'")
          != std::string::npos);
  }
}

TEST_CASE_FIXTURE(device_fixture, "a program knows its kernels, and says so when asked for another") {
  const program built = build("__kernel void first(__global int* x) { x[0] = 1; } __kernel void "
                              "second(__global int* x) { x[0] = 2; }");
  CHECK(built.kernel_names() == std::vector<std::string>{"first", "second"});
  CHECK_THROWS_WITH_AS(static_cast<void>(built.get_kernel("secnd")),
                       "there is no kernel 'secnd' in test.cl; it has first, second. Did you mean 'second'?",
                       argument_error);
  CHECK(built.get_kernel("first").name() == "first");
  CHECK(built.origin() == program_origin::source);
}

TEST_CASE_FIXTURE(device_fixture, "a binary works where it came from") {
  const program built = build(add_source, {.defines = {{"V", "5"}}});
  const os::bytes code = built.binary();
  REQUIRE_FALSE(code.empty());
  const program again = program::from_binary(ctx, code);
  CHECK(again.origin() == program_origin::binary);
  CHECK(run_add(q, again) == 5);
  CHECK_THROWS_AS(static_cast<void>(program::from_binary(ctx, {})), argument_error);
}

TEST_CASE_FIXTURE(device_fixture,
                  "SPIR-V is taken where the device takes it, and refused by name elsewhere") {
  CHECK_THROWS_WITH_AS(static_cast<void>(program::from_spirv(ctx, os::bytes(64))),
                       "this is not SPIR-V: it does not begin with its magic number", argument_error);
  if (ctx.info().spirv) CLOTHO_SKIP("a device without SPIR-V");
  os::bytes words(20);
  const std::uint32_t magic = 0x07230203;
  std::memcpy(words.data(), &magic, sizeof magic);
  CHECK_THROWS_AS(static_cast<void>(program::from_spirv(ctx, words)), capability_error);
}

TEST_CASE_FIXTURE(device_fixture, "many programs build at once and come back in order") {
  thread_pool pool(2);
  std::vector<build_request> requests;
  for (int i = 0; i < 6; ++i)
    requests.push_back(
        {flatten_source("p" + std::to_string(i), add_source), {.defines = {{"V", std::to_string(i)}}}});
  const std::vector<program> built = build_all(ctx, requests, pool);
  REQUIRE(built.size() == 6);
  for (int i = 0; i < 6; ++i) CHECK(run_add(q, built[static_cast<std::size_t>(i)]) == i);
  requests[3].source.text = "__kernel void broken(";
  CHECK_THROWS_AS(static_cast<void>(build_all(ctx, requests, pool)), build_error);
  CHECK(build_all(ctx, {}, pool).empty());
}

TEST_CASE("a build that takes too long is given up, and joined in the end") {
  const context ctx(test::device_under_test());
  // Seconds of work for any optimiser, and a time limit that is over at once.
  std::string text = "__kernel void k(__global float* x) { float v = x[0];\n";
  for (int i = 0; i < 3000; ++i) text += "v = sin(v) * cos(v + " + std::to_string(i) + ".0f);\n";
  text += "x[0] = v; }";
  CHECK_THROWS_AS(static_cast<void>(program::build(ctx, flatten_source("slow.cl", text),
                                                   {.timeout = std::chrono::milliseconds(1)})),
                  timeout_error);
  const program quick =
      program::build(ctx, flatten_source("quick.cl", "__kernel void k(__global int* x) { x[0] = 1; }"),
                     {.timeout = std::chrono::minutes(5)});
  CHECK(quick.kernel_names().size() == 1);
}

TEST_CASE("the second run takes its program from the cache, and damage is healed") {
  const device& target = test::device_under_test();
  const test::temporary_folder folder;
  const auto cache = std::make_shared<binary_cache>(folder / "programs");
  const auto build = [&](const char* value, int expected) {
    const context ctx(target, {.log = {}, .cache = cache});
    queue q(ctx);
    const program built =
        program::build(ctx, flatten_source("t.cl", add_source), {.defines = {{"V", value}}});
    CHECK(run_add(q, built) == expected);
    return built.origin();
  };
  CHECK(build("1", 1) == program_origin::source);
  if (target.quirks().has(quirk_action::skip_binary_cache)) {
    CHECK(cache->list().empty());
    CLOTHO_SKIP("a driver whose binaries are worth keeping");
  }
  CHECK(build("1", 1) == program_origin::cache);
  CHECK(build("2", 2) == program_origin::source);
  CHECK(cache->list().size() == 2);
  for (const auto& file : std::filesystem::directory_iterator(folder / "programs"))
    if (file.path().extension() == ".clbin") std::filesystem::resize_file(file.path(), file.file_size() / 2);
  CHECK(build("1", 1) == program_origin::source);
  CHECK(build("1", 1) == program_origin::cache);
}
