// SPDX-License-Identifier: Apache-2.0
// What a caller must not do, and what happens then; besides what the tests of each part say.
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <stdexcept>

#include <clotho/core/error.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/promise.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

struct fragile {
  explicit fragile(int) { throw std::runtime_error("broke on the way"); }
};

} // namespace

TEST_CASE("as many threads as are allowed, and one more") {
  thread_pool pool(thread_pool_options::most_threads);
  CHECK(pool.execute([] { return 1; }) == 1);
  CHECK(contains(refusal([] { thread_pool(thread_pool_options::most_threads + 1); }), "1025 threads; at most 1024"));
  CHECK_THROWS_AS(thread_pool(thread_pool_options::automatic - 1), argument_error);
}

TEST_CASE("threads that the system refuses") {
  thread_pool_options options;
  options.threads = 4;
  options.stack_bytes = std::size_t{1} << 50;
  CHECK(contains(refusal([&] { thread_pool pool(options); }), "cannot start a thread: "));
}

TEST_CASE("empty functions are refused, or fail where they are called") {
  thread_pool pool(1);
  const std::function<int()> none;
  CHECK_THROWS_AS(pool.submit({}, priority::high), argument_error);
  CHECK_THROWS_AS(pool.submit_continuation({}), argument_error);
  pool.execute([&] { CHECK_THROWS_AS(pool.submit_continuation({}), argument_error); });
  CHECK_THROWS_AS(pool.execute(none), std::bad_function_call);
  CHECK_THROWS_AS(async(pool, none).get(), std::bad_function_call);
  CHECK_THROWS_AS(async(pool, [] { return 1; }).then(std::function<int(int)>()).get(), std::bad_function_call);
}

TEST_CASE("a closed pool without threads refuses work, too") {
  thread_pool pool(0);
  pool.close();
  CHECK_THROWS_AS(pool.submit([] {}), closed_error);
  CHECK_THROWS_AS((void)async(pool, [] {}), closed_error);
  CHECK_THROWS_AS(pool.execute([] {}), closed_error);
}

TEST_CASE("a priority that is none, a stack too small") {
  thread_pool pool(1);
  CHECK_THROWS_AS(pool.submit([] {}, static_cast<priority>(7)), argument_error);
  thread_pool_options options;
  options.threads = 1;
  options.stack_bytes = 1;
  CHECK(contains(refusal([&] { thread_pool tiny(options); }), "with a stack of 1 bytes"));
}

TEST_CASE("a value that cannot be made fails the future as well") {
  promise<fragile> made;
  auto waiting = made.get_future();
  CHECK_THROWS_AS(made.set_value(1), std::runtime_error);
  CHECK(waiting.wait_for(std::chrono::seconds(-1)));
  CHECK_THROWS_AS(waiting.get(), std::runtime_error);
}

TEST_CASE("no exception is no failure") {
  promise<int> made;
  CHECK_THROWS_AS(made.set_exception(nullptr), argument_error);
  CHECK(made.set_value(1));
}
