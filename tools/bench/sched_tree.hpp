#pragma once
// SPDX-License-Identifier: Apache-2.0
// Trees of tasks, written once: a scheduler fills in how it forks.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "sched_work.hpp"

namespace clotho::bench {

[[nodiscard]] std::uint64_t fib(std::size_t n);
/// Calls that fib(n) makes by its definition, the first one included.
[[nodiscard]] std::uint64_t fib_calls(std::size_t n);

/// `fork(f, g)` calls both, perhaps at once.
template <class Fork> std::uint64_t fib_by(const Fork& fork, std::size_t n) {
  if (n < 2) return n;
  std::uint64_t a, b;
  fork([&] { a = fib_by(fork, n - 1); }, [&] { b = fib_by(fork, n - 2); });
  return a + b;
}

template <class Fork> double sample_fib(const Fork& fork, std::size_t n) {
  std::uint64_t found = 0;
  const double seconds = time_of([&] { found = fib_by(fork, n); });
  check_result("fib", found, fib(n));
  return seconds / static_cast<double>(fib_calls(n));
}

/// fork() by a group of its own. `make_group()` returns one, with run(f) and wait().
template <class MakeGroup> auto fork_by_group(MakeGroup make_group) {
  return [=](const auto& f, const auto& g) {
    auto group = make_group();
    group.run(f);
    g();
    group.wait();
  };
}

/// The sum of the numbers of the `leaves` leaves from `first` on; a power of ten.
template <class MakeGroup>
std::uint64_t skynet(const MakeGroup& make_group, std::uint64_t first, std::uint64_t leaves) {
  if (leaves == 1) return first;
  std::array<std::uint64_t, 10> sums;
  const std::uint64_t part = leaves / sums.size();
  auto group = make_group();
  for (std::uint64_t& sum : sums) {
    group.run([&make_group, &sum, first, part] { sum = skynet(make_group, first, part); });
    first += part;
  }
  group.wait();
  std::uint64_t all = 0;
  for (const std::uint64_t sum : sums) all += sum;
  return all;
}

template <class MakeGroup> double sample_skynet(const MakeGroup& make_group, std::size_t n) {
  std::uint64_t found = 0;
  const double seconds = time_of([&] { found = skynet(make_group, 0, n); });
  check_result("skynet", found, n * (n - 1) / 2);
  const std::size_t tasks = (n * 10 - 1) / 9;
  return seconds / static_cast<double>(tasks);
}

/// The columns and diagonals that are taken where the next row begins.
struct placed_queens {
  std::uint32_t columns = 0, left = 0, right = 0;
};

template <class MakeGroup>
std::uint64_t queens(const MakeGroup& make_group, std::uint32_t n, placed_queens placed) {
  const std::uint32_t all = (1u << n) - 1;
  if (placed.columns == all) return 1;
  std::array<std::uint64_t, 16> found{};
  std::size_t count = 0;
  auto group = make_group();
  for (std::uint32_t free = all & ~(placed.columns | placed.left | placed.right); free != 0;
       free &= free - 1) {
    const std::uint32_t here = free & -free;
    const placed_queens next{placed.columns | here, (placed.left | here) << 1, (placed.right | here) >> 1};
    std::uint64_t& solutions = found[count++];
    group.run([&make_group, &solutions, n, next] { solutions = queens(make_group, n, next); });
  }
  group.wait();
  std::uint64_t sum = 0;
  for (const std::uint64_t solutions : found) sum += solutions;
  return sum;
}

/// What n queens should find, and in how many tasks.
struct queens_outcome {
  std::uint64_t solutions = 0, tasks = 0;
};
[[nodiscard]] queens_outcome count_queens(std::size_t n);

template <class MakeGroup> double sample_queens(const MakeGroup& make_group, std::size_t n) {
  std::uint64_t found = 0;
  const double seconds = time_of([&] { found = queens(make_group, static_cast<std::uint32_t>(n), {}); });
  const queens_outcome expected = count_queens(n);
  check_result("n queens", found, expected.solutions);
  return seconds / static_cast<double>(expected.tasks);
}

/// The cases of whatever has task groups. `inside(f)` returns what f returns, called on a worker.
template <class Inside, class MakeGroup>
void add_group_cases(entrants& to, const std::string& name, Inside inside, MakeGroup make_group) {
  const auto add = [&](workload what, auto sample) {
    to.push_back({what, name, [=](std::size_t n) { return inside([&] { return sample(n); }); }});
  };
  add(workload::spawn_fib, [=](std::size_t n) { return sample_fib(fork_by_group(make_group), n); });
  add(workload::flat_inside, [=](std::size_t n) { return sample_flat_inside(make_group, n); });
  add(workload::skynet, [=](std::size_t n) { return sample_skynet(make_group, n); });
  add(workload::queens, [=](std::size_t n) { return sample_queens(make_group, n); });
  add(workload::group_chain, [=](std::size_t n) { return sample_group_chain(make_group, n); });
}

} // namespace clotho::bench
