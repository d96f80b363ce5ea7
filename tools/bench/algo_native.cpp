// SPDX-License-Identifier: Apache-2.0
#include "algo_native.hpp"

#include <array>

#include "algo_on_host.hpp"
#include "algo_team.hpp"

namespace clotho::bench {
namespace {

// Both threads scan neighbouring pieces that stay in their second-level caches between the two looks.
constexpr std::size_t scan_piece = std::size_t{1} << 16;

class native final : public algo_peer {
 public:
  std::string name() const override { return loops_.name; }

  algo_sampler prepare(const algo_case& what) override {
    switch (what.what) {
    case algo::saxpy: return saxpy(what.n);
    case algo::fused: return fused(what.n);
    case algo::reduce: return reduce(what.n);
    case algo::scan: return scan(what.n);
    case algo::sort_u32: return sort(random_bits<std::uint32_t>(what.n, 0));
    case algo::sort_f32: return sort(float_keys(what.n));
    case algo::sort_u64: return sort(random_bits<std::uint64_t>(what.n, 0));
    case algo::sort_pairs: return sort_pairs(what.n);
    case algo::histogram: return histogram(what.n);
    case algo::transpose: return transpose(what.n);
    case algo::stencil: return stencil(what.n);
    case algo::n_body: return n_body(what.n);
    case algo::philox: return random(what.n, loops_.philox, check_words);
    case algo::uniform: return random(what.n, loops_.uniform, check_uniform);
    case algo::normal: return random(what.n, loops_.normal, check_normal);
    case algo::spmv_banded:
    case algo::spmv_random: return spmv(what);
    default: return {};
    }
  }

 private:
  // The team is awake from the beginning of a sample to its end.
  algo_sampler awake(algo_sampler inner) {
    return [this, inner = std::move(inner)](unsigned times) {
      const team::session open(team_);
      return inner(times);
    };
  }
  template <class State, class Run, class Check>
  algo_sampler checked(std::shared_ptr<State> state, const Run& run, const Check& check) {
    run(*state);
    check(*state);
    return awake(timed(std::move(state), run));
  }

  /// f(begin, end) on each thread's part of n.
  template <class F> void split(std::size_t n, const F& f) {
    team_.run([&](unsigned thread) {
      f(part_begin(n, thread, team_.size()), part_begin(n, thread + 1, team_.size()));
    });
  }

  algo_sampler saxpy(std::size_t n) {
    const auto run = [this](in_and_out<float>& on) {
      split(on.in.size(), [&](std::size_t begin, std::size_t end) {
        loops_.saxpy(saxpy_factor, on.in.data() + begin, on.out.data() + begin, end - begin);
      });
    };
    return checked(std::make_shared<in_and_out<float>>(eighths<float>(n, 0), eighths<float>(n, 1)), run,
                   [](const auto& on) { check_saxpy(on.out); });
  }

  algo_sampler fused(std::size_t n) {
    struct six {
      std::array<array_of<float>, 5> in;
      array_of<float> out;
    };
    const auto state = std::make_shared<six>();
    for (unsigned i = 0; i < 5; ++i) state->in[i] = eighths<float>(n, i);
    state->out.resize(n);
    const auto run = [this](six& on) {
      const std::size_t size = on.out.size();
      const float* const in[5] = {on.in[0].data(), on.in[1].data(), on.in[2].data(), on.in[3].data(),
                                  on.in[4].data()};
      split(size, [&](std::size_t begin, std::size_t end) {
        loops_.fuse(in, on.out.data(), begin, end, 4 * size >= streamed_bytes);
      });
    };
    return checked(state, run, [](const six& on) { check_fused(on.out); });
  }

  algo_sampler reduce(std::size_t n) {
    const auto run = [this](in_and_out<float>& on) {
      std::array<float, algo_threads> sums{};
      team_.run([&](unsigned thread) {
        const std::size_t begin = part_begin(on.in.size(), thread, team_.size());
        sums[thread] =
            loops_.sum(on.in.data() + begin, part_begin(on.in.size(), thread + 1, team_.size()) - begin);
      });
      on.out[0] = sums[0] + sums[1];
    };
    return checked(std::make_shared<in_and_out<float>>(eighths<float>(n, 0), array_of<float>(1)), run,
                   [](const auto& on) { check_reduce(on.in.size(), on.out[0]); });
  }

  void scan_all(const array_of<std::uint32_t>& in, array_of<std::uint32_t>& out) {
    const std::size_t n = in.size();
    const bool stream = n * sizeof(std::uint32_t) >= streamed_bytes;
    std::array<std::uint32_t, algo_threads> sums{};
    team_.run([&](unsigned thread) {
      std::uint32_t before = 0;
      for (std::size_t first = 0; first < n; first += scan_piece * team_.size()) {
        const std::size_t begin = std::min(n, first + scan_piece * thread),
                          size = std::min(n, begin + scan_piece) - begin;
        sums[thread] = loops_.sum_words(in.data() + begin, size);
        team_.barrier();
        const std::array<std::uint32_t, algo_threads> all = sums;
        team_.barrier(); // so that none writes its next sum before the other has read this one
        loops_.scan(in.data() + begin, out.data() + begin, size, before + (thread ? all[0] : 0), stream);
        before += all[0] + all[1];
      }
    });
  }

  algo_sampler scan(std::size_t n) {
    const auto run = [this](in_and_out<std::uint32_t>& on) { scan_all(on.in, on.out); };
    return checked(std::make_shared<in_and_out<std::uint32_t>>(random_bits<std::uint32_t>(n, 0),
                                                               array_of<std::uint32_t>(n)),
                   run, [](const auto& on) { check_scan(on.in, on.out); });
  }

  template <class Key> algo_sampler sort(array_of<Key> input) {
    struct sorted {
      array_of<Key> input, keys, spare;
    };
    const auto state = std::make_shared<sorted>(sorted{input, input, input});
    const auto run = [this](sorted& on) { radix_sort(team_, on.keys, on.spare); };
    run(*state);
    check_sorted<Key>(state->input, state->keys);
    return awake(timed(
        state, [](sorted& on) { on.keys = on.input; }, run));
  }

  algo_sampler sort_pairs(std::size_t n) {
    struct sorted {
      array_of<std::uint32_t> input, keys, spare, values, spare_values;
    };
    const auto input = random_bits<std::uint32_t>(n, 0);
    const auto state = std::make_shared<sorted>(sorted{input, input, input, counting(n), counting(n)});
    const auto run = [this](sorted& on) {
      radix_sort_pairs(team_, on.keys, on.spare, on.values, on.spare_values);
    };
    run(*state);
    check_pairs(state->input, state->keys, state->values);
    return awake(timed(
        state, [](sorted& on) { on.keys = on.input; }, run));
  }

  algo_sampler histogram(std::size_t n) {
    const auto run = [this](counted_bytes& on) { count_bytes(team_, on.in, on.counts); };
    return checked(std::make_shared<counted_bytes>(
                       counted_bytes{random_bits<std::uint8_t>(n, 0), array_of<std::uint32_t>(256)}),
                   run, [](const counted_bytes& on) { check_histogram(on.in, on.counts); });
  }

  algo_sampler transpose(std::size_t n) {
    const auto run = [this, n](in_and_out<float>& on) {
      split(n, [&](std::size_t begin, std::size_t end) {
        loops_.transpose(on.in.data(), on.out.data(), n, begin, end, 4 * n * n >= streamed_bytes);
      });
    };
    return checked(std::make_shared<in_and_out<float>>(eighths<float>(n * n, 0), array_of<float>(n * n)), run,
                   [n](const auto& on) { check_transpose(n, on.out); });
  }

  algo_sampler stencil(std::size_t n) {
    const auto run = [this, n](in_and_out<float>& on) {
      split(n, [&](std::size_t begin, std::size_t end) {
        for (std::size_t row = std::max<std::size_t>(1, begin); row < std::min(end, n - 1); ++row)
          loops_.stencil_row(on.in.data(), on.out.data(), n, row, 4 * n * n >= streamed_bytes);
      });
    };
    return checked(std::make_shared<in_and_out<float>>(eighths<float>(n * n, 0), array_of<float>(n * n)), run,
                   [n](const auto& on) { check_stencil(n, on.out); });
  }

  algo_sampler n_body(std::size_t n) {
    struct moved {
      bodies of;
      array_of<float> ax, ay, az;
    };
    const auto state =
        std::make_shared<moved>(moved{bodies(n), array_of<float>(n), array_of<float>(n), array_of<float>(n)});
    const auto run = [this, n](moved& on) {
      const n_body_arrays given{on.of.x.data(), on.of.y.data(), on.of.z.data(), on.of.mass.data(),
                                on.ax.data(),   on.ay.data(),   on.az.data(),   n};
      split(n, [&](std::size_t begin, std::size_t end) { loops_.n_body(given, begin, end); });
    };
    return checked(state, run, [](const moved& on) { check_bodies(on.of, on.ax, on.ay, on.az); });
  }

  template <class T>
  algo_sampler random(std::size_t n, void (*fill)(T*, std::size_t, std::size_t),
                      void (*check)(std::span<const T>)) {
    const auto run = [this, fill](array_of<T>& out) {
      split(out.size(), [&](std::size_t begin, std::size_t end) { fill(out.data(), begin, end); });
    };
    return checked(std::make_shared<array_of<T>>(n), run, check);
  }

  algo_sampler spmv(const algo_case& what) {
    struct product {
      sparse_matrix matrix;
      array_of<float> x, y;
    };
    const auto state = std::make_shared<product>(
        product{matrix_of(what), eighths<float>(what.n, 1), array_of<float>(what.n)});
    const auto run = [this](product& on) {
      split(on.y.size(), [&](std::size_t begin, std::size_t end) {
        loops_.spmv(on.matrix, on.x.data(), on.y.data(), begin, end);
      });
    };
    return checked(state, run, [](const product& on) { check_spmv(on.matrix, on.x, on.y); });
  }

  const native_loops& loops_ = best_loops();
  team team_{algo_threads};
};

} // namespace

algo_peer_pointer make_native_algo() { return std::make_unique<native>(); }

} // namespace clotho::bench
