// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/process.hpp>

#include <algorithm>
#include <exception>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/channel_base.hpp>

namespace clotho::detail {

process::process(std::shared_ptr<network_watch> watch, std::string name)
    : watch_(std::move(watch)), name_(std::move(name)) {
  const std::lock_guard hold(watch_->mutex_);
  watch_->processes_.push_back(this);
  watched_processes.fetch_add(1, std::memory_order_relaxed);
}

process::~process() {
  const std::lock_guard hold(watch_->mutex_);
  std::erase(watch_->processes_, this);
  watched_processes.fetch_sub(1, std::memory_order_relaxed);
}

std::shared_ptr<network_watch> process::blocks(offer& first) noexcept {
  offer* seen = nullptr;
  // Release pairs with the acquire in describe: the offer is filled in.
  const bool recorded = !several_.load(std::memory_order_relaxed)
                        && waits_for_.compare_exchange_strong(seen, &first, std::memory_order_release,
                                                              std::memory_order_relaxed);
  if (recorded) return watch_->remove_running() ? watch_ : nullptr;
  for (offer* one = &first; one != nullptr; one = one->sibling) one->who = nullptr;
  // It counts as running for good: what else goes on in it cannot be seen.
  if (!several_.exchange(true, std::memory_order_relaxed)) watch_->add_running();
  return nullptr;
}

void process::taken() noexcept { watch_->add_running(); }

void process::resumes() noexcept {
  // The lock keeps the offer in place while find_deadlock looks at it.
  const std::lock_guard hold(watch_->mutex_);
  waits_for_.store(nullptr, std::memory_order_relaxed);
}

// Every step of a process is ordered with those of the others by this counter: the last to leave has seen all
// that those before it have done.
void network_watch::add_running() noexcept { running_.fetch_add(1, std::memory_order_acq_rel); }
bool network_watch::remove_running() noexcept {
  return running_.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

namespace {

std::string describe_operation(const offer& first) {
  std::string text = first.sibling != nullptr ? "selects: " : "";
  for (const offer* one = &first; one != nullptr; one = one->sibling) {
    const std::string& name = one->channel->name();
    text += one->sends ? "sends to " : "receives from ";
    text += name.empty() ? "an unnamed channel" : "channel '" + name + "'";
    if (one->sibling != nullptr) text += " or ";
  }
  return text;
}

} // namespace

std::string network_watch::describe() const {
  std::string text = "deadlock: every process waits for another";
  const char* separator = ": ";
  for (const process* const each : processes_)
    if (const offer* const first = each->waits_for_.load(std::memory_order_acquire)) {
      text += separator + ("'" + each->name() + "' ") + describe_operation(*first);
      separator = "; ";
    }
  return text;
}

void network_watch::find_deadlock() noexcept try {
  std::string text;
  std::vector<offer*> taken;
  {
    const std::lock_guard hold(mutex_);
    if (running_.load(std::memory_order_acquire) != 0) return; // Somebody outside the network has helped.
    text = describe();
    std::vector<std::exception_ptr> failures; // one each: nobody shares an exception with another thread
    for (std::size_t i = 0; i < processes_.size(); ++i)
      failures.push_back(std::make_exception_ptr(deadlock_error(text)));
    taken.reserve(processes_.size());
    for (std::size_t i = 0; i < processes_.size(); ++i) {
      offer* const first = processes_[i]->waits_for_.load(std::memory_order_acquire);
      if (first == nullptr) continue; // It waits for a network of its own.
      if (first->group == nullptr) {
        if (!first->channel->fail(*first, failures[i])) continue;
      } else {
        if (!first->group->claim()) continue;
        first->result = op_status::failed;
        first->failure = failures[i];
        processes_[i]->taken();
      }
      taken.push_back(first);
    }
  }
  if (taken.empty()) return;
  log_(log_level::error, text);
  for (offer* const one : taken) complete(*one);
} catch (...) { // No memory for a report: the processes wait on, as they would without one.
}

process* process_behind(executor* where) noexcept {
  auto* const tag = dynamic_cast<process_executor*>(where);
  return tag != nullptr ? &tag->who() : nullptr;
}

} // namespace clotho::detail
