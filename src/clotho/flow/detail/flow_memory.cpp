// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/flow_memory.hpp>

#include <algorithm>
#include <bit>
#include <new>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/os/large_pages.hpp>
#include <clotho/flow/detail/consequence.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/sched/detail/describe.hpp>

namespace clotho::detail {

namespace {

// What CPU devices want before they share host memory, and what transfers like.
constexpr std::align_val_t alignment{4096};

constexpr std::uint64_t bit(std::size_t place) noexcept { return std::uint64_t{1} << place; }

} // namespace

std::size_t bytes_of(const image_layout& layout) {
  const std::uint8_t channels = layout.format.channels;
  if (channels != 1 && channels != 2 && channels != 4)
    throw argument_error("an image has 1, 2 or 4 channels, not " + std::to_string(channels));
  if (layout.width == 0 || layout.height == 0) throw argument_error("an image has at least one pixel in each direction");
  std::optional<std::size_t> bytes = layout.format.pixel_bytes();
  for (const std::size_t one : {layout.width, layout.height, std::max<std::size_t>(layout.depth, 1)})
    bytes = bytes ? checked_multiply(*bytes, one) : bytes;
  if (!bytes) throw argument_error("an image of so many pixels is larger than any memory");
  return *bytes;
}

void check_same_size(std::size_t from, std::size_t to) {
  if (from != to)
    throw argument_error("cannot copy " + std::to_string(from) + " elements over " + std::to_string(to));
}

void flow_memory::aligned_delete::operator()(std::byte* memory) const noexcept { ::operator delete[](memory, alignment); }

flow_memory::flow_memory(const flow_core& owner, std::size_t size_bytes, std::optional<element_type> element)
    : owner_(owner.identity()), tracer_(owner.tracer()), size_bytes_(size_bytes), element_(element), history_(size_bytes), contents_(size_bytes) {}

flow_memory::flow_memory(const flow_core& owner, std::span<std::byte> adopted, std::optional<element_type> element)
    : owner_(owner.identity()),
      tracer_(owner.tracer()),
      size_bytes_(adopted.size()),
      element_(element),
      history_(size_bytes_),
      host_(adopted.data()),
      contents_(size_bytes_, content{bit(host_place), host_place, nullptr, nullptr, nowhere, nullptr}) {}

flow_memory::flow_memory(const flow_core& owner, const image_layout& layout, std::optional<element_type> element)
    : owner_(owner.identity()),
      tracer_(owner.tracer()),
      size_bytes_(bytes_of(layout)),
      element_(element),
      layout_(layout),
      history_(size_bytes_),
      contents_(size_bytes_) {}

flow_memory::~flow_memory() {
  if (own_) count_bytes({}, -1);
  for (const copy& one : copies_)
    if (!one.is_host) count_bytes(one.lane_index, -1);
}

void flow_memory::count_bytes(std::optional<std::size_t> lane_index, std::ptrdiff_t sign) noexcept {
  if (tracer_) [[unlikely]] tracer_->add_memory(lane_index.value_or(tracer_->host()), sign * static_cast<std::ptrdiff_t>(size_bytes_));
}

bool flow_memory::belongs_to(const flow_core& flow) const noexcept { return flow.identity() == owner_; }

std::byte* flow_memory::host_bytes() {
  if (host_ == nullptr) {
    own_.reset(static_cast<std::byte*>(::operator new[](std::max<std::size_t>(size_bytes_, 1), alignment)));
    host_ = own_.get();
    os::prefer_large_pages(host_, size_bytes_);
    count_bytes({}, 1);
  }
  return host_;
}

flow_memory::copy* flow_memory::find_copy(const lane& there) noexcept {
  const auto found = std::find_if(copies_.begin(), copies_.end(), [&](const copy& one) { return one.there == &there; });
  return found != copies_.end() ? &*found : nullptr;
}

void flow_memory::allocate_on(lane& there, std::unique_lock<std::mutex>& lock) {
  if (find_copy(there) != nullptr || share_with(there)) return;
  lock.unlock(); // as it may wait for tasks that want it
  copy made{&there, there.loss(), there.index(), std::nullopt};
  if (layout_) {
    made.memory = there.allocate_image(layout_->format, layout_->width, layout_->height, layout_->depth);
  } else {
    made.block = there.allocate(size_bytes_);
    made.memory = made.block.memory();
  }
  lock.lock();
  if (find_copy(there) == nullptr) add_copy(std::move(made));
}

bool flow_memory::share_with(lane& there) {
  if (is_image() || !(there.synchronous() || there.where().shares_memory)) return false;
  const auto shared = device_buffer::over(there.owner(), {host_bytes(), size_bytes_});
  if (!shared.zero_copy() && size_bytes_ != 0) return false;
  add_copy({&there, there.loss(), there.index(), shared, true});
  return true;
}

void flow_memory::add_copy(copy made) {
  if (copies_.size() == 63) throw capability_error("a buffer can be on 63 devices, not on more");
  copies_.push_back(std::move(made));
  if (!copies_.back().is_host) count_bytes(copies_.back().lane_index, 1);
}

std::size_t flow_memory::place_of(const copy& one) const noexcept {
  return one.is_host ? host_place : static_cast<std::size_t>(&one - copies_.data()) + 1;
}

std::size_t flow_memory::place_on(lane* there) {
  if (there == nullptr) return host_place;
  std::unique_lock lock(mutex_);
  allocate_on(*there, lock);
  return place_of(*find_copy(*there));
}

void flow_memory::note_lane(region where, std::size_t lane_index) {
  const std::lock_guard lock(mutex_);
  contents_.visit(where, [&](region, content& now) { now.lane = lane_index; });
}

void flow_memory::add_bytes_on(region where, std::span<std::size_t> of_lanes) {
  const std::lock_guard lock(mutex_);
  contents_.visit(where, [&](region part, const content& now) {
    if (now.lane < of_lanes.size()) of_lanes[now.lane] += part.size();
  });
}

// False: the device is lost.
bool flow_memory::download(std::size_t from, region where) {
  const traced_scope traced(tracer_, trace_category::download, "download", where.size());
  const copy& source = copies_[from - 1];
  try {
    source.there->download(*source.memory, {host_bytes() + where.begin, where.size()}, where.begin);
    return true;
  } catch (...) {
    const std::exception_ptr why = source.there->examined(std::current_exception());
    if (source.there->is_open()) std::rethrow_exception(why);
    return false;
  }
}

void flow_memory::upload(std::size_t to, region where) {
  const traced_scope traced(tracer_, trace_category::upload, "upload", where.size());
  copies_[to - 1].there->upload(*copies_[to - 1].memory, {host_bytes() + where.begin, where.size()}, where.begin);
}

bool flow_memory::is_expected(const content& now) noexcept {
  return now.expected_from != nullptr && !now.expected_unless->is_known();
}

// What only a lost device had is damaged.
void flow_memory::forget_lost(content& now) const {
  for (std::size_t i = 0; i < copies_.size(); ++i) {
    const copy& one = copies_[i];
    if ((now.valid & bit(i + 1)) == 0 || !one.loss->is_known()) continue;
    now.valid &= ~bit(i + 1);
    if (now.valid != 0 || now.damaged) continue;
    const std::exception_ptr& why = one.loss->why();
    now.damaged = std::make_shared<const damage>(damage{"the data were nowhere else when " + clotho::detail::describe(why), why});
  }
}

void flow_memory::check(content& now) const {
  forget_lost(now);
  if (now.damaged)
    throw dependency_error(now.damaged->what + "; write all of it, or reset it, before it is used again", now.damaged->cause);
}

void flow_memory::check(region where) {
  const std::lock_guard lock(mutex_);
  contents_.visit(where, [&](region, content& now) { check(now); });
}

std::size_t flow_memory::fetch(std::size_t place, region where, content& now) {
  check(now);
  if (now.valid == 0 || (now.valid & bit(place)) != 0) return 0;
  while ((now.valid & bit(host_place)) == 0) { // to the host first, from where it is, or else from where it is, too
    if (download(static_cast<std::size_t>(std::countr_zero(now.valid)), where)) now.valid |= bit(host_place);
    check(now);
  }
  if (place != host_place) {
    upload(place, where);
    now.valid |= bit(place);
  }
  return where.size();
}

std::size_t flow_memory::bring(std::size_t place, region where, access_mode mode) {
  std::size_t moved = 0;
  contents_.visit(where, [&](region part, content& now) {
    if (reads(mode) && !is_expected(now)) moved += fetch(place, part, now); // else it will be there, by the order of the line
    if (writes(mode)) now.writer_at = place;
  });
  return moved;
}

std::span<std::byte> flow_memory::on_host(region where, access_mode mode) {
  const std::lock_guard lock(mutex_);
  bring(host_place, where, mode);
  return {host_bytes() + where.begin, where.size()};
}

device_memory flow_memory::on_device(lane& there, region where, region part, access_mode mode, std::size_t* moved_bytes) {
  std::unique_lock lock(mutex_);
  allocate_on(there, lock);
  there.check_open(); // under the lock: else one that waits for the lost line might take for expected what is not
  const copy& here = *find_copy(there);
  const std::size_t moved = bring(place_of(here), part, mode);
  if (moved_bytes != nullptr) *moved_bytes += moved;
  const device_memory& whole = *here.memory;
  if (where.size() == size_bytes_) return whole;
  return std::get<device_buffer>(whole).slice(where.begin, where.size());
}

void flow_memory::settle(region where, const std::exception_ptr& failure, const flow_node& writer) noexcept {
  if (where.empty()) return;
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const damage> damaged;
  if (failure) {
    std::exception_ptr cause = root_of(failure);
    const std::string what = (cause == failure ? "" : "something before ") + writer.describe() + " failed: ";
    damaged = std::make_shared<const damage>(
        damage{"the data were not written, since " + what + clotho::detail::describe(cause), std::move(cause)});
  }
  contents_.visit(where, [&](region, content& now) {
    if (now.expected_from == &writer) now.expected_from = nullptr;
    if (!failure && now.writer_at == nowhere) return;
    now.valid = failure ? 0 : bit(now.writer_at);
    now.damaged = damaged;
  });
  join(where);
}

void flow_memory::join(region where) noexcept {
  contents_.join(where, [](const content& a, const content& b) { 
    return a.valid == b.valid && a.damaged == b.damaged && a.expected_from == b.expected_from;
  });
}

void flow_memory::write_in_parts(region where) noexcept {
  const std::lock_guard lock(mutex_);
  contents_.visit(where, [](region, content& now) { now.writer_at = nowhere; });
}

bool flow_memory::give_up(lane& there, region part, access_mode mode) noexcept {
  const std::lock_guard lock(mutex_);
  const copy* const found = find_copy(there);
  if (found == nullptr) return true;
  const std::size_t place = place_of(*found);
  bool intact = true;
  contents_.visit(part, [&](region, content& now) {
    const bool had_data = now.valid != 0;
    now.valid &= ~bit(place);
    now.writer_at = nowhere;
    intact = intact && (!reads(mode) || !had_data || now.valid != 0);
  });
  return intact;
}

void flow_memory::join_parts(region where) noexcept {
  const std::lock_guard lock(mutex_);
  join(where);
}

void flow_memory::expect(region where, const flow_node& writer, const lane& there) {
  const std::lock_guard lock(mutex_);
  contents_.visit(where, [&](region, content& now) {
    now.expected_from = &writer;
    now.expected_unless = there.loss().get();
  });
}

void flow_memory::withhold_copies() noexcept {
  const std::lock_guard lock(mutex_);
  for (copy& one : copies_) one.block.drop();
}

void flow_memory::fill_from(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const std::lock_guard lock(mutex_);
  std::copy(bytes.begin(), bytes.end(), host_bytes());
  contents_.unite({0, size_bytes_}).valid = bit(host_place);
}

void flow_memory::heal() noexcept {
  const std::lock_guard lock(mutex_);
  contents_.visit({0, size_bytes_}, [&](region, content& now) {
    forget_lost(now);
    now.damaged.reset();
  });
}

} // namespace clotho::detail
