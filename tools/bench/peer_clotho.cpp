// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/source.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/queue.hpp>

#include "launch_peer.hpp"

namespace clotho::bench {
namespace {

class clotho_peer final : public launch_peer {
 public:
  explicit clotho_peer(const device& on) : context_(on) {}

  std::string name() const override { return "clotho"; }

  sampler prepare(const launch_case& what) override {
    if (what.how == call::named)
      return timed_launch(what, [this] {
        queue_.launch(four_, range(), arg("y", a_), arg("x", b_), arg("f", 2.0f), arg("n", 1u));
      });
    if (what.how == call::with_event)
      return timed_launch(what, [this] { (void)queue_.launch_with_event(four_, range(), a_, b_, 2.0f, 1u); });
    switch (what.arguments) {
    case 0: return timed_launch(what, [this] { queue_.launch(none_, range()); });
    case 1: return timed_launch(what, [this] { queue_.launch(one_, range(), a_); });
    case 4: return timed_launch(what, [this] { queue_.launch(four_, range(), a_, b_, 2.0f, 1u); });
    default:
      return timed_launch(
          what, [this] { queue_.launch(eight_, range(), a_, b_, c_, d_, 2.0f, 3.0f, 1u, std::int64_t{4}); });
    }
  }

 private:
  // Made for each launch, as users write it.
  static nd_range range() { return nd_range(1).local(1); }

  template <class Launch> sampler timed_launch(const launch_case& what, Launch launch) {
    return timed(what.what, launch, [this] { queue_.finish(); });
  }

  device_buffer buffer() const { return device_buffer::of<float>(context_, launch_elements); }

  context context_;
  queue queue_{context_};
  program program_ = program::build(context_, flatten_source("launch.cl", launch_source));
  kernel none_ = program_.get_kernel("none"), one_ = program_.get_kernel("one"),
         four_ = program_.get_kernel("four"), eight_ = program_.get_kernel("eight");
  device_buffer a_ = buffer(), b_ = buffer(), c_ = buffer(), d_ = buffer();
};

} // namespace

std::unique_ptr<launch_peer> make_clotho_peer(const device& on) { return std::make_unique<clotho_peer>(on); }

} // namespace clotho::bench
