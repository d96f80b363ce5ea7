// SPDX-License-Identifier: Apache-2.0
#include <clblast.h>

#include <clotho/core/error.hpp>

#include "algo_on_device.hpp"

namespace clotho::bench {
namespace {

void check_call(clblast::StatusCode code, const char* call) {
  if (code != clblast::StatusCode::kSuccess) throw error(static_cast<int>(code), call, "of CLBlast");
}

class clblast_peer final : public algo_peer {
 public:
  clblast_peer(const device& on, const std::string& suffix) : name_("CLBlast" + suffix), place_(on) {}

  std::string name() const override { return name_; }

  algo_sampler prepare(const algo_case& what) override {
    switch (what.what) {
    case algo::saxpy: return saxpy(what.n);
    case algo::reduce: return reduce(what.n);
    case algo::sgemm: return gemm<float>(what.n);
    case algo::dgemm: return gemm<double>(what.n);
    case algo::transpose: return transpose(what.n);
    default: return {};
    }
  }

 private:
  algo_sampler saxpy(std::size_t n) {
    const auto state = std::make_shared<raw_buffers>(
        together(place_.buffer_with(eighths<float>(n, 0)), place_.buffer_with(eighths<float>(n, 1))));
    const auto run = [this, n](raw_buffers& on) {
      check_call(clblast::Axpy<float>(n, saxpy_factor, on[0].get(), 0, 1, on[1].get(), 0, 1, &queue_),
                 "Axpy");
      place_.finish();
    };
    run(*state);
    check_saxpy(place_.content<float>((*state)[1], n));
    return timed(state, run);
  }

  algo_sampler reduce(std::size_t n) {
    const auto state = std::make_shared<raw_buffers>(
        together(place_.buffer_with(eighths<float>(n, 0)), place_.buffer(sizeof(float))));
    const auto run = [this, n](raw_buffers& on) {
      check_call(clblast::Sum<float>(n, on[1].get(), 0, on[0].get(), 0, 1, &queue_), "Sum");
      return place_.content<float>(on[1], 1)[0];
    };
    check_reduce(n, run(*state));
    return timed(state, run);
  }

  template <class T> algo_sampler gemm(std::size_t n) {
    const auto state = std::make_shared<raw_buffers>(together(place_.buffer_with(eighths<T>(n * n, 0)),
                                                              place_.buffer_with(eighths<T>(n * n, 1)),
                                                              place_.buffer(n * n * sizeof(T))));
    const auto run = [this, n](raw_buffers& on) {
      check_call(clblast::Gemm<T>(clblast::Layout::kRowMajor, clblast::Transpose::kNo,
                                  clblast::Transpose::kNo, n, n, n, T{1}, on[0].get(), 0, n, on[1].get(), 0,
                                  n, T{0}, on[2].get(), 0, n, &queue_),
                 "Gemm");
      place_.finish();
    };
    run(*state);
    check_gemm<T>(n, place_.content<T>((*state)[2], n * n));
    return timed(state, run);
  }

  algo_sampler transpose(std::size_t n) {
    const auto state = std::make_shared<raw_buffers>(
        together(place_.buffer_with(eighths<float>(n * n, 0)), place_.buffer(n * n * sizeof(float))));
    const auto run = [this, n](raw_buffers& on) {
      check_call(clblast::Omatcopy<float>(clblast::Layout::kRowMajor, clblast::Transpose::kYes, n, n, 1,
                                          on[0].get(), 0, n, on[1].get(), 0, n, &queue_),
                 "Omatcopy");
      place_.finish();
    };
    run(*state);
    check_transpose(n, place_.content<float>((*state)[1], n * n));
    return timed(state, run);
  }

  std::string name_;
  raw_place place_;
  cl_command_queue queue_ = place_.queue(); // CLBlast takes its address
};

} // namespace

algo_peer_pointer make_clblast_algo(const device& on, const std::string& suffix) {
  return std::make_unique<clblast_peer>(on, suffix);
}

} // namespace clotho::bench
