// SPDX-License-Identifier: Apache-2.0
// Which contenders were there when this was built: each library is asked for by CMake, none is needed.
#include "algo_peer.hpp"

#include "algo_native.hpp"

namespace clotho::bench {

std::vector<host_peer> host_peers() {
  const auto skylake = [] { return make_openblas_algo("SkylakeX"); };
  const auto picked = [] { return make_openblas_algo(""); };
  std::vector<host_peer> all{{"native", make_native_algo},
                             {"std", make_std_algo},
#ifdef CLOTHO_BENCH_TBB
                             {"oneTBB", make_tbb_algo},
#else
                             {"oneTBB", nullptr},
#endif
#ifdef CLOTHO_BENCH_FFTW
                             {"FFTW", make_fftw_algo},
#else
                             {"FFTW", nullptr},
#endif
#ifdef CLOTHO_BENCH_OPENBLAS
                             {"OpenBLAS as it picks", picked}};
  if (avx512_loops()) all.push_back({"OpenBLAS SkylakeX", skylake}); // it would not run elsewhere
#else
                             {"OpenBLAS", nullptr}};
  (void)skylake, (void)picked;
#endif
  return all;
}

std::vector<device_peer> device_peers() {
  return {{"Boost.Compute",
#ifdef CLOTHO_BENCH_BOOST
           make_boost_algo
#else
           nullptr
#endif
          },
          {"CLBlast",
#ifdef CLOTHO_BENCH_CLBLAST
           make_clblast_algo
#else
           nullptr
#endif
          },
          {"clFFT",
#ifdef CLOTHO_BENCH_CLFFT
           make_clfft_algo
#else
           nullptr
#endif
          },
          {"ViennaCL",
#ifdef CLOTHO_BENCH_VIENNACL
           make_viennacl_algo
#else
           nullptr
#endif
          },
          {"textbook kernel", make_textbook_algo},
          {"PyOpenCL", make_pyopencl_algo}};
}

} // namespace clotho::bench
