#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include <clotho/flow/detail/graph_host.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/flow/loaded_program.hpp>
#include <clotho/flow/task_verbs.hpp>
#include <clotho/runtime/nd_range.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {
class graph_state;
}

/// Which task of a graph; to change it later.
class recorded {
 public:
  /// For clotho's own code.
  explicit recorded(std::size_t index) noexcept : index_(index) {}
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

 private:
  std::size_t index_;
};

/// Tasks of a runtime that were worked out once, to be run many times: who waits for whom is known, arguments are checked
/// and bound. A handle; it must not be used when its runtime is gone.
///
/// A run is one task for the rest of the flow: it has its place in the order of submission, and when one of its tasks fails
/// all that it writes is damaged. Inside, tasks run as those of the runtime do: in the order in which they were recorded, as
/// far as data tell, each run after the one before.
class graph {
 public:
  /// Submits `times` runs, one after the other. Returns at once. Safe from any thread.
  future<void> run(std::size_t times = 1) const;

  /// From the next run on, the kernel gets another value, or other memory of the same kind, for an argument:
  /// set(node, arg("a", 2.0f)). Waits for the runs that were submitted; not inside a task, and not while another thread
  /// uses the graph. Throws argument_error when it does not fit.
  void set(const recorded& node, const flow_argument& named) const;
  /// The same for its range.
  void set(const recorded& node, const nd_range& range) const;

  /// How many tasks.
  [[nodiscard]] std::size_t size() const noexcept;

  /// For clotho's own code.
  explicit graph(std::shared_ptr<detail::graph_state> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<detail::graph_state> state_;
};

/// Takes down the tasks of a graph, by the words of a runtime; see runtime::record.
class recorder : public task_verbs<recorder> {
 public:
  /// As runtime::launch, but that a kernel which names no device runs on the first. Without after(f).
  template <class... Arguments>
  recorded launch(const loaded_kernel& kernel, const nd_range& range, const Arguments&... arguments) const {
    const std::array<flow_argument, sizeof...(Arguments)> list{flow_argument(arguments)...};
    return launch(kernel, range, std::span<const flow_argument>(list));
  }
  recorded launch(const loaded_kernel& kernel, const nd_range& range, std::span<const flow_argument> arguments) const;

  /// As runtime::host; `f` is called in every run, and returns nothing. Without after(f).
  template <class F, class... Accesses> recorded host(F&& f, const Accesses&... accesses) const {
    using call = detail::host_call_of<std::tuple<>, F, Accesses...>;
    static_assert(std::is_void_v<typename call::result_type>, "what a recorded function returns would be lost: write it to a buffer");
    static_assert(call::count == sizeof...(Accesses), "recorded tasks are ordered by their data, not by after() or priorities");
    return add(std::make_unique<detail::graph_host<call>>(std::forward<F>(f), detail::accesses_among<call::count>(flow(), accesses...)));
  }

  /// For clotho's own code.
  explicit recorder(std::shared_ptr<detail::graph_state> state) : state_(std::move(state)) {}
  [[nodiscard]] graph finish() &&;

 private:
  [[nodiscard]] const detail::flow_core& flow() const noexcept;
  recorded add(std::unique_ptr<detail::graph_node> node) const;

  std::shared_ptr<detail::graph_state> state_;
};

} // namespace clotho
