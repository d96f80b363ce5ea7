// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/held_views.hpp>

#include <algorithm>

#include <clotho/flow/detail/view_task.hpp>

namespace clotho::detail {

std::vector<std::weak_ptr<held_views>>& held_views::of_thread() noexcept {
  static thread_local std::vector<std::weak_ptr<held_views>> all;
  return all;
}

void held_views::note_thread() {
  auto& all = of_thread();
  std::erase_if(all, [](const std::weak_ptr<held_views>& one) { return one.expired(); });
  const auto is_this = [this](const std::weak_ptr<held_views>& one) { return one.lock().get() == this; };
  if (std::none_of(all.begin(), all.end(), is_this)) all.push_back(weak_from_this());
}

void held_views::add(view_task& one) {
  const std::lock_guard lock(mutex_);
  views_.push_back(&one);
  count_.store(views_.size(), std::memory_order_relaxed);
}

void held_views::remove(view_task& one) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(views_.begin(), views_.end(), &one);
  if (found == views_.end()) return;
  *found = views_.back();
  views_.pop_back();
  count_.store(views_.size(), std::memory_order_relaxed);
}

void held_views::tell_who_waits(future_core* awaited, const std::string& what) {
  std::vector<state_ref<view_task>> mine;
  {
    const std::lock_guard lock(mutex_);
    for (view_task* const one : views_)
      if (one != awaited && one->is_held_here() && one->retain_if_alive()) mine.push_back(state_ref<view_task>::adopt(one));
  }
  for (const auto& one : mine) // the log may release them
    if ((awaited == nullptr || awaited->depends_on(*one)) && one->is_news())
      log_(log_level::warning, "a thread waits for " + what + ", and so for " + one->describe() +
                                   ", which it holds itself: release or destroy the view before, or let another thread do so, "
                                   "else it waits for ever");
}

} // namespace clotho::detail
