#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/core/log.hpp>
#include <clotho/flow/buffer.hpp>
#include <clotho/flow/capture_options.hpp>
#include <clotho/flow/detail/external_task.hpp>
#include <clotho/flow/detail/host_task.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/flow/graph.hpp>
#include <clotho/flow/host_view.hpp>
#include <clotho/flow/image.hpp>
#include <clotho/flow/launch_timing.hpp>
#include <clotho/flow/loaded_program.hpp>
#include <clotho/flow/named.hpp>
#include <clotho/flow/split.hpp>
#include <clotho/flow/task_verbs.hpp>
#include <clotho/flow/trace.hpp>
#include <clotho/runtime/binary_cache.hpp>
#include <clotho/runtime/device.hpp>
#include <clotho/runtime/nd_range.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho {

struct runtime_options {
  /// A selector; empty: CLOTHO_DEVICES, and without that the best device.
  std::string devices{};
  /// The devices themselves, instead of a selector.
  std::vector<device> device_list{};
  /// Threads of the runtime's own pool; as thread_pool_options::threads. None when a device's driver wants to be called by
  /// one thread only, as Oclgrind's does: then everything runs in the thread that submits it, which must be this one.
  unsigned threads = thread_pool_options::automatic;
  /// The application's executor, instead of a pool; it must outlive the runtime.
  executor* on = nullptr;
  /// Compiled programs are kept here between runs; null: nowhere. By default as the environment wants it, which is in the
  /// user's cache folder; CLOTHO_CACHE=off is none.
  std::shared_ptr<binary_cache> cache = binary_cache::from_environment();
  log_sink log{};
  /// Records what runs when; none: the file that CLOTHO_TRACE names, if any, which all such runtimes of the process share.
  std::shared_ptr<clotho::trace> trace{};
  /// Devices are asked for the times of kernels, for measure(): launches take a little longer.
  bool device_times = false;
  /// A device that can works on the host's memory itself (quirk host_memory_itself), if it is the runtime's only one; one that
  /// works in the calling thread always does.
  bool share_host_memory = true;
  /// Launches to save, for `clotho replay`; without it what CLOTHO_CAPTURE says.
  std::optional<capture_options> capture{};
  /// Device memory of buffers that are gone is kept for the next ones, so much of it on each device; 0: none. By default it is
  /// a quarter of the device's, 1 GiB at most, and none where the driver is there to find mistakes, as Oclgrind.
  std::optional<std::size_t> kept_device_bytes{};
  /// Who submits more waits until some have finished, except inside a task, and on a thread of the pool: tasks need it.
  std::size_t max_in_flight = 65536;
};

/// Where tasks run: devices, and a pool of threads for the host's share, which is also what CPU devices run on when their
/// driver lets us.
///
/// Tasks behave as if they ran in the order of submission. Those that do not conflict, by the memory that they read and
/// write, run at the same time. A task that fails damages what it would have written; see buffer. Futures may be dropped;
/// failures that nobody looks at are told to the log.
///
/// A device that is lost gets no more work. Kernels that waited for it run on another one, unless they name it, or what they
/// read was nowhere else; those, and graphs recorded for it, fail with device_lost_error. The log is warned once.
///
/// Safe from any thread; of two threads that submit at once, either may come first. There may be several runtimes; a
/// buffer belongs to one. Destruction waits for all tasks, and so for all views.
class runtime : public task_verbs<runtime> {
 public:
  /// Throws selection_error when no device fits, error when one cannot be used, argument_error when CLOTHO_TRACE or
  /// CLOTHO_CAPTURE cannot be obeyed.
  explicit runtime(runtime_options options = {});
  explicit runtime(std::string_view devices) : runtime(runtime_options{.devices = std::string(devices)}) {}
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// The devices, as loaded_kernel::on counts them.
  [[nodiscard]] const std::vector<device>& devices() const noexcept;
  /// What host tasks run on.
  [[nodiscard]] executor& host_executor() const noexcept;

  /// Reads a .cl file, with what it includes, and builds it in the background. Throws what load_source throws.
  [[nodiscard]] loaded_program load(const std::filesystem::path& file, build_options options = {}) const;
  /// The same for text.
  [[nodiscard]] loaded_program build(std::string_view text, build_options options = {}) const;
  [[nodiscard]] loaded_program build(source_text source, build_options options = {}) const;

  /// Submits a kernel. Arguments are positional or all named; see flow_argument. Buffers of const pointers are read, of
  /// others read and written, unless the call says otherwise. It runs on the device that the kernel names,
  /// or else where most of its data were last used by one; of several such, where least is to be done. Returns at once.
  /// Throws argument_error for arguments that do not fit the kernel; what only the device knows comes through the future.
  template <class... Arguments>
  future<void> launch(const loaded_kernel& kernel, const nd_range& range, const Arguments&... arguments) const {
    const std::array<flow_argument, sizeof...(Arguments)> list{flow_argument(arguments)...};
    return launch(kernel, range, std::span<const flow_argument>(list));
  }
  future<void> launch(const loaded_kernel& kernel, const nd_range& range, std::span<const flow_argument> arguments) const;

  /// Submits a kernel that runs on all devices at once, each with a part of the range: see split. Also throws argument_error
  /// when the kernel cannot be split, or does not say which part of what it writes belongs to which index.
  template <class... Arguments>
  future<void> launch(const split_kernel& kernel, const nd_range& range, const Arguments&... arguments) const {
    const std::array<split_argument, sizeof...(Arguments)> list{split_argument(arguments)...};
    return launch(kernel, range, std::span<const split_argument>(list));
  }
  future<void> launch(const split_kernel& kernel, const nd_range& range, std::span<const split_argument> arguments) const;

  /// Submits a function. It is called on the host with a std::span for each in(x), out(x) or inout(x), in order: of const
  /// elements for in(x). after(f) adds nothing to the call. The future has what it returns.
  template <class F, class... Accesses> auto host(F&& f, const Accesses&... accesses) const {
    return detail::submit_host_task(core(), std::forward<F>(f), accesses...);
  }

  /// Submits work that others do, such as a message or a file's transfer: `start` is called on the host with a completion, by
  /// value, and then as host() calls it. It hands the completion to whoever will know when the work is done, and returns. The
  /// memory is the work's until then: the future becomes ready, and what comes after begins, when the task is completed and
  /// `start` has returned. What `start` throws is the task's failure, but the completion, if it was handed on, is waited for.
  /// Cancelling only keeps `start` from being called. The result is a T: rt.external<int>([](completion_of<int> done) {...}).
  template <class T = void, class F, class... Accesses> future<T> external(F&& start, const Accesses&... accesses) const {
    return detail::submit_external_task<T>(core(), std::forward<F>(start), accesses...);
  }

  /// The elements themselves, on the host: view(in(x)), view(inout(x.slice(...))), view(out(x)), with after(f) and priorities as
  /// any task. The future is ready when the data are there, and has a host_view<T>, for in a host_view<const T>. Tasks that
  /// conflict wait until that is released. Data that could not be brought fail the future with what is wrong with them.
  template <detail::viewable Access, class... Said> [[nodiscard]] auto view(const Access& what, const Said&... said) const {
    return detail::submit_view(core(), what, said...);
  }

  /// A copy of the elements, as the tasks submitted so far leave them.
  template <detail::flow_array A> [[nodiscard]] future<std::vector<typename A::value_type>> read(const A& what) const {
    using T = typename A::value_type;
    return host([](std::span<const T> all) { return std::vector<T>(all.begin(), all.end()); }, in(what));
  }
  using task_verbs<runtime>::read;

  /// Keeps what `write_down(recorder&)` says, instead of doing it: see graph. Throws what that throws.
  template <class F> [[nodiscard]] graph record(F&& write_down) const {
    recorder made(begin_recording());
    std::forward<F>(write_down)(made);
    return std::move(made).finish();
  }

  /// Blocks until all tasks submitted so far, by any thread, have finished, however they ended. Throws deadlock_error
  /// inside a task.
  void wait() const;

  /// Ends the work in time: takes no more tasks but from tasks, and waits until all have ended. Those that have not begun
  /// after `time` are cancelled. What runs then cannot be stopped; the destructor waits for it. Returns how many tasks have
  /// not ended, a tenth of a second later at most: those that run, and those that come after them. Throws deadlock_error
  /// inside a task. Submitting throws closed_error afterwards.
  template <class Rep, class Period> std::size_t shutdown(std::chrono::duration<Rep, Period> time) const {
    return shutdown_at(detail::deadline_in(time));
  }

  /// For clotho's own templates.
  [[nodiscard]] detail::flow_core& core() const noexcept;

 private:
  [[nodiscard]] std::shared_ptr<detail::graph_state> begin_recording() const;
  std::size_t shutdown_at(std::chrono::steady_clock::time_point deadline) const;

  struct state;
  std::unique_ptr<state> state_;
};

} // namespace clotho
