// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/split_dealer.hpp>

#include <algorithm>
#include <limits>

namespace clotho::detail {

namespace {

constexpr double least_chunk_ns = 1e6;
constexpr std::size_t probes_in_range = 100; // without any guess
constexpr double parts_of_guess = 16;        // with one: the first chunk is so much less than it promises
constexpr std::size_t growth = 4;            // from what a device has done to what it is trusted with
constexpr std::size_t chunks_for_each = 32;

std::size_t at_most(double wanted, std::size_t most) noexcept {
  return wanted >= static_cast<double>(most) ? most : static_cast<std::size_t>(std::max(wanted, 0.0));
}

} // namespace

split_dealer::split_dealer(const shape& of, const split_options& how, std::span<const double> index_ns)
    : shape_(of), policy_(how.how), players_(index_ns.size()) {
  for (std::size_t i = 0; i < players_.size(); ++i) players_[i].index_ns = index_ns[i];
  set_shares(how);
  const std::size_t chunks = how.chunks != 0 ? how.chunks : chunks_for_each * players_.size();
  chunk_ = std::max<std::size_t>(1, of.extent / chunks + (of.extent % chunks != 0 ? 1 : 0));
  deal_all();
}

// What the caller says, else what is remembered; who is unknown counts as the average of the others.
void split_dealer::set_shares(const split_options& how) {
  double sum = 0;
  for (std::size_t i = 0; i < players_.size(); ++i) {
    player& one = players_[i];
    if (!how.shares.empty()) one.index_ns = 0;
    one.share = how.shares.empty() ? speed_of(one) : how.shares[i];
    one.out = one.share <= 0;
    sum += one.share;
  }
  guessed_ = !how.shares.empty();
  for (player& one : players_) one.share /= sum;
}

void split_dealer::deal_all() {
  const std::size_t rest = shape_.tail_apart ? shape_.extent % shape_.grain : 0;
  const std::size_t end = shape_.extent - rest;
  if (policy_ == split_policy::fixed)
    deal_shares(end);
  else if (end != 0)
    free_.push_back({0, end});
  if (rest != 0) free_.push_back({end, shape_.extent});
}

void split_dealer::deal_shares(std::size_t end) {
  const std::size_t grains = end / shape_.grain;
  std::size_t begin = 0;
  double up_to = 0;
  player* last = nullptr;
  for (player& one : players_) {
    if (one.out) continue;
    up_to += one.share;
    const std::size_t here = at_most(up_to * static_cast<double>(grains) + 0.5, grains) * shape_.grain;
    one.own = split_chunk{begin, here};
    begin = here;
    last = &one;
  }
  if (last != nullptr) last->own->end = end;
}

std::size_t split_dealer::left() const noexcept {
  std::size_t sum = 0;
  for (const split_chunk& one : free_) sum += one.size();
  for (const player& one : players_) sum += one.own ? one.own->size() : 0;
  return sum;
}

double split_dealer::index_ns(std::size_t device) const noexcept {
  return players_[device].measured ? players_[device].index_ns : 0;
}

double split_dealer::speed_of(const player& one) const noexcept {
  if (one.index_ns > 0) return 1 / one.index_ns;
  double sum = 0;
  std::size_t known = 0;
  for (const player& other : players_)
    if (other.index_ns > 0) sum += 1 / other.index_ns, ++known;
  return known != 0 ? sum / static_cast<double>(known) : 1;
}

// When what is left would be done if all who are busy, or are given as free, shared it as well as can be.
double split_dealer::common_end(double now_ns, const player* without) const {
  std::vector<const player*> sharing;
  for (const player& one : players_)
    if (!one.out && &one != without && (without == nullptr || one.busy)) sharing.push_back(&one);
  const auto free_at = [now_ns](const player* one) { return one->busy ? std::max(one->free_at, now_ns) : now_ns; };
  std::sort(sharing.begin(), sharing.end(), [&](auto* a, auto* b) { return free_at(a) < free_at(b); });
  double speed = 0, done = -static_cast<double>(left());
  double end = std::numeric_limits<double>::infinity();
  for (const player* one : sharing) {
    if (free_at(one) >= end) break;
    speed += speed_of(*one);
    done -= speed_of(*one) * free_at(one);
    end = -done / speed;
  }
  return end;
}

// The others will have done all of it before this one has done the least that it could.
bool split_dealer::is_better_left(const player& one, double now_ns) const {
  return one.index_ns > 0 && now_ns + one.index_ns * static_cast<double>(shape_.grain) > common_end(now_ns, &one);
}

std::size_t split_dealer::adaptive_size(const player& one, double now_ns) const {
  if (one.index_ns == 0 && guessed_)
    return at_most(static_cast<double>(shape_.extent) * one.share / parts_of_guess, shape_.extent);
  if (one.index_ns == 0) return shape_.extent / probes_in_range;
  const double share = (common_end(now_ns, nullptr) - now_ns) / one.index_ns;
  const double least = least_chunk_ns / one.index_ns;
  const double trusted = one.measured ? static_cast<double>(one.most * growth) : share / parts_of_guess;
  const double wanted = share > 2 * least ? std::max(share / 2, least) : share;
  return at_most(std::min(wanted, std::max(trusted, least)), shape_.extent);
}

std::size_t split_dealer::size_for(const player& one, double now_ns) const {
  switch (policy_) {
  case split_policy::fixed: return shape_.extent;
  case split_policy::dynamic: return chunk_;
  case split_policy::adaptive: break;
  }
  return adaptive_size(one, now_ns);
}

split_chunk split_dealer::take(std::size_t size, bool from_back) {
  split_chunk& source = free_.back();
  const std::size_t grains = std::max<std::size_t>(1, size / shape_.grain + (size % shape_.grain != 0 ? 1 : 0));
  split_chunk taken = source;
  if (grains * shape_.grain >= source.size()) {
    free_.pop_back();
  } else if (from_back) {
    taken.begin = (source.end - grains * shape_.grain) / shape_.grain * shape_.grain;
    source.end = taken.begin;
    if (source.size() == 0) free_.pop_back();
  } else {
    taken.end = source.begin + grains * shape_.grain;
    source.begin = taken.end;
  }
  return taken;
}

std::optional<split_chunk> split_dealer::next(std::size_t device, double now_ns) {
  player& one = players_[device];
  one.busy = false;
  std::optional<split_chunk> dealt;
  if (one.out) return dealt;
  if (one.own && one.own->size() != 0)
    dealt = one.own;
  else if (!free_.empty() && (policy_ != split_policy::adaptive || !is_better_left(one, now_ns)))
    dealt = take(size_for(one, now_ns), device >= (players_.size() + 1) / 2);
  one.own.reset();
  one.busy = dealt.has_value();
  if (dealt) one.free_at = now_ns + one.index_ns * static_cast<double>(dealt->size());
  return dealt;
}

void split_dealer::done(std::size_t device, const split_chunk& what, double took_ns) {
  player& one = players_[device];
  one.busy = false;
  if (what.size() < shape_.grain) return; // tells more about the launch than about the work
  const double found = took_ns / static_cast<double>(what.size());
  // Quickly down, slowly up: the first chunk may have been held up by the compiler.
  one.index_ns = !one.measured || found < one.index_ns ? found : (one.index_ns + found) / 2;
  one.measured = true;
  one.most = std::max(one.most, what.size());
}

void split_dealer::failed(std::size_t device, const split_chunk& what) {
  player& one = players_[device];
  one.busy = false;
  one.out = true;
  if (one.own && one.own->size() != 0) free_.push_back(*one.own);
  one.own.reset();
  free_.push_back(what);
}

} // namespace clotho::detail
