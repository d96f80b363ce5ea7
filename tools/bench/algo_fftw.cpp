// SPDX-License-Identifier: Apache-2.0
#include <fftw3.h>

#include <algorithm>

#include <clotho/core/error.hpp>

#include "algo_on_host.hpp"

namespace clotho::bench {
namespace {

fftwf_complex* fftw_cast(array_of<complex>& of) { return reinterpret_cast<fftwf_complex*>(of.data()); }

struct plan_releaser {
  void operator()(fftwf_plan_s* plan) const { fftwf_destroy_plan(plan); }
};

struct transform : in_and_out<complex> {
  explicit transform(const algo_case& what) {
    in.resize(what.n * what.batch);
    out.resize(in.size());
    const int length = static_cast<int>(what.n);
    // Measured as far as it goes in seconds; planning overwrites the arrays.
    plan.reset(fftwf_plan_many_dft(1, &length, static_cast<int>(what.batch), fftw_cast(in), nullptr, 1,
                                   length, fftw_cast(out), nullptr, 1, length, FFTW_FORWARD, FFTW_MEASURE));
    if (!plan) throw error(0, "fftwf_plan_many_dft", what.name());
    const array_of<complex> signal = signal_of(what);
    std::copy(signal.begin(), signal.end(), in.begin()); // the plan knows this memory
  }
  std::unique_ptr<fftwf_plan_s, plan_releaser> plan;
};

class fftw final : public algo_peer {
 public:
  fftw() {
    if (fftwf_init_threads() == 0) throw error(0, "fftwf_init_threads");
    fftwf_plan_with_nthreads(static_cast<int>(algo_threads));
    fftwf_set_timelimit(10);
  }

  std::string name() const override { return "FFTW"; }
  std::string version() const override { return fftwf_version; }

  algo_sampler prepare(const algo_case& what) override {
    if (what.what != algo::fft) return {};
    auto state = std::make_shared<transform>(what);
    const auto run = [](transform& on) { fftwf_execute(on.plan.get()); };
    run(*state);
    check_fft(what, state->in, state->out);
    return timed(std::move(state), run);
  }
};

} // namespace

algo_peer_pointer make_fftw_algo() { return std::make_unique<fftw>(); }

} // namespace clotho::bench
