// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/split_task.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/host_call.hpp>

namespace clotho::detail {

namespace {

std::vector<flow_argument> plain(std::span<const split_argument> arguments) {
  std::vector<flow_argument> all;
  for (const split_argument& one : arguments) all.push_back(one.what());
  return all;
}

std::shared_ptr<kernel_set> checked(const split_kernel& what) {
  const std::vector<double>& shares = what.options().shares;
  const std::string name = "kernel '" + what.kernel().name() + "'";
  if (what.kernel().device() != loaded_kernel::any_device)
    throw argument_error(name + " is for one device, by on(" + std::to_string(what.kernel().device()) +
                         "), and cannot be split");
  if (shares.empty()) return what.kernel().state();
  const std::size_t devices = what.kernel().state()->program->lanes.size();
  const auto bad = [](double share) { return !(share >= 0) || share > 1e300; };
  if (shares.size() != devices || std::any_of(shares.begin(), shares.end(), bad) ||
      std::all_of(shares.begin(), shares.end(), [](double share) { return share == 0; }))
    throw argument_error(name + " cannot be split by these shares: one for each of the " + std::to_string(devices) +
                         " devices is wanted, none of them negative, and not all of them 0");
  return what.kernel().state();
}

// Another device may do better. A failure that lies with the data, or with clotho, would be the same everywhere.
bool concerns_device(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const dependency_error&) {
  } catch (const cancelled_error&) {
  } catch (const closed_error&) {
  } catch (const deadlock_error&) {
  } catch (const error&) {
    return true;
  } catch (...) {
  }
  return false;
}

// That a launch was refused, so that no work-item has run.
bool was_refused(const lane& by, const std::exception_ptr& failure) noexcept {
  if (by.synchronous()) return false; // it may have run in pieces
  try {
    std::rethrow_exception(failure);
  } catch (const error& why) {
    return why.call() != "clFlush" && why.call() != "clFinish"; // what comes after it was taken
  } catch (...) {
    return false;
  }
}

} // namespace

split_task::member::member(split_task& of, std::size_t number, lane& where) noexcept
    : work([](work& self) noexcept {
        auto& one = static_cast<member&>(self);
        one.task.step(one);
      }),
      task(of),
      index(number),
      on(where) {}

// Called by the thread that waits for the device, which has more to do.
void split_task::member::launched(std::exception_ptr why, const launch_times& when) noexcept {
  if (on.tracer() != nullptr && when.known) [[unlikely]]
    on.tracer()->add_on(on.index(), task.title(), when.began, when.ended, trace_id::none);
  until = clock::now();
  failure = std::move(why);
  task.post(*this);
}

split_task::split_task(flow_core& flow, const split_kernel& what, const nd_range& range,
                       std::span<const split_argument> given)
    : flow_state(flow),
      kernel_(checked(what)),
      call_(flow, kernel_, range, plain(given)),
      plan_(call_, given, kernel_->program->lanes.size()),
      how_(what.options()) {
  for (const split_argument& one : given) {
    obey(*this, one.what());
    if (one.what().timing() != nullptr) timing_ = one.what().timing();
  }
  const std::vector<lane*>& lanes = kernel_->program->lanes;
  for (std::size_t i = 0; i < lanes.size(); ++i) members_.emplace_back(*this, i, *lanes[i]);
  for (lane* const one : lanes) one->load().fetch_add(1, std::memory_order_relaxed);
}

void split_task::clear() noexcept {
  for (member& one : members_) one.on.load().fetch_sub(1, std::memory_order_relaxed);
  call_.forget();
}

double split_task::since_begin(clock::time_point when) const noexcept {
  return std::chrono::duration<double, std::nano>(when - begin_).count();
}

bool split_task::work_on() {
  std::vector<double> index_ns;
  for (const member& one : members_)
    index_ns.push_back(kernel_->known_split_item_ns(one.index) * plan_.items_per_index());
  dealer_.emplace(plan_.shape(), how_, index_ns);
  for (const flow_access& one : accesses())
    if (writes(one.mode)) one.memory->write_in_parts(one.where);
  begin_ = clock::now();
  active_.store(members_.size() + 1, std::memory_order_relaxed); // before anybody is told
  retain(); // until the last member has left
  for (member& one : members_) post(one);
  if (!leave()) return false;
  conclude();
  release();
  return true;
}

void split_task::post(member& one) noexcept {
  try {
    flow().where().submit(one);
  } catch (...) { // closed, or out of memory: here, then
    step(one);
  }
}

// Touches nothing after the member has left, or may be elsewhere.
void split_task::step(member& one) noexcept {
  if (one.chunk) end_chunk(one);
  if (take_chunk(one)) {
    if (run_chunk(one)) post(one); // not at once: with few threads the others would not begin
    return;
  }
  if (!leave()) return;
  conclude();
  finish();
  release();
}

bool split_task::take_chunk(member& one) {
  const std::lock_guard lock(mutex_);
  if (!fatal_) one.chunk = dealer_->next(one.index, since_begin(clock::now()));
  one.idle = !one.chunk;
  return one.chunk.has_value();
}

// Whether it has ended.
bool split_task::run_chunk(member& one) noexcept {
  try {
    const traced_scope traced(flow().tracer(), one.on.synchronous() ? trace_category::kernel : trace_category::host, title());
    if (!launch_chunk(one)) return false;
  } catch (...) {
    one.failure = std::current_exception();
    one.begun = one.begun && !was_refused(one.on, one.failure);
  }
  one.until = clock::now();
  return true;
}

bool split_task::launch_chunk(member& one) {
  one.begun = false;
  one.failure = nullptr;
  one.on.check_open();
  if (one.compiled == nullptr) one.compiled = &kernel_->on(one.index);
  one.since = clock::now(); // what is moved counts, what is built does not
  std::vector<device_memory> there;
  const std::span<flow_access> memory = accesses();
  for (std::size_t i = 0; i < memory.size(); ++i)
    there.push_back(memory[i].memory->on_device(one.on, memory[i].where, plan_.region_of(i, memory[i].where, *one.chunk),
                                                memory[i].mode));
  one.begun = true;
  return one.on.launch(*one.compiled, plan_.range_of(*one.chunk), call_.bind(one.on, there), one);
}

void split_task::end_chunk(member& one) noexcept {
  const split_chunk chunk = *std::exchange(one.chunk, std::nullopt);
  if (one.failure) one.failure = one.on.examined(std::move(one.failure));
  if (!one.failure) {
    const std::lock_guard lock(mutex_);
    dealer_->done(one.index, chunk, since_begin(one.until) - since_begin(one.since));
  } else if (!concerns_device(one.failure) || (one.begun && !is_intact_elsewhere(one, chunk))) {
    stop(one.failure);
  } else {
    drop_device(one, chunk);
  }
}

bool split_task::is_intact_elsewhere(member& one, const split_chunk& chunk) noexcept {
  bool intact = true;
  const std::span<flow_access> memory = accesses();
  for (std::size_t i = 0; i < memory.size(); ++i)
    if (writes(memory[i].mode))
      intact &= memory[i].memory->give_up(one.on, plan_.region_of(i, memory[i].where, chunk), memory[i].mode);
  return intact;
}

void split_task::stop(std::exception_ptr why) noexcept {
  const std::lock_guard lock(mutex_);
  if (!fatal_) fatal_ = std::move(why);
}

// The others are woken by one that is active, so that nobody takes the task for ended.
void split_task::drop_device(member& one, const split_chunk& chunk) noexcept {
  if (one.on.is_open()) flow().where().unobserved(one.failure); // else it was told when the device was lost
  for (const flow_access& memory : accesses()) memory.memory->withhold_copies();
  std::vector<member*> woken;
  {
    const std::lock_guard lock(mutex_);
    dealer_->failed(one.index, chunk);
    if (!dropped_) dropped_ = one.failure;
    for (member& other : members_)
      if (other.idle) {
        other.idle = false;
        active_.fetch_add(1, std::memory_order_relaxed); // ours keeps it above 0
        woken.push_back(&other);
      }
  }
  for (member* const other : woken) post(*other);
}

// Acquire-release: the last sees what all have done.
bool split_task::leave() noexcept { return active_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

// Nobody else uses it any more.
void split_task::conclude() noexcept {
  if (!fatal_ && dealer_->any_left()) fatal_ = dropped_;
  if (timing_ != nullptr) *timing_ = {.began = begin_, .ended = clock::now()};
  if (fatal_)
    set_failure(fatal_);
  else
    result.set_value();
  remember();
  for (const flow_access& one : accesses())
    if (!writes(one.mode)) one.memory->join_parts(one.where);
}

void split_task::remember() noexcept {
  for (member& one : members_)
    if (const double found = dealer_->index_ns(one.index); found > 0)
      one.compiled->split_item_ns.store(static_cast<float>(found / plan_.items_per_index()), std::memory_order_relaxed);
}

} // namespace clotho::detail
