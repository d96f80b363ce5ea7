#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace clotho::test {

/// A sequence of tasks over a few arrays, made at random, as data: to be run in order by plain loops, or by a runtime.
struct random_flow {
  using generator = std::mt19937_64;
  static constexpr std::size_t block = 128; // elements; parts begin at multiples, which devices want aligned
  static constexpr std::size_t blocks = 8;
  static constexpr std::size_t size = block * blocks;

  enum class kind { kernel, host, fill, copy, failing, cancelled };
  struct part {
    std::size_t array = 0, first = 0, count = size;
    [[nodiscard]] bool overlaps(const part& other) const noexcept {
      return array == other.array && first < other.first + other.count && other.first < first + count;
    }
  };
  /// to = to * 3 + from + value (kernel, host), to = value (fill), to = from (copy), to is damaged (failing, cancelled).
  struct step {
    kind what = kind::host;
    part to, from;
    std::uint32_t value = 0;
    std::size_t device = 0;
  };

  std::size_t arrays = 1;
  std::vector<step> steps;

  random_flow() = default;
  /// `in_parts`: tasks use parts of arrays, too.
  random_flow(generator& random, std::size_t count, std::size_t devices, bool in_parts)
      : arrays(random() % 4 + 1), in_parts_(in_parts) {
    const unsigned failures = random() % 3 == 0 ? 5 : 0; // of a hundred
    for (std::size_t i = 0; i < count; ++i) steps.push_back(random_step(random, failures, devices));
  }

  /// What plain loops make of it; damaged elements are marked.
  struct content {
    std::vector<std::uint32_t> values;
    std::vector<bool> damaged;
  };
  [[nodiscard]] std::vector<content> run_in_order(std::size_t times = 1) const {
    std::vector<content> all(arrays, content{std::vector<std::uint32_t>(size, 1), std::vector<bool>(size, false)});
    for (std::size_t i = 0; i < times; ++i)
      for (const step& one : steps) apply(one, all);
    return all;
  }

  [[nodiscard]] bool may_fail() const {
    return std::any_of(steps.begin(), steps.end(),
                       [](const step& one) { return one.what == kind::failing || one.what == kind::cancelled; });
  }

  [[nodiscard]] std::string text() const {
    static constexpr const char* names[] = {"kernel", "host", "fill", "copy", "failing", "cancelled"};
    const auto place = [](const part& p) {
      return "a" + std::to_string(p.array) + "[" + std::to_string(p.first) + "+" + std::to_string(p.count) + "]";
    };
    std::string all;
    for (const step& one : steps)
      all += std::string(names[static_cast<std::size_t>(one.what)]) + " " + place(one.to) + " " + place(one.from) + " " +
             std::to_string(one.value) + " on " + std::to_string(one.device) + "\n";
    return all;
  }

  /// The same without the steps [first, last).
  [[nodiscard]] random_flow without(std::size_t first, std::size_t last) const {
    random_flow less = *this;
    less.steps.erase(less.steps.begin() + static_cast<std::ptrdiff_t>(first),
                     less.steps.begin() + static_cast<std::ptrdiff_t>(std::min(last, steps.size())));
    return less;
  }

 private:
  [[nodiscard]] part random_part(generator& random) const {
    part made{random() % arrays, 0, size};
    if (!in_parts_ || random() % 2 == 0) return made;
    const std::size_t first = random() % blocks;
    made.first = first * block;
    made.count = (random() % (blocks - first) + 1) * block;
    return made;
  }
  [[nodiscard]] step random_step(generator& random, unsigned failures, std::size_t devices) const {
    step made;
    made.to = random_part(random);
    made.value = static_cast<std::uint32_t>(random() % 1000);
    made.device = random() % devices;
    if (random() % 100 < failures) {
      made.what = random() % 2 == 0 ? kind::failing : kind::cancelled;
      return made;
    }
    made.what = static_cast<kind>(random() % 4);
    made.from = random_part(random);
    made.from.count = made.to.count;
    made.from.first = std::min(made.from.first, size - made.to.count);
    // Kernels of OpenCL may not have parts of one array that overlap without being the same.
    if (made.from.overlaps(made.to)) {
      made.from = made.to;
      if (made.what == kind::copy) made.what = kind::host;
    }
    return made;
  }

  static void apply(const step& one, std::vector<content>& all) {
    content& to = all[one.to.array];
    const content& from = all[one.from.array];
    const bool reads_to = one.what == kind::kernel || one.what == kind::host;
    const bool reads_from = reads_to || one.what == kind::copy;
    bool damaged = one.what == kind::failing || one.what == kind::cancelled;
    for (std::size_t i = 0; i < one.to.count; ++i)
      damaged = damaged || (reads_to && to.damaged[one.to.first + i]) || (reads_from && from.damaged[one.from.first + i]);
    for (std::size_t i = 0; i < one.to.count; ++i) {
      std::uint32_t& value = to.values[one.to.first + i];
      to.damaged[one.to.first + i] = damaged;
      if (reads_to) value = value * 3 + from.values[one.from.first + i] + one.value;
      if (one.what == kind::copy) value = from.values[one.from.first + i];
      if (one.what == kind::fill) value = one.value;
    }
  }

  bool in_parts_ = true;
};

} // namespace clotho::test
