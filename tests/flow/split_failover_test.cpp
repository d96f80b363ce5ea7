// SPDX-License-Identifier: Apache-2.0
// Devices that fail on purpose, in the middle of a split launch.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/host_task.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/split_task.hpp>
#include <clotho/runtime/device.hpp>
#include <support/collected.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>

#include "several_devices.hpp"

using namespace clotho;
using test::contains;
using word = std::uint32_t;
using words = std::vector<word>;

namespace {

constexpr const char* source = R"(
kernel void bump(global uint* y) { y[get_global_id(0)] += 1; }
kernel void set(global uint* y, global const uint* x) { y[get_global_id(0)] = x[get_global_id(0)]; }
)";

enum class fault {
  none,
  refusal, ///< nothing is launched
  loss     ///< the kernel has run, and written, when the device says that it has failed
};

/// A device that works until it is told to fail.
class faulty_lane final : public detail::lane {
 public:
  explicit faulty_lane(std::unique_ptr<detail::lane> real) : lane(real->where()), real_(std::move(real)) {}

  /// After so many more launches.
  void fail_by(fault how, std::size_t after = 0) noexcept { how_ = how, good_ = after; }
  [[nodiscard]] std::size_t running() const noexcept { return running_; }

  [[nodiscard]] bool synchronous() const noexcept override { return real_->synchronous(); }
  [[nodiscard]] bool launch(detail::kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                            detail::launch_observer& observer) override {
    const bool fails = how_ != fault::none && good_ == 0;
    if (good_ != 0) --good_;
    if (fails && how_ == fault::refusal) throw error(-5, "clEnqueueNDRangeKernel", "a planned refusal");
    ++running_;
    ending_.push_back(std::make_unique<ending>(*this, observer, fails));
    if (!real_->launch(what, range, arguments, *ending_.back())) return false;
    --running_;
    if (fails) throw error(-36, "clFinish", "a planned loss");
    return true;
  }
  [[nodiscard]] bool keeps_order() const noexcept override { return real_->keeps_order(); }
  void fail_in_turn(std::exception_ptr failure, detail::launch_observer& observer) noexcept override {
    real_->fail_in_turn(std::move(failure), observer);
  }
  [[nodiscard]] std::unique_ptr<detail::launch_batch> begin_batch() override { return real_->begin_batch(); }
  [[nodiscard]] bool in_one_piece(const detail::kernel_on_lane& what, const nd_range& range) const noexcept override {
    return real_->in_one_piece(what, range);
  }
  void upload(const detail::device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes) override {
    real_->upload(to, from, offset_bytes);
  }
  void download(const detail::device_memory& from, std::span<std::byte> to, std::size_t offset_bytes) override {
    real_->download(from, to, offset_bytes);
  }

 private:
  struct ending final : detail::launch_observer {
    ending(faulty_lane& on, detail::launch_observer& whom, bool bad) : lane(on), told(whom), fails(bad) {}
    void launched(std::exception_ptr failure, const detail::launch_times& when) noexcept override {
      --lane.running_;
      if (fails) failure = std::make_exception_ptr(error(-36, "clWaitForEvents", "a planned loss"));
      told.launched(std::move(failure), when);
    }
    faulty_lane& lane;
    detail::launch_observer& told;
    bool fails;
  };

  std::unique_ptr<detail::lane> real_;
  std::vector<std::unique_ptr<ending>> ending_; // launches come one at a time
  fault how_ = fault::none;
  std::size_t good_ = 0;
  std::atomic<std::size_t> running_{0};
};

/// Two devices that can fail, and what a runtime would put around them.
struct machine {
  explicit machine(unsigned threads) : pool(options(threads)) {
    std::vector<detail::lane*> on;
    for (const device& one : test::several_devices()) {
      if (lanes.size() == 2) break;
      lanes.push_back(std::make_unique<faulty_lane>(detail::make_lane({context(one), lanes.size(), nullptr, one_thread()}, &pool)));
      on.push_back(lanes.back().get());
    }
    program = std::make_shared<detail::program_set>(flow.identity(), on, flatten_source("source", source), build_options{});
    program->begin(pool);
  }
  ~machine() { flow.wait(); }

  static bool one_thread() { return test::any_interprets(test::several_devices()); }
  [[nodiscard]] bool in_place() const { return lanes[0]->synchronous(); }

  [[nodiscard]] buffer_slice<word> words_of(std::size_t n, word value) {
    auto memory = std::make_shared<detail::flow_memory>(flow, n * sizeof(word), detail::element_of<word>());
    memory->fill_from(std::as_bytes(std::span<const word>(words(n, value))));
    return {std::move(memory), {0, n * sizeof(word)}};
  }
  /// Half for each.
  template <class... Arguments> future<void> launch(const char* name, std::size_t n, const Arguments&... arguments) {
    const kernel_signature* signature = nullptr;
    for (const kernel_signature& one : program->signatures)
      if (one.name == name) signature = &one;
    const split_kernel what(loaded_kernel(std::make_shared<detail::kernel_set>(program, *signature), loaded_kernel::any_device),
                            {.how = split_policy::fixed, .shares = {1, 1}});
    const std::vector<split_argument> given{split_argument(arguments)...};
    return detail::flow_state<void>::submit(detail::state_ref<detail::flow_state<void>>::adopt(
        new detail::split_task(flow, what, n, given)));
  }
  words read(const buffer_slice<word>& from) {
    return detail::submit_host_task(flow, [](std::span<const word> all) { return words(all.begin(), all.end()); }, in(from)).get();
  }

  [[nodiscard]] thread_pool_options options(unsigned threads) {
    thread_pool_options made;
    made.threads = threads;
    made.log = log.sink();
    return made;
  }

  test::collected log;
  thread_pool pool;
  std::vector<std::unique_ptr<faulty_lane>> lanes;
  detail::flow_core flow{pool, 1000, nullptr};
  std::shared_ptr<detail::program_set> program;
};

constexpr std::size_t n = 1024;

template <class F> void on_machines(F f) {
  for (const unsigned threads : {0u, 1u, 3u}) {
    if (threads != 0 && machine::one_thread()) continue;
    for (std::size_t failing : {std::size_t{0}, std::size_t{1}}) {
      CAPTURE(threads);
      CAPTURE(failing);
      machine on(threads);
      f(on, *on.lanes[failing]);
    }
  }
}

} // namespace

TEST_CASE("what a device refuses another one does") {
  on_machines([](machine& on, faulty_lane& bad) {
    const auto y = on.words_of(n, 1);
    bad.fail_by(fault::refusal);
    if (on.in_place()) { // where kernels run in pieces: nobody knows of how many
      CHECK(contains(test::refusal([&] { on.launch("bump", n, block(y)).get(); }), "a planned refusal"));
      return;
    }
    CHECK_NOTHROW(on.launch("bump", n, block(y)).get());
    CHECK(contains(on.log.text(), "a planned refusal"));
    CHECK(on.read(y) == words(n, 2));
  });
}

TEST_CASE("what a device has lost is done again from the data there were") {
  on_machines([](machine& on, faulty_lane& bad) {
    const auto x = on.words_of(n, 5), y = on.words_of(n, 1);
    bad.fail_by(fault::loss);
    CHECK_NOTHROW(on.launch("set", n, block(out(y)), block(x)).get()); // nothing to lose
    CHECK(on.read(y) == words(n, 5));
    auto bumped = on.launch("bump", n, block(y));
    if (on.in_place()) { // on the host's own data
      CHECK(contains(test::refusal([&] { bumped.get(); }), "a planned loss"));
      CHECK_THROWS_AS((void)on.read(y), dependency_error);
    } else {
      CHECK_NOTHROW(bumped.get());
      CHECK(on.read(y) == words(n, 6));
    }
    CHECK(on.lanes[0]->running() + on.lanes[1]->running() == 0);
  });
}

TEST_CASE("data that existed on the failed device only") {
  on_machines([](machine& on, faulty_lane& bad) {
    if (on.in_place()) return;
    const auto y = on.words_of(n, 1);
    on.launch("bump", n, block(y)).get(); // each has its half now
    SUBCASE("are moved when it had not begun") {
      bad.fail_by(fault::refusal);
      CHECK_NOTHROW(on.launch("bump", n, block(y)).get());
      CHECK(on.read(y) == words(n, 3));
    }
    SUBCASE("are lost when it had") {
      bad.fail_by(fault::loss);
      CHECK(contains(test::refusal([&] { on.launch("bump", n, block(y)).get(); }), "a planned loss"));
      CHECK_THROWS_AS((void)on.read(y), dependency_error);
      bad.fail_by(fault::none);
      const auto x = on.words_of(n, 9);
      on.launch("set", n, block(out(y)), block(x)).get();
      CHECK(on.read(y) == words(n, 9));
    }
  });
}

TEST_CASE("when all devices fail, the launch fails as the first one did") {
  on_machines([](machine& on, faulty_lane&) {
    const auto x = on.words_of(n, 5), y = on.words_of(n, 1);
    for (const auto& one : on.lanes) one->fail_by(fault::refusal);
    CHECK(contains(test::refusal([&] { on.launch("set", n, block(out(y)), block(x)).get(); }), "a planned refusal"));
    CHECK_THROWS_AS((void)on.read(y), dependency_error);
    CHECK(on.read(x) == words(n, 5));
    for (const auto& one : on.lanes) one->fail_by(fault::none);
    CHECK_NOTHROW(on.launch("set", n, block(out(y)), block(x)).get()); // they are tried again
    CHECK(on.read(y) == words(n, 5));
  });
}
