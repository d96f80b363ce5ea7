// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include <clotho/algo/axpy.hpp>
#include <clotho/algo/elementwise.hpp>
#include <clotho/algo/fft.hpp>
#include <clotho/algo/gemm.hpp>
#include <clotho/algo/histogram.hpp>
#include <clotho/algo/n_body.hpp>
#include <clotho/algo/random.hpp>
#include <clotho/algo/reduce.hpp>
#include <clotho/algo/scan.hpp>
#include <clotho/algo/sort.hpp>
#include <clotho/algo/spmv.hpp>
#include <clotho/algo/stencil.hpp>
#include <clotho/algo/transpose.hpp>
#include <clotho/flow/runtime.hpp>

#include "algo_peer.hpp"
#include "algo_work.hpp"

namespace clotho::bench {
namespace {

runtime_options options_for(const device& on) {
  runtime_options options;
  options.device_list = {on};
  options.threads = algo_threads;
  options.cache = nullptr; // whose upkeep would be measured, too
  return options;
}

template <class T> struct in_and_out_of { buffer<T> in, out; };
template <class T> std::shared_ptr<in_and_out_of<T>> pair_of(buffer<T> in, buffer<T> out) {
  return std::make_shared<in_and_out_of<T>>(in_and_out_of<T>{std::move(in), std::move(out)});
}

class clotho_peer final : public algo_peer {
 public:
  clotho_peer(const device& on, const std::string& suffix)
      : name_("clotho" + suffix), runtime_(options_for(on)) {}

  std::string name() const override { return name_; }

  algo_sampler prepare(const algo_case& what) override {
    switch (what.what) {
    case algo::saxpy: return saxpy(what.n);
    case algo::fused: return expression(what.n);
    case algo::reduce: return sum(what.n);
    case algo::scan: return scan(what.n);
    case algo::sort_u32: return sort_keys(random_bits<std::uint32_t>(what.n, 0));
    case algo::sort_f32: return sort_keys(float_keys(what.n));
    case algo::sort_u64: return sort_keys(random_bits<std::uint64_t>(what.n, 0));
    case algo::sort_pairs: return sort_pairs(what.n);
    case algo::histogram: return bytes_counted(what.n);
    case algo::transpose: return transposed(what.n);
    case algo::stencil: return five_points(what.n);
    case algo::sgemm: return product<float>(what.n);
    case algo::dgemm: return product<double>(what.n);
    case algo::n_body: return attraction(what.n);
    case algo::philox:
      return random<std::uint32_t>(what.n, check_words,
                                   [this](const auto& y) { return fill_bits(runtime_, y, stream_); });
    case algo::uniform:
      return random<float>(what.n, check_uniform,
                           [this](const auto& y) { return fill_uniform(runtime_, y, stream_); });
    case algo::normal:
      return random<float>(what.n, check_normal,
                           [this](const auto& y) { return fill_normal(runtime_, y, stream_); });
    case algo::fft: return transform(what);
    case algo::spmv_banded:
    case algo::spmv_random: return sparse_product(what);
    default: return {};
    }
  }

 private:
  template <class T> buffer<T> with(const array_of<T>& content) {
    return {runtime_, std::span<const T>(content)};
  }
  template <class T> buffer<T> of_size(std::size_t n) { return {runtime_, n}; }
  template <class T> std::vector<T> content(const buffer<T>& of) { return runtime_.read(of).get(); }

  algo_sampler saxpy(std::size_t n) {
    const auto state = pair_of(with(eighths<float>(n, 0)), with(eighths<float>(n, 1)));
    const auto run = [this](const in_and_out_of<float>& on) {
      axpy(runtime_, saxpy_factor, on.in, on.out).get();
    };
    run(*state);
    check_saxpy(content(state->out));
    return timed(state, run);
  }

  algo_sampler expression(std::size_t n) {
    struct six {
      elementwise kernel;
      std::vector<buffer<float>> in;
      buffer<float> out;
    };
    const auto state = std::make_shared<six>(
        six{elementwise(
                runtime_,
                "const float* a, const float* b, const float* c, const float* d, const float* e, float* y",
                "y[i] = (a[i] + b[i]) * (c[i] - d[i]) + 0.5f * e[i]"),
            {},
            of_size<float>(n)});
    for (unsigned i = 0; i < 5; ++i) state->in.push_back(with(eighths<float>(n, i)));
    const auto run = [](const six& on) {
      on.kernel(on.in[0], on.in[1], on.in[2], on.in[3], on.in[4], on.out).get();
    };
    run(*state);
    check_fused(content(state->out));
    return timed(state, run);
  }

  algo_sampler sum(std::size_t n) {
    const auto state = std::make_shared<buffer<float>>(with(eighths<float>(n, 0)));
    const auto run = [this](const buffer<float>& on) { return reduce(runtime_, on).get(); };
    check_reduce(n, run(*state));
    return timed(state, run);
  }

  algo_sampler scan(std::size_t n) {
    const auto input = random_bits<std::uint32_t>(n, 0);
    const auto state = pair_of(with(input), of_size<std::uint32_t>(n));
    const auto run = [this](const in_and_out_of<std::uint32_t>& on) {
      exclusive_scan(runtime_, on.in, on.out).get();
    };
    run(*state);
    check_scan(input, content(state->out));
    return timed(state, run);
  }

  // What is sorted is what came in.
  template <class T, class State, class Run>
  algo_sampler sampler_of_sort(std::shared_ptr<State> state, const Run& run) {
    const auto restore = [this](const in_and_out_of<T>& on) {
      const auto copy = [](std::span<const T> from, std::span<T> to) {
        std::copy(from.begin(), from.end(), to.begin());
      };
      runtime_.host(copy, in(on.in), out(on.out)).get();
    };
    return timed(std::move(state), restore, run);
  }

  template <class Key> algo_sampler sort_keys(const array_of<Key>& input) {
    const auto state = pair_of(with(input), with(input));
    const auto run = [this](const in_and_out_of<Key>& on) { sort(runtime_, on.out).get(); };
    run(*state);
    check_sorted<Key>(input, content(state->out));
    return sampler_of_sort<Key>(state, run);
  }

  algo_sampler sort_pairs(std::size_t n) {
    struct pairs : in_and_out_of<std::uint32_t> {
      buffer<std::uint32_t> values;
    };
    const auto input = random_bits<std::uint32_t>(n, 0);
    const auto state = std::make_shared<pairs>(pairs{{with(input), with(input)}, with(counting(n))});
    const auto run = [this](const pairs& on) { sort_by_key(runtime_, on.out, on.values).get(); };
    run(*state);
    check_pairs(input, content(state->out), content(state->values));
    return sampler_of_sort<std::uint32_t>(state, run);
  }

  algo_sampler bytes_counted(std::size_t n) {
    struct counted_bytes {
      buffer<std::uint8_t> in;
      buffer<std::uint32_t> counts;
    };
    const auto input = random_bits<std::uint8_t>(n, 0);
    const auto state =
        std::make_shared<counted_bytes>(counted_bytes{with(input), of_size<std::uint32_t>(256)});
    const auto run = [this](const counted_bytes& on) { histogram(runtime_, on.in, on.counts).get(); };
    run(*state);
    check_histogram(input, content(state->counts));
    return timed(state, run);
  }

  algo_sampler transposed(std::size_t n) {
    const auto state = pair_of(with(eighths<float>(n * n, 0)), of_size<float>(n * n));
    const auto run = [this, n](const in_and_out_of<float>& on) {
      transpose(runtime_, n, n, on.in, on.out).get();
    };
    run(*state);
    check_transpose(n, content(state->out));
    return timed(state, run);
  }

  algo_sampler five_points(std::size_t n) {
    const auto state = pair_of(with(eighths<float>(n * n, 0)), of_size<float>(n * n));
    const auto run = [this, n](const in_and_out_of<float>& on) {
      static constexpr std::array<float, 5> weights{stencil_side, stencil_side, stencil_centre, stencil_side,
                                                    stencil_side};
      stencil(runtime_, n, n, weights, on.in, on.out).get();
    };
    run(*state);
    check_stencil(n, content(state->out));
    return timed(state, run);
  }

  template <class T> algo_sampler product(std::size_t n) {
    using matrices = std::array<buffer<T>, 3>;
    const auto state = std::make_shared<matrices>(
        matrices{with(eighths<T>(n * n, 0)), with(eighths<T>(n * n, 1)), of_size<T>(n * n)});
    const auto run = [this, n](const matrices& on) {
      gemm(runtime_, matrix_op::none, matrix_op::none, n, n, n, 1, on[0], n, on[1], n, 0, on[2], n).get();
    };
    run(*state);
    check_gemm<T>(n, content((*state)[2]));
    return timed(state, run);
  }

  algo_sampler attraction(std::size_t n) {
    using seven = std::array<buffer<float>, 7>;
    const bodies of(n);
    const auto state =
        std::make_shared<seven>(seven{with(of.x), with(of.y), with(of.z), with(of.mass), of_size<float>(n),
                                      of_size<float>(n), of_size<float>(n)});
    const auto run = [this](const seven& on) {
      static const double length = std::sqrt(static_cast<double>(softening));
      accelerations(runtime_, on[0], on[1], on[2], on[3], on[4], on[5], on[6], length).get();
    };
    run(*state);
    check_bodies(of, content((*state)[4]), content((*state)[5]), content((*state)[6]));
    return timed(state, run);
  }

  template <class T, class Fill>
  algo_sampler random(std::size_t n, void (*check)(std::span<const T>), const Fill& fill) {
    const auto state = std::make_shared<buffer<T>>(of_size<T>(n));
    const auto run = [fill](const buffer<T>& on) { fill(on).get(); };
    run(*state);
    check(content(*state));
    return timed(state, run);
  }

  algo_sampler transform(const algo_case& what) {
    struct planned {
      fft_plan<float> plan;
      buffer<complex> in, out;
    };
    const array_of<complex> signal = signal_of(what);
    const auto state = std::make_shared<planned>(planned{fft_plan<float>(runtime_, {what.n}, what.batch),
                                                         with(signal), of_size<complex>(signal.size())});
    const auto run = [](const planned& on) { on.plan.forward(on.in, on.out).get(); };
    run(*state);
    check_fft(what, signal, content(state->out));
    return timed(state, run);
  }

  algo_sampler sparse_product(const algo_case& what) {
    struct product {
      csr<buffer<std::uint32_t>, buffer<std::uint32_t>, buffer<float>> matrix;
      buffer<float> x, y;
    };
    const sparse_matrix from = matrix_of(what);
    const auto x = eighths<float>(what.n, 1);
    const auto state = std::make_shared<product>(
        product{{from.rows, from.rows, with(from.row_starts), with(from.columns), with(from.values)},
                with(x),
                of_size<float>(from.rows)});
    const auto run = [this](const product& on) { spmv(runtime_, on.matrix, on.x, on.y).get(); };
    run(*state);
    check_spmv(from, x, content(state->y));
    return timed(state, run);
  }

  std::string name_;
  runtime runtime_;
  random_stream stream_{1};
};

} // namespace

algo_peer_pointer make_clotho_algo(const device& on, const std::string& suffix) {
  return std::make_unique<clotho_peer>(on, suffix);
}

} // namespace clotho::bench
