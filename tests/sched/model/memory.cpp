// SPDX-License-Identifier: Apache-2.0
#include "sched/model/memory.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace clotho::model {

namespace {

bool acquires(std::memory_order order) noexcept {
  return order != std::memory_order_relaxed && order != std::memory_order_release;
}
bool releases(std::memory_order order) noexcept {
  return order == std::memory_order_release || order == std::memory_order_acq_rel
         || order == std::memory_order_seq_cst;
}

} // namespace

void memory::reset(unsigned threads) {
  threads_ = threads;
  used_ = 0;
  known_.fill({});
  sequential_ = {};
}

unsigned memory::add(kind what, std::uint64_t value, const char* name) {
  if (used_ == max_locations) {
    std::fputs("model: more locations than max_locations\n", stderr);
    std::abort();
  }
  location& added = locations_[used_];
  added.what = what;
  added.newest = 0;
  added.set = added.ended = added.pointer = false;
  added.seen = {};
  added.value = value;
  added.name = name;
  added.history.clear();
  if (what == kind::atomic) added.history.push_back({value, {}});
  return used_++;
}

// One entry counts the writes, and one for each thread its reads.
unsigned memory::add_variable(std::uint64_t value, const char* name) {
  const unsigned first = add(kind::variable, value, name);
  for (unsigned i = 0; i < threads_; ++i) add(kind::variable, 0, name);
  return first;
}

void memory::begin() {
  const view& set_up = known_[threads_].now;
  for (unsigned i = 0; i < threads_; ++i) known_[i] = {set_up, set_up, set_up};
}

void memory::end() {
  for (unsigned i = 0; i < used_; ++i) known_[threads_].now.at[i] = locations_[i].newest;
}

stamp memory::oldest(unsigned thread, unsigned where, std::memory_order order) const noexcept {
  if (thread == threads_) return locations_[where].newest;
  const stamp own = known_[thread].now.at[where];
  return order == std::memory_order_seq_cst ? std::max(own, sequential_.at[where]) : own;
}

bool memory::outdone(unsigned thread, unsigned where, stamp newer, stamp older) const noexcept {
  const message& a = locations_[where].history[newer];
  const message& b = locations_[where].history[older];
  if (a.value != b.value) return false;
  const view& known = known_[thread].now;
  for (unsigned i = 0; i < used_; ++i)
    if (i != where && b.seen.at[i] > std::max(a.seen.at[i], known.at[i])) return false;
  return true;
}

std::uint64_t memory::read(unsigned thread, unsigned where, stamp which, std::memory_order order) {
  const message& from = locations_[where].history[which];
  knowledge& own = known_[thread];
  own.now.raise(where, which);
  own.acquired.raise(where, which);
  own.acquired.join(from.seen, used_);
  if (acquires(order)) own.now.join(from.seen, used_);
  return from.value;
}

bool memory::write(unsigned thread, unsigned where, std::uint64_t value, std::memory_order order) {
  location& to = locations_[where];
  if (to.newest == 255) return false;
  const stamp place = ++to.newest;
  knowledge& own = known_[thread];
  own.now.raise(where, place);
  own.acquired.raise(where, place);
  to.history.push_back({value, releases(order) ? own.now : own.released});
  to.history.back().seen.raise(where, place);
  if (order == std::memory_order_seq_cst) sequential_.raise(where, place);
  return true;
}

bool memory::rewrite(unsigned thread, unsigned where, std::uint64_t value, std::memory_order order) {
  if (!write(thread, where, value, order)) return false;
  std::vector<message>& history = locations_[where].history;
  history.back().seen.join(history[history.size() - 2].seen, used_);
  return true;
}

void memory::fence(unsigned thread) {
  knowledge& own = known_[thread];
  sequential_.join(own.acquired, used_);
  own.now = own.acquired = own.released = sequential_;
}

void memory::fence_all_but(unsigned some) {
  const view before = sequential_;
  for (unsigned i = 0; i < threads_; ++i) {
    if ((some >> i & 1) != 0) continue;
    knowledge& own = known_[i];
    sequential_.join(own.acquired, used_);
    own.acquired.join(before, used_);
    own.now = own.released = own.acquired;
  }
}

void memory::acquire(unsigned thread, unsigned where) {
  knowledge& own = known_[thread];
  own.now.join(locations_[where].seen, used_);
  own.acquired.join(locations_[where].seen, used_);
}

void memory::release(unsigned thread, unsigned where) {
  locations_[where].seen.join(known_[thread].now, used_);
}

bool memory::read_variable(unsigned thread, unsigned where) {
  if (thread == threads_) return true;
  knowledge& own = known_[thread];
  if (own.now.at[where] != locations_[where].newest) return false;
  location& reads = locations_[where + 1 + thread];
  if (reads.newest < 255) ++reads.newest;
  own.now.raise(where + 1 + thread, reads.newest);
  own.acquired.raise(where + 1 + thread, reads.newest);
  return true;
}

bool memory::write_variable(unsigned thread, unsigned where) {
  knowledge& own = known_[thread];
  if (thread != threads_)
    for (unsigned i = where; i <= where + threads_; ++i)
      if (own.now.at[i] != locations_[i].newest) return false;
  const stamp place = ++locations_[where].newest;
  own.now.raise(where, place);
  own.acquired.raise(where, place);
  return true;
}

// Stamps count backwards from the newest message, and all that nobody can read any more is alike: states that
// differ only in how they came about are the same.
std::uint64_t memory::fingerprint(unsigned live, std::uint64_t seed) const {
  view newest, floor;
  for (unsigned l = 0; l < used_; ++l) newest.at[l] = locations_[l].newest;
  floor = newest;
  for (unsigned t = 0; t < threads_; ++t)
    if ((live >> t & 1) != 0)
      for (unsigned l = 0; l < used_; ++l) floor.at[l] = std::min(floor.at[l], known_[t].now.at[l]);
  std::uint64_t hash = seed;
  const auto mix_view = [&](const view& seen) {
    for (unsigned from = 0; from < used_; from += 8) {
      std::uint64_t ages = 0;
      if (seen.eight(from) != newest.eight(from))
        for (unsigned l = from; l < std::min(from + 8, used_); ++l)
          ages = ages << 8 | static_cast<stamp>(newest.at[l] - std::max(seen.at[l], floor.at[l]));
      hash = mixed(hash, ages);
    }
  };
  for (unsigned t = 0; t < threads_; ++t) {
    if ((live >> t & 1) == 0) continue;
    mix_view(known_[t].now);
    mix_view(known_[t].acquired);
    mix_view(known_[t].released);
  }
  mix_view(sequential_);
  for (unsigned l = 0; l < used_; ++l) {
    const location& place = locations_[l];
    hash = mixed(hash, std::uint64_t{place.set} << 1 | std::uint64_t{place.ended});
    if (place.what == kind::variable) hash = mixed(hash, place.value);
    if (place.what == kind::mutex || place.what == kind::parker) mix_view(place.seen);
    if (place.what != kind::atomic) continue;
    for (std::size_t i = floor.at[l]; i < place.history.size(); ++i) {
      hash = mixed(hash, place.history[i].value);
      mix_view(place.history[i].seen);
    }
  }
  return hash;
}

} // namespace clotho::model
