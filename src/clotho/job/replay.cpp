// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/replay.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/device_memory.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::job {

namespace {

using clotho::detail::bound;
using clotho::detail::device_memory;
using std::chrono::nanoseconds;
using clock = std::chrono::steady_clock;

program build_anew(const context& device, const capture& what) try {
  build_options options = what.options;
  options.use_cache = false;
  return program::build(device, what.source, options);
} catch (const argument_error& why) {
  throw format_error({(what.folder / "launch.json").string(), 0, 0}, std::string("build: ") + why.what());
}

device_memory allocate(const context& device, const capture::buffer& like) {
  if (!like.image) return device_buffer(device, like.before.size_bytes());
  return device_image(device, like.image->format, like.image->width, like.image->height, like.image->depth);
}

class replayer {
 public:
  replayer(const context& device, const capture& what, const replay_options& options)
      : what_(what), options_(options), queue_(device, true), program_(build_anew(device, what)) {
    for (const capture::buffer& one : what.buffers) memory_.push_back(allocate(device, one));
    for (const capture::argument& one : what.arguments) arguments_.push_back(bind(device, one));
  }

  replay_report run() {
    const device_info& info = queue_.owner().info();
    report_.device = info.name;
    report_.driver = info.driver_version;
    report_.build = program_.build_time();
    report_.messages = program_.messages();
    const kernel function = program_.get_kernel(what_.kernel);
    for (unsigned i = 0; i < std::max(1u, options_.repeat); ++i) {
      upload();
      launch(function);
      compare_all();
    }
    choose_times();
    return std::move(report_);
  }

 private:
  [[nodiscard]] launch_argument bind(const context& device, const capture::argument& one) {
    if (one.kind == bound::buffer || one.kind == bound::image) return clotho::detail::argument_for(memory_[one.buffer]);
    if (one.kind == bound::sampler) return samplers_.emplace_back(device, one.how);
    launch_argument made{nullptr};
    made.what = one.kind;
    made.type = one.type;
    made.size = one.kind == bound::local ? one.size : one.value.size();
    if (!one.value.empty()) made.object = one.value.data();
    return made;
  }

  void upload() {
    for (std::size_t i = 0; i < memory_.size(); ++i)
      if (const os::bytes& content = what_.buffers[i].before.data; !content.empty())
        clotho::detail::write(queue_, memory_[i], content, 0);
  }

  void launch(const kernel& function) try {
    const clock::time_point begin = clock::now();
    const event done = queue_.launch_with_event(function, what_.range, std::span<const launch_argument>(arguments_));
    done.wait();
    by_host_.push_back(clock::now() - begin);
    if (const auto times = done.times()) by_device_.push_back(times->run());
  } catch (const argument_error& why) {
    throw capability_error("cannot replay '" + what_.folder.string() + "' on '" + queue_.owner().target().name()
                           + "': " + why.what());
  }

  void compare_all() {
    std::size_t place = 0;
    for (std::size_t i = 0; i < memory_.size(); ++i) {
      const capture::buffer& saved = what_.buffers[i];
      if (!saved.after) continue;
      host_array now = *saved.after;
      if (!now.data.empty()) clotho::detail::read(queue_, memory_[i], now.data, 0);
      expectation_report found = compare(now, *saved.after, options_.allowed);
      found.buffer = saved.name;
      if (place == report_.buffers.size())
        report_.buffers.push_back(std::move(found));
      else if (found.differing > report_.buffers[place].differing)
        report_.buffers[place] = std::move(found);
      ++place;
    }
  }

  void choose_times() {
    report_.device_times = by_device_.size() == by_host_.size();
    report_.launches = std::move(report_.device_times ? by_device_ : by_host_);
  }

  const capture& what_;
  const replay_options& options_;
  queue queue_;
  program program_;
  std::vector<device_memory> memory_;
  std::deque<sampler> samplers_;
  std::vector<launch_argument> arguments_;
  std::vector<nanoseconds> by_host_, by_device_;
  replay_report report_;
};

} // namespace

bool replay_report::same() const noexcept {
  return std::all_of(buffers.begin(), buffers.end(), [](const expectation_report& one) { return one.holds; });
}

replay_report replay(const context& device, const capture& what, const replay_options& options) {
  return replayer(device, what, options).run();
}

} // namespace clotho::job
