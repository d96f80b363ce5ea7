// SPDX-License-Identifier: Apache-2.0
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
    default: return {};
    }
  }

 private:
  std::string name_;
  runtime runtime_;
};

} // namespace

algo_peer_pointer make_clotho_algo(const device& on, const std::string& suffix) {
  return std::make_unique<clotho_peer>(on, suffix);
}

} // namespace clotho::bench
