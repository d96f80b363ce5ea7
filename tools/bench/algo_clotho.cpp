// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/reduce.hpp>
#include <clotho/flow/runtime.hpp>

#include "algo_peer.hpp"
#include "algo_work.hpp"

namespace clotho::bench {
namespace {

runtime_options options_for(const device& on) {
  runtime_options options;
  options.device_list = {on};
  options.threads = algo_threads;
  return options;
}

class clotho_peer final : public algo_peer {
 public:
  clotho_peer(const device& on, const std::string& suffix)
      : name_("clotho" + suffix), runtime_(options_for(on)) {}

  std::string name() const override { return name_; }

  algo_sampler prepare(const algo_case& what) override {
    switch (what.what) {
    case algo::reduce: return sum(what.n);
    default: return {};
    }
  }

 private:
  template <class T> buffer<T> with(const array_of<T>& content) {
    return {runtime_, std::span<const T>(content)};
  }

  algo_sampler sum(std::size_t n) {
    const auto state = std::make_shared<buffer<float>>(with(eighths<float>(n, 0)));
    const auto run = [this](const buffer<float>& on) { return reduce(runtime_, on).get(); };
    check_reduce(n, run(*state));
    return timed(state, run);
  }

  std::string name_;
  runtime runtime_;
};

} // namespace

algo_peer_pointer make_clotho_algo(const device& on, const std::string& suffix) {
  return std::make_unique<clotho_peer>(on, suffix);
}

} // namespace clotho::bench
