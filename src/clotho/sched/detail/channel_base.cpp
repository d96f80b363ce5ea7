// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/channel_base.hpp>

#include <clotho/sched/detail/process.hpp>

namespace clotho::detail {

bool channel_base::withdraw(offer& one) noexcept {
  const std::lock_guard hold(lock_);
  if (!one.listed) return false;
  list_of(one).remove(one);
  return true;
}

bool channel_base::cancel(offer& one) noexcept {
  const std::lock_guard hold(lock_);
  const bool queued = one.listed;
  if (queued) list_of(one).remove(one);
  if (one.result == op_status::waiting) one.result = op_status::cancelled;
  return queued;
}

bool channel_base::fail(offer& one, const std::exception_ptr& why) noexcept {
  const std::lock_guard hold(lock_);
  if (!one.listed) return false;
  one.failure = why;
  take(list_of(one), one, op_status::failed);
  return true;
}

void channel_base::add_reader() noexcept {
  const std::lock_guard hold(lock_);
  ++readers_;
}

void channel_base::add_writer() noexcept {
  const std::lock_guard hold(lock_);
  ++writers_;
}

void channel_base::count_as_running(process& who) noexcept { who.taken(); }

offer* channel_base::poison_all() noexcept {
  send_end_ = receive_end_ = op_status::poisoned;
  return take_all(op_status::poisoned);
}

offer* channel_base::retire_all(side left) noexcept {
  if (send_end_ != op_status::waiting) return nullptr; // It has ended already, and nobody waits.
  send_end_ = receive_end_ = op_status::retired;
  left_ = left;
  return take_all(op_status::retired);
}

offer* channel_base::take_all(op_status result) noexcept {
  offer* first = nullptr;
  offer** last = &first;
  for (offer_list* const list : {&receivers_, &senders_})
    while (offer* const one = claim_first<false>(*list)) {
      take(*list, *one, result);
      *last = one;
      last = &one->next;
    }
  return first;
}

void channel_base::raise(op_status status, bool sends, const std::exception_ptr& failure) const {
  if (status == op_status::failed) std::rethrow_exception(failure);
  const std::string name = name_.empty() ? "an unnamed channel" : "channel '" + name_ + "'";
  if (status == op_status::cancelled)
    throw cancelled_error(
        (sends ? "asked to stop while waiting to send to " : "asked to stop while waiting to receive from ")
        + name);
  const std::string what = (sends ? "cannot send to " : "cannot receive from ") + name;
  if (status == op_status::poisoned) throw channel_poisoned(what + ": it was poisoned");
  throw channel_retired(
      what + (left_ == side::readers ? ": its last reader has left" : ": its last writer has left"));
}

} // namespace clotho::detail
