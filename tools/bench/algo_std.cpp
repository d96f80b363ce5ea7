// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <random>

#include "algo_on_host.hpp"

namespace clotho::bench {
namespace {

algo_sampler reduce(std::size_t n) {
  const auto state = std::make_shared<in_and_out<float>>(eighths<float>(n, 0), array_of<float>(1));
  const auto run = [](in_and_out<float>& on) { on.out[0] = std::reduce(on.in.begin(), on.in.end(), 0.0f); };
  run(*state);
  check_reduce(n, state->out[0]);
  return timed(state, run);
}

algo_sampler scan(std::size_t n) {
  using words = in_and_out<std::uint32_t>;
  const auto state = std::make_shared<words>(random_bits<std::uint32_t>(n, 0), array_of<std::uint32_t>(n));
  const auto run = [](words& on) { std::exclusive_scan(on.in.begin(), on.in.end(), on.out.begin(), 0u); };
  run(*state);
  check_scan(state->in, state->out);
  return timed(state, run);
}

template <class Key> algo_sampler sort(array_of<Key> input) {
  const auto state = std::make_shared<in_and_out<Key>>(input, input);
  const auto run = [](in_and_out<Key>& on) { std::sort(on.out.begin(), on.out.end()); };
  run(*state);
  check_sorted<Key>(state->in, state->out);
  return timed(
      state, [](in_and_out<Key>& on) { on.out = on.in; }, run);
}

algo_sampler sort_pairs(std::size_t n) {
  const auto state = pairs_to_sort(n);
  const auto run = [](pairs_of_words& on) { std::sort(on.out.begin(), on.out.end()); };
  run(*state);
  check_sorted_pairs(*state);
  return timed(
      state, [](pairs_of_words& on) { on.out = on.in; }, run);
}

algo_sampler histogram(std::size_t n) {
  const auto state = std::make_shared<counted_bytes>(
      counted_bytes{random_bits<std::uint8_t>(n, 0), array_of<std::uint32_t>(256)});
  const auto run = [](counted_bytes& on) {
    std::fill(on.counts.begin(), on.counts.end(), 0u);
    std::for_each(on.in.begin(), on.in.end(), [&](std::uint8_t value) { ++on.counts[value]; });
  };
  run(*state);
  check_histogram(state->in, state->counts);
  return timed(state, run);
}

template <class T, class Distribution>
algo_sampler random(std::size_t n, Distribution draw, void (*check)(std::span<const T>)) {
  const auto state = std::make_shared<array_of<T>>(n);
  const auto run = [draw, engine = std::mt19937(1)](array_of<T>& out) mutable {
    for (T& one : out) one = draw(engine);
  };
  auto first = run;
  first(*state);
  check(*state);
  return timed(state, run);
}

class standard final : public algo_peer {
 public:
  std::string name() const override { return "std"; }

  algo_sampler prepare(const algo_case& what) override {
    switch (what.what) {
    case algo::reduce: return reduce(what.n);
    case algo::scan: return scan(what.n);
    case algo::sort_u32: return sort(random_bits<std::uint32_t>(what.n, 0));
    case algo::sort_f32: return sort(float_keys(what.n));
    case algo::sort_u64: return sort(random_bits<std::uint64_t>(what.n, 0));
    case algo::sort_pairs: return sort_pairs(what.n);
    case algo::histogram: return histogram(what.n);
    case algo::philox:
      return random<std::uint32_t>(
          what.n, [](std::mt19937& engine) { return static_cast<std::uint32_t>(engine()); }, check_words);
    case algo::uniform: return random<float>(what.n, std::uniform_real_distribution<float>(), check_uniform);
    case algo::normal: return random<float>(what.n, std::normal_distribution<float>(), check_normal);
    default: return {};
    }
  }
};

} // namespace

algo_peer_pointer make_std_algo() { return std::make_unique<standard>(); }

} // namespace clotho::bench
