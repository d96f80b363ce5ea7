#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/device_loss.hpp>
#include <clotho/flow/runtime.hpp>

#include "random_flow.hpp"

namespace clotho::test {

/// What else a run of random programs is about.
enum class random_rules {
  usual,     ///< kernels name their devices
  with_losses ///< most do not; what was lost with a device may be missing
};

/// A runtime that runs random programs.
class random_machine {
 public:
  explicit random_machine(runtime_options options, random_rules rules = random_rules::usual)
      : rules_(rules),
        rt_(std::move(options)),
        program_(rt_.build(source_)),
        mix_in_(program_.kernel("mix_in")),
        mix_itself_(program_.kernel("mix_itself")) {
    program_.wait();
  }
  [[nodiscard]] std::size_t devices() const { return rt_.devices().size(); }

  /// Runs each kernel in each size on each device, which may lead to compilers: those leak, and hide what others leak unless
  /// a run before has filled their caches.
  void warm() const {
    const buffer<std::uint32_t> to(rt_, words_of_ones()), from(rt_, words_of_ones());
    for (std::size_t where = 0; where < devices(); ++where)
      for (std::size_t size = random_flow::block; size <= random_flow::size; size += random_flow::block) {
        rt_.launch(mix_in_.on(where), size, to, from, 1u);
        rt_.launch(mix_itself_.on(where), size, to, 1u);
      }
    rt_.wait();
  }
  /// What is wrong with what the runtime makes of `program`; nothing when all is well.
  [[nodiscard]] std::string wrong_with(const random_flow& program) const {
    const arrays by_tasks = fresh(program);
    for (const random_flow::step& one : program.steps) submit(one, by_tasks);
    std::string wrong = compare(by_tasks, program.run_in_order());
    if (program.may_fail()) return wrong; // a graph fails as a whole
    const arrays by_graph = fresh(program);
    const graph same = rt_.record([&](recorder& taker) {
      for (const random_flow::step& one : program.steps) take_down(taker, one, by_graph);
    });
    same.run(3);
    const std::string differs = compare(by_graph, program.run_in_order(3));
    return wrong + (differs.empty() ? "" : "as a graph:\n" + differs);
  }

 private:
  static constexpr const char* source_ = R"(
kernel void mix_in(global uint* to, global const uint* from, const uint value) {
  const size_t i = get_global_id(0);
  to[i] = to[i] * 3 + from[i] + value;
}
kernel void mix_itself(global uint* to, const uint value) {
  const size_t i = get_global_id(0);
  to[i] = to[i] * 4 + value;
}
)";

  using slice = buffer_slice<std::uint32_t>;
  using arrays = std::vector<buffer<std::uint32_t>>;

  [[nodiscard]] static std::vector<std::uint32_t> words_of_ones() { return std::vector<std::uint32_t>(random_flow::size, 1); }

  [[nodiscard]] arrays fresh(const random_flow& program) const {
    arrays all;
    for (std::size_t i = 0; i < program.arrays; ++i) all.emplace_back(rt_, words_of_ones());
    return all;
  }

  [[nodiscard]] loaded_kernel placed(const loaded_kernel& kernel, const random_flow::step& one) const {
    return rules_ == random_rules::usual || one.value % 4 == 0 ? kernel.on(one.device) : kernel;
  }

  // What a runtime and a recorder can do alike.
  template <class Taker> void take_down(const Taker& taker, const random_flow::step& one, const arrays& all) const {
    const slice to = all[one.to.array].slice(one.to.first, one.to.count);
    const slice from = all[one.from.array].slice(one.from.first, one.from.count);
    const std::uint32_t value = one.value;
    switch (one.what) {
    case random_flow::kind::kernel:
      if (one.from.overlaps(one.to))
        taker.launch(placed(mix_itself_, one), one.to.count, to, value);
      else
        taker.launch(placed(mix_in_, one), one.to.count, to, from, value);
      break;
    case random_flow::kind::host:
      taker.host(
          [value](std::span<std::uint32_t> mine, std::span<const std::uint32_t> more) {
            for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = mine[i] * 3 + more[i] + value;
          },
          inout(to), in(from));
      break;
    case random_flow::kind::fill: taker.fill(to, value); break;
    case random_flow::kind::copy: taker.copy(from, to); break;
    case random_flow::kind::failing:
    case random_flow::kind::cancelled: break;
    }
  }

  void submit(const random_flow::step& one, const arrays& all) const {
    const slice to = all[one.to.array].slice(one.to.first, one.to.count);
    const auto fails = [](std::span<std::uint32_t>) -> void { throw std::runtime_error("planned"); };
    if (one.what == random_flow::kind::failing)
      rt_.host(fails, out(to));
    else if (one.what == random_flow::kind::cancelled)
      rt_.host(fails, out(to)).cancel(); // it may have begun before that, and fails then
    else
      take_down(rt_, one, all);
  }

  [[nodiscard]] std::string compare(const arrays& all, const std::vector<random_flow::content>& expected) const {
    std::string wrong;
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t first = 0; first < random_flow::size; first += random_flow::block)
        wrong += compare(all[i].slice(first, random_flow::block), expected[i], i, first);
    return wrong;
  }

  [[nodiscard]] std::string compare(const slice& part, const random_flow::content& expected, std::size_t array,
                                    std::size_t first) const {
    const std::string where = "a" + std::to_string(array) + "[" + std::to_string(first) + "]";
    try {
      const std::vector<std::uint32_t> got = rt_.read(part).get();
      if (expected.damaged[first]) return where + " should be damaged\n";
      for (std::size_t i = 0; i < got.size(); ++i)
        if (got[i] != expected.values[first + i])
          return where + " + " + std::to_string(i) + ": " + std::to_string(got[i]) + " instead of " +
                 std::to_string(expected.values[first + i]) + "\n";
      return "";
    } catch (const dependency_error& thrown) {
      return expected.damaged[first] || is_due_to_loss(thrown) ? "" : where + ": " + thrown.what() + "\n";
    }
  }

  [[nodiscard]] bool is_due_to_loss(const dependency_error& failure) const {
    return rules_ == random_rules::with_losses && detail::is_loss(failure.cause());
  }

  const random_rules rules_;
  runtime rt_;
  loaded_program program_;
  loaded_kernel mix_in_, mix_itself_;
};

} // namespace clotho::test
