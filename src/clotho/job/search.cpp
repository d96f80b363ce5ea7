// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/search.hpp>

#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>

namespace clotho::job {
namespace {

// Not std::shuffle, whose order the standard leaves open.
void shuffle(std::vector<std::size_t>& order, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[engine() % left]);
}

class in_order final : public search {
 public:
  explicit in_order(std::size_t size, std::optional<std::uint64_t> seed = {}) : order_(size) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (seed) shuffle(order_, *seed);
  }
  std::optional<std::size_t> next() override {
    return at_ < order_.size() ? std::optional(order_[at_++]) : std::nullopt;
  }
  void tell(std::optional<double>) override {}

 private:
  std::vector<std::size_t> order_;
  std::size_t at_ = 0;
};

class descent final : public search {
 public:
  descent(const tuning_space& space, std::uint64_t seed)
      : space_(space), starts_(space.size(), seed), times_(space.size()), seen_(space.size()) {}

  std::optional<std::size_t> next() override {
    while (waiting_.empty() && move()) {
    }
    if (waiting_.empty()) return start();
    return take(waiting_.back());
  }

  void tell(std::optional<double> seconds) override {
    times_[last_] = seconds;
    if (!here_ && seconds) here_ = last_, look_around();
  }

 private:
  std::optional<std::size_t> start() {
    here_.reset();
    std::optional<std::size_t> place = starts_.next();
    while (place && seen_[*place]) place = starts_.next();
    if (place) seen_[*place] = true, last_ = *place;
    return place;
  }

  std::optional<std::size_t> take(std::size_t place) {
    waiting_.pop_back();
    seen_[place] = true;
    return last_ = place;
  }

  void look_around() {
    for (const std::size_t place : space_.neighbours(*here_))
      if (!seen_[place]) waiting_.push_back(place);
  }

  // To the best neighbour, all of which have been tried. False: there is no better one.
  bool move() {
    if (!here_) return false;
    std::size_t best = *here_;
    for (const std::size_t place : space_.neighbours(*here_))
      if (times_[place] && *times_[place] < *times_[best]) best = place;
    if (best == *here_) return false;
    here_ = best;
    look_around();
    return true;
  }

  const tuning_space& space_;
  in_order starts_;
  std::vector<std::optional<double>> times_;
  std::vector<bool> seen_;
  std::vector<std::size_t> waiting_; // neighbours of where it is
  std::optional<std::size_t> here_;
  std::size_t last_ = 0;
};

} // namespace

std::unique_ptr<search> make_search(std::string_view strategy, const tuning_space& space,
                                    std::uint64_t seed) {
  if (strategy == "exhaustive") return std::make_unique<in_order>(space.size());
  if (strategy == "random") return std::make_unique<in_order>(space.size(), seed);
  if (strategy == "local") return std::make_unique<descent>(space, seed);
  const std::string known[] = {"exhaustive", "local", "random"};
  throw argument_error("there is no strategy " + detail::shown(strategy)
                       + detail::nearest_of(strategy, known));
}

} // namespace clotho::job
