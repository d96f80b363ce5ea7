// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/flow_tracer.hpp>

#include <string>
#include <utility>

#include <clotho/core/os/cpu.hpp>

namespace clotho::detail {

namespace {

std::uint64_t next_number() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// The tracks of the calling thread in the traces that live, or have lived.
std::vector<std::pair<std::uint64_t, trace_track>>& tracks_here() {
  static thread_local std::vector<std::pair<std::uint64_t, trace_track>> tracks;
  return tracks;
}

} // namespace

flow_tracer::flow_tracer(std::shared_ptr<trace> into, std::span<const device> devices)
    : into_(std::move(into)), number_(next_number()), memory_(devices.size() + 1) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string name = devices[i].name() + (devices.size() > 1 ? " (" + std::to_string(i) + ")" : "");
    lanes_.push_back({name + ": kernels"});
    memory_[i].counter = into_->add_counter(name + ": memory (bytes)");
  }
  memory_.back().counter = into_->add_counter("host: memory (bytes)");
}

trace_track flow_tracer::track_here() {
  auto& known = tracks_here();
  for (const auto& [number, track] : known)
    if (number == number_) return track;
  if (known.size() == 16) known.erase(known.begin()); // of traces that have gone, most likely
  return known.emplace_back(number_, into_->add_track(os::thread_name())).second;
}

void flow_tracer::add_here(trace_category category, std::string_view name, clock::time_point begin, clock::time_point end,
                           trace_id id, std::initializer_list<trace_argument> arguments) noexcept {
  try {
    into_->add({track_here(), category, name, begin, end, id}, arguments);
  } catch (...) { // out of memory: it is missing in the picture
  }
}

void flow_tracer::add_on(std::size_t lane, std::string_view name, clock::time_point begin, clock::time_point end,
                         trace_id id) noexcept {
  try {
    auto& where = lanes_[lane];
    if (!where.track) where.track = into_->add_track(where.name);
    into_->add({*where.track, trace_category::kernel, name, begin, end, id});
  } catch (...) { // out of memory: it is missing in the picture
  }
}

void flow_tracer::add_memory(std::size_t lane, std::ptrdiff_t bytes) noexcept {
  memory& what = memory_[lane];
  const std::ptrdiff_t now = what.bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  into_->set(what.counter, clock::now(), static_cast<double>(now));
}

void traced_scope::begin(std::string_view name) {
  name_ = name;
  begin_ = flow_tracer::clock::now();
}

void traced_scope::end() noexcept {
  const auto now = flow_tracer::clock::now();
  if (bytes_ != 0)
    tracer_->add_here(category_, name_, begin_, now, trace_id::none, {{"bytes", bytes_}});
  else
    tracer_->add_here(category_, name_, begin_, now);
}

} // namespace clotho::detail
