// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>
#include <vector>

#include <clotho/flow/runtime.hpp>

#include "flow_peer.hpp"

namespace clotho::bench {
namespace {

using word = std::uint32_t;

runtime_options options_for(const device& on, unsigned threads) {
  runtime_options options;
  options.device_list = {on};
  options.threads = threads;
  options.cache = nullptr; // whose upkeep would be measured, too
  return options;
}

void add_one(std::span<word> counter) { ++counter[0]; }

class clotho_tasks final : public task_peer {
 public:
  clotho_tasks(const device& on, unsigned threads) : runtime_(options_for(on, threads)) {
    for (std::size_t i = 0; i < independent_buffers; ++i) buffers_.push_back(counter());
  }

  std::string name() const override { return "clotho"; }

  double chain(std::size_t tasks) override {
    const double seconds = timed(tasks, [this](std::size_t) { runtime_.host(add_one, inout(shared_)); });
    writes_.expect(tasks);
    writes_.check("a chain of tasks", runtime_.read(shared_).get()[0]);
    return seconds;
  }

  double replay(std::size_t tasks) override {
    const double seconds = timed(1, [&](std::size_t) { graph_.run(tasks / replayed); }) / static_cast<double>(tasks);
    writes_.expect(tasks);
    writes_.check("a graph of tasks", runtime_.read(shared_).get()[0]);
    return seconds;
  }

  double independent(std::size_t tasks) override {
    const double seconds = timed(
        tasks, [this](std::size_t i) { runtime_.host(add_one, inout(buffers_[i % independent_buffers])); });
    word sum = 0;
    for (const buffer<word>& one : buffers_) sum += runtime_.read(one).get()[0];
    independent_.expect(tasks);
    independent_.check("independent tasks", sum);
    return seconds;
  }

  double fan(std::size_t tasks) override {
    const double seconds = timed(tasks, [this](std::size_t i) {
      if (i % (readers + 1) == 0)
        runtime_.host(add_one, inout(shared_));
      else
        runtime_.host([](std::span<const word>) {}, in(shared_));
    });
    writes_.expect((tasks + readers) / (readers + 1));
    writes_.check("fans of tasks", runtime_.read(shared_).get()[0]);
    return seconds;
  }

 private:
  buffer<word> counter() const { return {runtime_, std::vector<word>{0}}; }

  template <class Submit> double timed(std::size_t tasks, const Submit& submit) {
    return time_each(tasks, submit, [this] { runtime_.wait(); });
  }

  runtime runtime_;
  buffer<word> shared_ = counter();
  graph graph_ = runtime_.record([this](const recorder& taker) {
    for (std::size_t i = 0; i < replayed; ++i) taker.host(add_one, inout(shared_));
  });
  std::vector<buffer<word>> buffers_;
  counted writes_, independent_;
};

class clotho_kernels final : public kernel_peer {
 public:
  clotho_kernels(const device& on, unsigned threads) : runtime_(options_for(on, threads)) { program_.wait(); }

  std::string name() const override { return "clotho"; }

  double launch_and_wait(std::size_t launches) override {
    return time_each(launches, [this](std::size_t) { runtime_.launch(none_, 1).get(); });
  }

  double chain(std::size_t launches) override {
    const double seconds = timed(launches, [this](std::size_t) { runtime_.launch(add_one_, 1, counter_); });
    check("a chain of kernels", launches);
    return seconds;
  }

  double replay(std::size_t launches) override {
    const double seconds = timed(1, [&](std::size_t) { graph_.run(launches / replayed); }) / static_cast<double>(launches);
    check("a graph of kernels", launches);
    return seconds;
  }

  double alternate(std::size_t pairs) override {
    const double seconds = timed(pairs, [this](std::size_t) {
      runtime_.launch(add_one_, 1, counter_);
      runtime_.host(add_one, inout(counter_));
    });
    check("kernels and host tasks in turn", 2 * pairs);
    return seconds;
  }

  double alternate_inline(std::size_t pairs) override {
    const double seconds = timed(pairs, [this](std::size_t) {
      runtime_.launch(add_one_, 1, counter_, run_inline);
      runtime_.host(add_one, inout(counter_), run_inline);
    });
    check("kernels and host tasks in turn, inline", 2 * pairs);
    return seconds;
  }

  double saxpy(std::size_t elements) override {
    vectors& on = vectors_.try_emplace(elements, runtime_, elements).first->second;
    const std::size_t launches = saxpy_launches(elements);
    const double seconds =
        timed(launches, [&](std::size_t) { runtime_.launch(saxpy_, elements, on.y, on.x, 1.0f); });
    on.done.expect(launches);
    on.done.check(runtime_.read(on.y).get());
    return seconds;
  }

  double read_back(std::size_t words) override {
    if (read_.size() != words) prepare_reads(words);
    const double seconds = time_each(reads, [this](std::size_t) {
      runtime_.launch(add_one_, 1, *large_);
      runtime_.read(*large_, std::span(read_)).get();
    });
    read_backs_.expect(reads);
    read_backs_.check("a buffer that was read", read_[0]);
    return seconds;
  }

 private:
  struct vectors {
    vectors(const runtime& owner, std::size_t elements)
        : x(owner, std::vector<float>(elements, 1)), y(owner, std::vector<float>(elements)) {}
    buffer<float> x, y;
    counted_in_floats done;
  };

  template <class Submit> double timed(std::size_t n, const Submit& submit) {
    return time_each(n, submit, [this] { runtime_.wait(); });
  }
  void prepare_reads(std::size_t words) {
    read_.assign(words, 0);
    large_.emplace(runtime_, read_);
    read_backs_ = {};
  }
  void check(const char* what, std::size_t more) {
    additions_.expect(more);
    additions_.check(what, runtime_.read(counter_).get()[0]);
  }

  runtime runtime_;
  loaded_program program_ = runtime_.build(flow_source);
  loaded_kernel none_ = program_.kernel("none"), add_one_ = program_.kernel("add_one"),
                saxpy_ = program_.kernel("saxpy");
  buffer<word> counter_{runtime_, std::vector<word>{0}};
  graph graph_ = runtime_.record([this](const recorder& taker) {
    for (std::size_t i = 0; i < replayed; ++i) taker.launch(add_one_, 1, counter_);
  });
  counted additions_, read_backs_;
  std::map<std::size_t, vectors> vectors_;
  std::optional<buffer<word>> large_;
  std::vector<word> read_;
};

} // namespace

std::unique_ptr<task_peer> make_clotho_tasks(const device& on, unsigned threads) {
  return std::make_unique<clotho_tasks>(on, threads);
}

std::unique_ptr<kernel_peer> make_clotho_kernels(const device& on, unsigned threads) {
  return std::make_unique<clotho_kernels>(on, threads);
}

} // namespace clotho::bench
