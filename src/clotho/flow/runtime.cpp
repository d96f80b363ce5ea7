// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/runtime.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/graph_state.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/lane_choice.hpp>
#include <clotho/flow/detail/launch_capture.hpp>
#include <clotho/flow/detail/launch_task.hpp>
#include <clotho/flow/detail/program_set.hpp>
#include <clotho/flow/detail/split_task.hpp>

namespace clotho {

namespace {

// What CLOTHO_TRACE asks for: one for all runtimes, as they would write over each other's. Never destroyed: each runtime
// writes it when it ends.
std::shared_ptr<trace> trace_of_environment() {
  const std::optional<std::string> file = os::environment("CLOTHO_TRACE");
  if (!file) return nullptr;
  const std::filesystem::path folder = std::filesystem::path(*file).parent_path();
  if (std::error_code ignored; !folder.empty() && !std::filesystem::is_directory(folder, ignored))
    throw argument_error("CLOTHO_TRACE names '" + *file + "', but there is no folder '" + folder.string() + "'");
  static const auto& made = *new std::shared_ptr<trace>(std::make_shared<trace>(*file));
  return made;
}

std::size_t usually_kept(const device& of) {
  constexpr std::uint64_t most = std::uint64_t{1} << 30;
  if (of.quirks().has(quirk_action::serialise_all_calls)) return 0;
  return static_cast<std::size_t>(std::min(of.info().global_memory_bytes / 4, most));
}

} // namespace

// Members go in reverse: first the tasks finish, then nothing uses the lanes, then the threads end.
struct runtime::state {
  explicit state(runtime_options options);
  ~state() {
    try {
      flow->wait();
      if (written_at_end) written_at_end->write();
    } catch (const closed_error&) { // in a fork of the process: nobody works on the tasks any more
    } catch (const error& thrown) {
      log(log_level::error, thrown.what());
    }
  }
  [[nodiscard]] detail::lane& lane_for(const loaded_kernel& kernel, std::span<const detail::flow_access> accesses) const;

  log_sink log;
  std::vector<device> devices;
  std::shared_ptr<trace> written_at_end;
  std::optional<thread_pool> pool;
  executor* host;
  std::shared_ptr<detail::flow_tracer> tracer;
  std::vector<std::unique_ptr<detail::lane>> lanes;
  std::vector<detail::lane*> all_lanes; // the same
  std::optional<detail::launch_capture> capture; // empty: nothing is saved
  std::optional<detail::flow_core> flow;
};

runtime::state::state(runtime_options options)
    : log(options.log),
      devices(options.device_list.empty() ? select_devices(options.devices) : std::move(options.device_list)) {
  if (options.max_in_flight == 0) throw argument_error("max_in_flight is 0: no task could ever begin");
  // One such driver is enough: what ends on another device leads to what begins on this one.
  const bool one_thread = std::any_of(devices.begin(), devices.end(), [](const device& one) {
    return one.quirks().has(quirk_action::serialise_all_calls);
  });
  if (options.on == nullptr) {
    thread_pool_options threads;
    threads.threads = one_thread ? 0 : options.threads;
    threads.log = options.log;
    host = &pool.emplace(std::move(threads));
  } else {
    host = options.on;
  }
  if (!options.trace) written_at_end = trace_of_environment();
  if (const std::shared_ptr<trace> into = options.trace ? options.trace : written_at_end)
    tracer = std::make_shared<detail::flow_tracer>(into, devices);
  // Else a kernel that is done again elsewhere would find what it has left half done.
  const bool alone = options.share_host_memory && devices.size() == 1 && devices[0].quirks().has(quirk_action::host_memory_itself);
  for (std::size_t i = 0; i < devices.size(); ++i)
    lanes.push_back(detail::make_lane(
        {context(devices[i], {.log = options.log, .cache = options.cache, .background = host}), i, tracer, one_thread,
         options.device_times, alone, options.log, options.kept_device_bytes.value_or(usually_kept(devices[i]))},
        dynamic_cast<thread_pool*>(host)));
  for (const auto& one : lanes) all_lanes.push_back(one.get());
  capture_options wanted = options.capture ? std::move(*options.capture) : capture_from_environment();
  if (!wanted.kernels.empty()) capture.emplace(std::move(wanted), options.log);
  flow.emplace(*host, options.max_in_flight, tracer, log);
}

detail::lane& runtime::state::lane_for(const loaded_kernel& kernel, std::span<const detail::flow_access> accesses) const {
  if (lanes.size() == 1) return *all_lanes[0];
  const bool is_chosen = kernel.device() != loaded_kernel::any_device;
  detail::lane* const chosen = is_chosen ? all_lanes[kernel.device()] : detail::best_lane(all_lanes, accesses);
  if (chosen == nullptr) return *all_lanes[0]; // all are lost, as it will find
  detail::note_lane(*chosen, accesses);
  return *chosen;
}

runtime::runtime(runtime_options options) : state_(std::make_unique<state>(std::move(options))) {}
runtime::~runtime() = default;

const std::vector<device>& runtime::devices() const noexcept { return state_->devices; }
executor& runtime::host_executor() const noexcept { return *state_->host; }
detail::flow_core& runtime::core() const noexcept { return *state_->flow; }
const detail::flow_core& detail::core_of(const runtime& owner) noexcept { return owner.core(); }

loaded_program runtime::load(const std::filesystem::path& file, build_options options) const {
  return build(load_source(file), std::move(options));
}

loaded_program runtime::build(std::string_view text, build_options options) const {
  return build(flatten_source("source", text), std::move(options));
}

loaded_program runtime::build(source_text source, build_options options) const {
  auto made = std::make_shared<detail::program_set>(core().identity(), state_->all_lanes, std::move(source), std::move(options));
  made->begin(*state_->host);
  return loaded_program(std::move(made));
}

future<void> runtime::launch(const loaded_kernel& kernel, const nd_range& range,
                             std::span<const flow_argument> arguments) const {
  auto made = detail::state_ref<detail::flow_state<void>>::adopt(
      new detail::launch_task(core(), kernel.state(), range, arguments));
  auto& task = static_cast<detail::launch_task&>(*made);
  task.place_on(state_->lane_for(kernel, task.accesses()), kernel.device() != loaded_kernel::any_device);
  if (state_->capture) [[unlikely]]
    task.capture_in(state_->capture->record_of(kernel.name()));
  return detail::flow_state<void>::submit(std::move(made));
}

future<void> runtime::launch(const split_kernel& kernel, const nd_range& range,
                             std::span<const split_argument> arguments) const {
  return detail::flow_state<void>::submit(
      detail::state_ref<detail::flow_state<void>>::adopt(new detail::split_task(core(), kernel, range, arguments)));
}

std::shared_ptr<detail::graph_state> runtime::begin_recording() const {
  return std::make_shared<detail::graph_state>(core(), state_->all_lanes);
}

void runtime::wait() const { core().wait(); }

std::size_t runtime::shutdown_at(std::chrono::steady_clock::time_point deadline) const { return core().shut_down(deadline); }

} // namespace clotho
