#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/flow/trace.hpp>
#include <clotho/runtime/device.hpp>

namespace clotho::detail {

/// What a runtime records: a track for each thread that does something, one for each device with a driver's threads, a
/// counter of bytes for the host and each device. Safe from any thread.
class flow_tracer {
 public:
  using clock = std::chrono::steady_clock;

  flow_tracer(std::shared_ptr<trace> into, std::span<const device> devices);

  [[nodiscard]] trace_id new_id() noexcept { return into_->new_id(); }
  /// On the calling thread's track.
  void add_here(trace_category category, std::string_view name, clock::time_point begin, clock::time_point end,
                trace_id id = trace_id::none, std::initializer_list<trace_argument> arguments = {}) noexcept;
  /// On the track of the kernels of the `lane`-th device. One thread at a time for each.
  void add_on(std::size_t lane, std::string_view name, clock::time_point begin, clock::time_point end, trace_id id) noexcept;
  void add_arrow(trace_id from, trace_id to) noexcept { into_->add_arrow(from, to); }
  /// So many bytes more, or fewer, on the `lane`-th device; on the host: beyond the last.
  void add_memory(std::size_t lane, std::ptrdiff_t bytes) noexcept;
  [[nodiscard]] std::size_t host() const noexcept { return memory_.size() - 1; }

 private:
  struct memory {
    trace_counter counter{};
    std::atomic<std::ptrdiff_t> bytes{0};
  };
  [[nodiscard]] trace_track track_here();

  const std::shared_ptr<trace> into_;
  const std::uint64_t number_; // of this object, among all that there ever were
  struct lane_row {
    std::string name;
    std::optional<trace_track> track{}; // from its first kernel on: others run in threads, which have their own
  };
  std::vector<lane_row> lanes_;
  std::vector<memory> memory_;
};

/// Records what happens while it lives, on the calling thread's track. Without a tracer nothing.
class traced_scope {
 public:
  traced_scope(const std::shared_ptr<flow_tracer>& tracer, trace_category category, std::string_view name, std::size_t bytes = 0)
      : tracer_(tracer), category_(category), bytes_(bytes) {
    if (tracer_ != nullptr) [[unlikely]] begin(name);
  }
  ~traced_scope() {
    if (tracer_ != nullptr) [[unlikely]] end();
  }
  traced_scope(const traced_scope&) = delete;
  traced_scope& operator=(const traced_scope&) = delete;

 private:
  void begin(std::string_view name);
  void end() noexcept;

  // Of its own: what began in it may end elsewhere, and take task and runtime along, before it does.
  const std::shared_ptr<flow_tracer> tracer_;
  const trace_category category_;
  std::string name_;
  const std::size_t bytes_;
  flow_tracer::clock::time_point begin_;
};

} // namespace clotho::detail
