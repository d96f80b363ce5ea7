// SPDX-License-Identifier: Apache-2.0
#include <clFFT.h>

#include "algo_on_device.hpp"

namespace clotho::bench {
namespace {

// Once a process, whatever the devices.
struct clfft_library {
  clfft_library() {
    clfftSetupData setup{};
    raw_check(clfftInitSetupData(&setup), "clfftInitSetupData");
    raw_check(clfftSetup(&setup), "clfftSetup");
  }
  ~clfft_library() { (void)clfftTeardown(); }
  clfft_library(const clfft_library&) = delete;
  clfft_library& operator=(const clfft_library&) = delete;

  static std::shared_ptr<clfft_library> get() {
    static std::weak_ptr<clfft_library> known;
    auto found = known.lock();
    if (!found) known = found = std::make_shared<clfft_library>();
    return found;
  }
};

struct plan {
  plan(const raw_place& in, const algo_case& what) {
    const std::size_t length = what.n;
    cl_command_queue queue = in.queue();
    raw_check(clfftCreateDefaultPlan(&handle, in.context(), CLFFT_1D, &length), "clfftCreateDefaultPlan");
    raw_check(clfftSetPlanPrecision(handle, CLFFT_SINGLE), "clfftSetPlanPrecision");
    raw_check(clfftSetLayout(handle, CLFFT_COMPLEX_INTERLEAVED, CLFFT_COMPLEX_INTERLEAVED), "clfftSetLayout");
    raw_check(clfftSetResultLocation(handle, CLFFT_OUTOFPLACE), "clfftSetResultLocation");
    raw_check(clfftSetPlanBatchSize(handle, what.batch), "clfftSetPlanBatchSize");
    raw_check(clfftBakePlan(handle, 1, &queue, nullptr, nullptr), "clfftBakePlan");
  }
  ~plan() { (void)clfftDestroyPlan(&handle); }
  plan(const plan&) = delete;
  plan& operator=(const plan&) = delete;
  clfftPlanHandle handle = 0;
};

struct transform {
  transform(const raw_place& on, const algo_case& what, const array_of<complex>& signal)
      : how(on, what), in(on.buffer_with(signal)), out(on.buffer(signal.size() * sizeof(complex))) {}
  plan how;
  raw_buffer in, out;
};

class clfft_peer final : public algo_peer {
 public:
  clfft_peer(const device& on, const std::string& suffix) : name_("clFFT" + suffix), place_(on) {}

  std::string name() const override { return name_; }
  std::string version() const override {
    cl_uint major = 0, minor = 0, patch = 0;
    (void)clfftGetVersion(&major, &minor, &patch);
    return "clFFT " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  }

  algo_sampler prepare(const algo_case& what) override {
    if (what.what != algo::fft) return {};
    const array_of<complex> signal = signal_of(what);
    const auto state = std::make_shared<transform>(place_, what, signal);
    const auto run = [this](transform& on) {
      cl_command_queue queue = place_.queue();
      cl_mem in = on.in.get(), out = on.out.get();
      raw_check(clfftEnqueueTransform(on.how.handle, CLFFT_FORWARD, 1, &queue, 0, nullptr, nullptr, &in, &out,
                                      nullptr),
                "clfftEnqueueTransform");
      place_.finish();
    };
    run(*state);
    check_fft(what, signal, place_.content<complex>(state->out, signal.size()));
    return timed(state, run);
  }

 private:
  std::string name_;
  std::shared_ptr<clfft_library> library_ = clfft_library::get();
  raw_place place_;
};

} // namespace

algo_peer_pointer make_clfft_algo(const device& on, const std::string& suffix) {
  return std::make_unique<clfft_peer>(on, suffix);
}

} // namespace clotho::bench
