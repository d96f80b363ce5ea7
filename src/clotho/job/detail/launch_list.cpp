// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/launch_list.hpp>

#include <chrono>

namespace clotho::job::detail {
namespace {

constexpr std::size_t most_under_way = 1024;

} // namespace

launch_list::~launch_list() {
  for (launch& one : under_way_) (void)one.done.cancel();
  for (launch& one : under_way_) (void)one.done.failure(); // waits; seen, and so nobody reports it
}

void launch_list::add(std::size_t step, std::size_t pass, const std::function<future<void>(launch_timing&)>& submit) {
  poll_();
  if (under_way_.size() == most_under_way) end_first();
  launch& added = under_way_.emplace_back(launch{step, pass});
  try {
    added.done = submit(added.timing);
  } catch (...) {
    under_way_.pop_back();
    throw;
  }
}

void launch_list::finish() {
  while (!under_way_.empty()) end_first();
}

void launch_list::end_first() {
  while (!under_way_.front().done.wait_for(std::chrono::milliseconds(20))) poll_();
  launch first = std::move(under_way_.front());
  under_way_.pop_front();
  first.done.get();
  ended_(first);
}

} // namespace clotho::job::detail
