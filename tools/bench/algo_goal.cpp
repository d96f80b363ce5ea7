// SPDX-License-Identifier: Apache-2.0
#include "algo_goal.hpp"

#include <algorithm>
#include <vector>

namespace clotho::bench {
namespace {

struct goal {
  algo what;
  std::size_t least, most; // n
  std::string_view peer;   // its name, which may go on with a blank: "native AVX-512"
  double ahead;
};

constexpr std::size_t m1 = 1'000'000, m10 = 10 * m1, any = ~std::size_t{0};

const std::vector<goal>& goals() {
  static const std::vector<goal> all = {{algo::saxpy, m1, any, "native", 0.95},
                                        {algo::saxpy, m1, any, "CLBlast", 1},
                                        {algo::saxpy, m1, any, "Boost.Compute", 1.8},
                                        {algo::saxpy, m1, any, "PyOpenCL", 10},
                                        {algo::saxpy, m1, any, "ViennaCL", 25},
                                        {algo::fused, m1, any, "native", 0.9},
                                        {algo::fused, m1, any, "PyOpenCL", 20},
                                        {algo::reduce, m10, any, "native", 0.9},
                                        {algo::reduce, m1, m10 - 1, "native", 0.85},
                                        {algo::reduce, m1, m10 - 1, "CLBlast", 10},
                                        {algo::reduce, m1, m10 - 1, "Boost.Compute", 10},
                                        {algo::reduce, m1, m10 - 1, "PyOpenCL", 25},
                                        {algo::reduce, m1, m10 - 1, "ViennaCL", 100},
                                        {algo::scan, m1, 3 * m10 - 1, "native", 0.85},
                                        {algo::scan, 3 * m10, any, "native", 0.95},
                                        {algo::scan, m1, any, "std", 2},
                                        {algo::scan, m1, any, "oneTBB", 1.5},
                                        {algo::scan, m1, any, "Boost.Compute", 2.5},
                                        {algo::scan, m1, any, "PyOpenCL", 10},
                                        {algo::sort_u32, m1, any, "oneTBB", 7},
                                        {algo::sort_u32, m1, any, "std", 12},
                                        {algo::sort_u32, m1, any, "Boost.Compute", 12},
                                        {algo::sort_u32, m1, any, "PyOpenCL", 35},
                                        {algo::sort_f32, m1, any, "oneTBB", 5},
                                        {algo::sort_u64, m1, any, "oneTBB", 5},
                                        {algo::sort_pairs, m1, any, "oneTBB", 5},
                                        {algo::sgemm, 512, 2048, "OpenBLAS SkylakeX", 0.85},
                                        {algo::sgemm, 512, 2048, "OpenBLAS as it picks", 3},
                                        {algo::sgemm, 512, 2048, "CLBlast", 11},
                                        {algo::sgemm, 512, 2048, "ViennaCL", 3},
                                        {algo::histogram, m1, any, "native", 0.85},
                                        {algo::histogram, m1, any, "textbook kernel", 10},
                                        {algo::transpose, 1024, any, "native", 0.9},
                                        {algo::transpose, 1024, any, "CLBlast", 1.4},
                                        {algo::stencil, 4096, any, "native", 0.95},
                                        {algo::n_body, 4096, any, "native", 0.9},
                                        {algo::n_body, 4096, any, "textbook kernel", 8},
                                        {algo::philox, m1, any, "std", 3.5},
                                        {algo::uniform, m1, any, "PyOpenCL", 5},
                                        {algo::fft, 1000, any, "FFTW", 0.5},
                                        {algo::fft, 1000, any, "clFFT", 3}};
  return all;
}

// What a peer on PoCL's synchronous device does is told, but the goals are about the device it usually has.
bool is(std::string_view peer, std::string_view name) {
  return peer.starts_with(name) && (peer.size() == name.size() || peer[name.size()] == ' ');
}

} // namespace

std::optional<double> algo_goal(const algo_case& what, std::string_view peer) {
  for (const goal& one : goals())
    if (one.what == what.what && what.n >= one.least && what.n <= one.most && is(peer, one.peer))
      return one.ahead;
  return {};
}

std::optional<double> algo_allowance(const algo_case& what, bool synchronous) {
  const auto n = static_cast<double>(what.n);
  switch (what.what) {
  case algo::saxpy:
    return what.n == std::size_t{1} << 14 && synchronous ? std::optional(3.5e-6) : std::nullopt;
  case algo::sort_u32: return what.n >= m10 ? std::optional(n / 0.12e9) : std::nullopt;
  case algo::philox: return what.n >= m10 ? std::optional(n / 2e9) : std::nullopt;
  default: return {};
  }
}

} // namespace clotho::bench
