// SPDX-License-Identifier: Apache-2.0
#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_1_APIS
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <boost/compute/algorithm/copy.hpp>
#include <boost/compute/algorithm/exclusive_scan.hpp>
#include <boost/compute/algorithm/reduce.hpp>
#include <boost/compute/algorithm/sort.hpp>
#include <boost/compute/algorithm/sort_by_key.hpp>
#include <boost/compute/algorithm/transform.hpp>
#include <boost/compute/closure.hpp>
#include <boost/compute/container/vector.hpp>
#include <boost/compute/iterator/zip_iterator.hpp>
#include <boost/compute/lambda.hpp>
#include <boost/compute/random/mersenne_twister_engine.hpp>
#include <boost/compute/random/normal_distribution.hpp>
#include <boost/compute/random/uniform_real_distribution.hpp>
#include <boost/version.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <clotho/runtime/native.hpp>

#include "algo_peer.hpp"
#include "algo_work.hpp"

namespace clotho::bench {
namespace {

namespace bc = boost::compute;

class boost_peer final : public algo_peer {
 public:
  boost_peer(const device& on, const std::string& suffix)
      : name_("Boost.Compute" + suffix), context_(bc::device(native::handle(on))),
        queue_(context_, context_.get_device()) {}

  std::string name() const override { return name_; }
  std::string version() const override { return "Boost.Compute " BOOST_LIB_VERSION; }

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
    case algo::philox: return words(what.n);
    case algo::uniform: return random(what.n, bc::uniform_real_distribution<float>(0, 1), check_uniform);
    case algo::normal: return random(what.n, bc::normal_distribution<float>(0, 1), check_normal);
    default: return {};
    }
  }

 private:
  template <class T> using vectors = std::vector<bc::vector<T>>;

  template <class T> bc::vector<T> vector_with(const array_of<T>& content) {
    return {content.begin(), content.end(), queue_};
  }
  template <class T> bc::vector<T> vector(std::size_t n) { return bc::vector<T>(n, context_); }
  template <class T> array_of<T> content(const bc::vector<T>& of) {
    array_of<T> read(of.size());
    bc::copy(of.begin(), of.end(), read.begin(), queue_);
    return read;
  }
  template <class T> std::shared_ptr<vectors<T>> state_of(bc::vector<T> a, bc::vector<T> b) {
    const auto made = std::make_shared<vectors<T>>();
    made->push_back(std::move(a)), made->push_back(std::move(b));
    return made;
  }

  algo_sampler saxpy(std::size_t n) {
    const auto state = state_of(vector_with(eighths<float>(n, 0)), vector_with(eighths<float>(n, 1)));
    const auto run = [this](vectors<float>& on) {
      using bc::lambda::_1;
      using bc::lambda::_2;
      bc::transform(on[0].begin(), on[0].end(), on[1].begin(), on[1].begin(), saxpy_factor * _1 + _2, queue_);
      queue_.finish();
    };
    run(*state);
    check_saxpy(content((*state)[1]));
    return timed(state, run);
  }

  algo_sampler fused(std::size_t n) {
    const auto state = std::make_shared<vectors<float>>();
    for (unsigned i = 0; i < 6; ++i) state->push_back(vector_with(eighths<float>(n, i)));
    const auto run = [this](vectors<float>& on) {
      using bc::lambda::_1;
      using bc::lambda::get;
      const auto first = bc::make_zip_iterator(
          boost::make_tuple(on[0].begin(), on[1].begin(), on[2].begin(), on[3].begin(), on[4].begin()));
      const auto last = bc::make_zip_iterator(
          boost::make_tuple(on[0].end(), on[1].end(), on[2].end(), on[3].end(), on[4].end()));
      bc::transform(first, last, on[5].begin(),
                    (get<0>(_1) + get<1>(_1)) * (get<2>(_1) - get<3>(_1)) + get<4>(_1) * 0.5f, queue_);
      queue_.finish();
    };
    run(*state);
    check_fused(content((*state)[5]));
    return timed(state, run);
  }

  algo_sampler reduce(std::size_t n) {
    const auto state = std::make_shared<bc::vector<float>>(vector_with(eighths<float>(n, 0)));
    const auto run = [this](const bc::vector<float>& on) {
      float sum = 0;
      bc::reduce(on.begin(), on.end(), &sum, bc::plus<float>(), queue_);
      queue_.finish();
      return sum;
    };
    check_reduce(n, run(*state));
    return timed(state, run);
  }

  algo_sampler scan(std::size_t n) {
    const auto input = random_bits<std::uint32_t>(n, 0);
    const auto state = state_of(vector_with(input), vector<std::uint32_t>(n));
    const auto run = [this](vectors<std::uint32_t>& on) {
      bc::exclusive_scan(on[0].begin(), on[0].end(), on[1].begin(), queue_);
      queue_.finish();
    };
    run(*state);
    check_scan(input, content((*state)[1]));
    return timed(state, run);
  }

  template <class Key> algo_sampler sort(const array_of<Key>& input) {
    const auto state = state_of(vector_with(input), vector_with(input));
    const auto run = [this](vectors<Key>& on) {
      bc::sort(on[1].begin(), on[1].end(), queue_);
      queue_.finish();
    };
    const auto reset = [this](vectors<Key>& on) {
      bc::copy(on[0].begin(), on[0].end(), on[1].begin(), queue_);
      queue_.finish();
    };
    run(*state);
    check_sorted<Key>(input, content((*state)[1]));
    return timed(state, reset, run);
  }

  algo_sampler sort_pairs(std::size_t n) {
    const auto input = random_bits<std::uint32_t>(n, 0);
    const auto state = state_of(vector_with(input), vector_with(input));
    state->push_back(vector_with(counting(n)));
    const auto run = [this](vectors<std::uint32_t>& on) {
      bc::sort_by_key(on[1].begin(), on[1].end(), on[2].begin(), queue_);
      queue_.finish();
    };
    const auto reset = [this](vectors<std::uint32_t>& on) {
      bc::copy(on[0].begin(), on[0].end(), on[1].begin(), queue_);
      queue_.finish();
    };
    run(*state);
    check_pairs(input, content((*state)[1]), content((*state)[2]));
    return timed(state, reset, run);
  }

  // It has no Philox; its Mersenne twister is its default.
  algo_sampler words(std::size_t n) {
    const auto state = std::make_shared<bc::vector<std::uint32_t>>(n, context_);
    const auto run = [this](bc::vector<std::uint32_t>& on) {
      engine().generate(on.begin(), on.end(), queue_);
      queue_.finish();
    };
    run(*state);
    check_words(content(*state));
    return timed(state, run);
  }

  template <class Distribution>
  algo_sampler random(std::size_t n, Distribution draw, void (*check)(std::span<const float>)) {
    const auto state = std::make_shared<bc::vector<float>>(n, context_);
    const auto run = [this, draw](bc::vector<float>& on) mutable {
      draw.generate(on.begin(), on.end(), engine(), queue_);
      queue_.finish();
    };
    auto first = run;
    first(*state);
    check(content(*state));
    return timed(state, run);
  }

  bc::mt19937& engine() {
    if (!engine_) engine_ = std::make_unique<bc::mt19937>(queue_);
    return *engine_;
  }

  std::string name_;
  bc::context context_;
  bc::command_queue queue_;
  std::unique_ptr<bc::mt19937> engine_;
};

} // namespace

algo_peer_pointer make_boost_algo(const device& on, const std::string& suffix) {
  return std::make_unique<boost_peer>(on, suffix);
}

} // namespace clotho::bench
