// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/host_lane.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <clotho/flow/detail/launch_pieces.hpp>
#include <clotho/runtime/cut.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho::detail {

namespace {

using clock = std::chrono::steady_clock;

// A piece that takes less is not worth handing to another thread.
constexpr float least_piece_ns = 20'000;

// Quickly down, slowly up: a launch may be held up by the compiler, or by others on the core.
void learn(kernel_on_lane& what, float item_ns) noexcept {
  const float known = what.item_ns.load(std::memory_order_relaxed);
  const float blended = known == 0 || item_ns < known ? item_ns : known + (item_ns - known) / 16;
  what.item_ns.store(blended, std::memory_order_relaxed);
}

} // namespace

void host_lane::launch_here(kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                            launch_observer* timed) {
  const auto begin = clock::now();
  if (timed != nullptr)
    launch_timed(what, range, arguments, *timed);
  else
    queue_pool::lease(queues_)->launch(what.function, range, arguments);
  const std::chrono::duration<float, std::nano> took = clock::now() - begin;
  if (const std::size_t items = range.global().volume(); items != 0) learn(what, took.count() / static_cast<float>(items));
}

// The device's times leave out what the compiler takes, at the first launch.
void host_lane::launch_timed(const kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                             launch_observer& observer) {
  const event done = queue_pool::lease(queues_)->launch_with_event(what.function, range, arguments);
  const clock::time_point ended = clock::now();
  if (const std::optional<event_times> told = done.times())
    observer.timed({.known = true, .by_device = true, .began = ended - told->run(), .ended = ended});
}

class host_lane::batch final : public launch_batch {
 public:
  explicit batch(host_lane& on) : commands_(on.queues_) {}
  void launch(const prepared_launch& what) override { commands_->launch(what); }
  void finish() override {} // they have run

 private:
  queue_pool::lease commands_;
};

std::unique_ptr<launch_batch> host_lane::begin_batch() { return std::make_unique<batch>(*this); }

bool host_lane::in_one_piece(const kernel_on_lane& what, const nd_range& range) const noexcept {
  return pieces_for(what, range) < 2;
}

std::size_t host_lane::pieces_for(const kernel_on_lane& what, const nd_range& range) const noexcept {
  if (pool_ == nullptr || pool_->concurrency() == 1) return 1;
  const float expected = what.item_ns.load(std::memory_order_relaxed) * static_cast<float>(range.global().volume());
  return std::min<std::size_t>(static_cast<std::size_t>(expected / least_piece_ns), 2 * pool_->concurrency());
}

bool host_lane::launch(kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                       launch_observer& observer) {
  const std::size_t wanted = pieces_for(what, range);
  const cut_plan plan = wanted > 1 ? cut(what.function, range, wanted) : cut_plan{};
  if (plan.pieces.size() < 2) {
    launch_here(what, range, arguments, where().timed ? &observer : nullptr);
    return true;
  }
  const auto all = std::make_shared<launch_pieces>(
      plan.pieces, [&](const nd_range& piece) { launch_here(what, piece, arguments, nullptr); });
  observer.cut_into(all);
  launch_pieces::run_all(all, *pool_);
  return true;
}

void host_lane::upload(const device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes) {
  queue_pool::lease commands(queues_);
  write(*commands, to, from, offset_bytes);
}

void host_lane::download(const device_memory& from, std::span<std::byte> to, std::size_t offset_bytes) {
  queue_pool::lease commands(queues_);
  read(*commands, from, to, offset_bytes);
}

} // namespace clotho::detail
