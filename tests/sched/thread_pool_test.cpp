// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>

#include <clotho/sched/thread_pool.hpp>

using clotho::thread_pool;

TEST_CASE("a pool finishes what was submitted before it goes") {
  for (const unsigned threads : {1u, 2u, 8u}) {
    std::atomic<int> ran{0};
    {
      thread_pool pool(threads);
      CHECK(pool.concurrency() == threads);
      for (int i = 0; i < 1000; ++i) pool.submit([&] { ++ran; });
    }
    CHECK(ran == 1000);
  }
}

TEST_CASE("work may submit more work, also while the pool closes") {
  std::atomic<int> ran{0};
  {
    thread_pool pool(2);
    for (int i = 0; i < 100; ++i)
      pool.submit([&] {
        ++ran;
        pool.submit([&] { ++ran; });
      });
  }
  CHECK(ran == 200);
}

TEST_CASE("zero asks for one thread per hardware thread") { CHECK(thread_pool(0).concurrency() >= 1); }
