// SPDX-License-Identifier: Apache-2.0
// The inner loops of its map, reduce and scan are those that are written by hand: what is compared is how
// oneTBB spreads them, not what the compiler makes of a loop.
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_reduce.h>
#include <tbb/parallel_scan.h>
#include <tbb/parallel_sort.h>
#include <tbb/task_arena.h>

#include <array>
#include <functional>

#include "algo_native.hpp"
#include "algo_on_host.hpp"

namespace clotho::bench {
namespace {

using range = tbb::blocked_range<std::size_t>;
constexpr std::size_t grain = std::size_t{1} << 14;

class one_tbb final : public algo_peer {
 public:
  std::string name() const override { return "oneTBB"; }
  std::string version() const override { return tbb_name(); }

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
    default: return {};
    }
  }

 private:
  template <class State, class Run, class Check>
  algo_sampler checked(std::shared_ptr<State> state, const Run& run, const Check& check) {
    const auto within = [this, run](State& on) { arena_.execute([&] { run(on); }); };
    within(*state);
    check(*state);
    return timed(std::move(state), within);
  }

  algo_sampler saxpy(std::size_t n) {
    const auto run = [this](in_and_out<float>& on) {
      tbb::parallel_for(range(0, on.in.size(), grain / 4), [&](const range& r) {
        loops_.saxpy(saxpy_factor, on.in.data() + r.begin(), on.out.data() + r.begin(), r.size());
      });
    };
    return checked(std::make_shared<in_and_out<float>>(eighths<float>(n, 0), eighths<float>(n, 1)), run,
                   [](const auto& on) { check_saxpy(on.out); });
  }

  algo_sampler fused(std::size_t n) {
    using six = std::array<array_of<float>, 6>;
    const auto state = std::make_shared<six>();
    for (unsigned i = 0; i < 6; ++i) (*state)[i] = eighths<float>(n, i);
    const auto run = [this](six& on) {
      const float* const in[5] = {on[0].data(), on[1].data(), on[2].data(), on[3].data(), on[4].data()};
      // Ranges begin anywhere, so no line is known to be whole.
      tbb::parallel_for(range(0, on[5].size(), grain / 4),
                        [&](const range& r) { loops_.fuse(in, on[5].data(), r.begin(), r.end(), false); });
    };
    return checked(state, run, [](const six& on) { check_fused(on[5]); });
  }

  algo_sampler reduce(std::size_t n) {
    const auto run = [this](in_and_out<float>& on) {
      on.out[0] = tbb::parallel_reduce(
          range(0, on.in.size(), grain), 0.0f,
          [&](const range& r, float before) {
            return before + loops_.sum(on.in.data() + r.begin(), r.size());
          },
          std::plus<float>());
    };
    return checked(std::make_shared<in_and_out<float>>(eighths<float>(n, 0), array_of<float>(1)), run,
                   [](const auto& on) { check_reduce(on.in.size(), on.out[0]); });
  }

  algo_sampler scan(std::size_t n) {
    using words = in_and_out<std::uint32_t>;
    const auto run = [this](words& on) {
      tbb::parallel_scan(
          range(0, on.in.size(), grain), 0u,
          [&](const range& r, std::uint32_t before, bool is_final) {
            const std::uint32_t* const from = on.in.data() + r.begin();
            return is_final ? loops_.scan(from, on.out.data() + r.begin(), r.size(), before, false)
                            : before + loops_.sum_words(from, r.size());
          },
          std::plus<std::uint32_t>());
    };
    return checked(std::make_shared<words>(random_bits<std::uint32_t>(n, 0), array_of<std::uint32_t>(n)), run,
                   [](const words& on) { check_scan(on.in, on.out); });
  }

  template <class T> void sort_once(in_and_out<T>& on) {
    arena_.execute([&] { tbb::parallel_sort(on.out.begin(), on.out.end()); });
  }
  template <class T> algo_sampler sampler_of_sort(std::shared_ptr<in_and_out<T>> state) {
    return timed(
        std::move(state), [](in_and_out<T>& on) { on.out = on.in; },
        [this](in_and_out<T>& on) { sort_once(on); });
  }

  template <class Key> algo_sampler sort(array_of<Key> input) {
    const auto state = std::make_shared<in_and_out<Key>>(input, input);
    sort_once(*state);
    check_sorted<Key>(state->in, state->out);
    return sampler_of_sort(state);
  }

  algo_sampler sort_pairs(std::size_t n) {
    const auto state = pairs_to_sort(n);
    sort_once(*state);
    check_sorted_pairs(*state);
    return sampler_of_sort(state);
  }

  const native_loops& loops_ = best_loops();
  tbb::global_control limit_{tbb::global_control::max_allowed_parallelism, algo_threads};
  tbb::task_arena arena_{static_cast<int>(algo_threads)};
};

} // namespace

algo_peer_pointer make_tbb_algo() { return std::make_unique<one_tbb>(); }

} // namespace clotho::bench
