// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/trace.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <exception>
#include <limits>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include <clotho/core/os/file.hpp>
#include <clotho/core/os/fork_guard.hpp>
#include <clotho/flow/detail/trace_buffer.hpp>
#include <clotho/flow/detail/trace_writer.hpp>

namespace clotho {
namespace {

using detail::trace_buffer;
using detail::trace_fact;
using detail::trace_record;

constexpr std::size_t most_names = 65536;

// Numbers of threads and traces, never given twice: an address or a thread's id could come again.
constinit std::atomic<std::uint64_t> serials{1};
std::uint64_t next_serial() { return serials.fetch_add(1, std::memory_order_relaxed); } // orders nothing

// The buffer that the thread used last, so that recording looks nothing up.
struct recent_buffer {
  std::uint64_t thread = 0;
  std::uint64_t trace = 0;
  trace_buffer* buffer = nullptr;
};
constinit thread_local recent_buffer recent;

std::int64_t nanoseconds_of(trace::time_point when) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
}

constexpr std::size_t text_alternative = 3;

std::size_t size_of(const trace_argument& argument) {
  const auto* text = std::get_if<text_alternative>(&argument.value);
  return sizeof(trace_fact) + argument.key.size() + (text ? text->size() : 0);
}

std::uint64_t bits_of(const trace_argument& argument) {
  return std::visit(
      [](const auto& value) {
        if constexpr (requires { value.size(); })
          return std::uint64_t{value.size()};
        else
          return std::bit_cast<std::uint64_t>(value);
      },
      argument.value);
}

std::byte* append(std::byte* to, const void* from, std::size_t size) {
  if (size > 0) std::memcpy(to, from, size);
  return to + size;
}
std::byte* append(std::byte* to, std::string_view text) { return append(to, text.data(), text.size()); }

std::byte* append(std::byte* to, const trace_argument& argument) {
  const trace_fact fact{static_cast<std::uint32_t>(argument.key.size()),
                        static_cast<std::uint32_t>(argument.value.index()), bits_of(argument)};
  to = append(append(to, &fact, sizeof fact), argument.key);
  const auto* text = std::get_if<text_alternative>(&argument.value);
  return text ? append(to, *text) : to;
}

} // namespace

const char* to_string(trace_category category) noexcept {
  switch (category) {
  case trace_category::task: return "task";
  case trace_category::kernel: return "kernel";
  case trace_category::upload: return "upload";
  case trace_category::download: return "download";
  case trace_category::copy: return "copy";
  case trace_category::build: return "build";
  case trace_category::wait: return "wait";
  case trace_category::host: return "host";
  }
  return "unknown";
}

struct trace::state {
  std::filesystem::path file; // empty when there is a sink
  sink target;
  trace_options options;
  const std::uint64_t serial = next_serial();
  const os::fork_guard process;
  detail::trace_budget budget{options.limit_bytes};
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::uint64_t> ids{0};

  std::mutex naming; // what follows, up to the buffers' contents
  std::vector<std::string> tracks, counters;
  std::unordered_map<std::uint64_t, std::unique_ptr<trace_buffer>> buffers; // by thread

  std::mutex writing;
  std::uint64_t written = 0; // what count() was when the file was last written

  state(std::filesystem::path to, sink call, trace_options given)
      : file(std::move(to)), target(std::move(call)), options(std::move(given)) {}

  // The calling thread's buffer; nothing when there is no memory for one.
  trace_buffer* own_buffer() noexcept {
    if (recent.trace == serial) return recent.buffer;
    if (recent.thread == 0) recent.thread = next_serial();
    try {
      const std::lock_guard lock(naming);
      auto found = buffers.find(recent.thread);
      if (found == buffers.end()) {
        constexpr std::size_t cost = sizeof(trace_buffer) + 64; // with its place in the table
        if (!budget.take(cost)) return nullptr;
        found = buffers.emplace(recent.thread, std::make_unique<trace_buffer>(budget)).first;
      }
      recent.buffer = found->second.get();
      recent.trace = serial;
      return recent.buffer;
    } catch (const std::exception&) { // no memory
      return nullptr;
    }
  }

  // Puts one record where `fill` writes what follows the header.
  template <class Fill> void record(trace_record header, std::size_t payload, Fill fill) noexcept {
    if (process.forked()) return;
    const std::size_t size = (sizeof header + payload + 7) & ~std::size_t{7};
    trace_buffer* const buffer = own_buffer();
    std::byte* const room =
        buffer && size <= std::numeric_limits<std::uint32_t>::max() ? buffer->reserve(size) : nullptr;
    if (!room) {
      dropped.fetch_add(1, std::memory_order_relaxed); // a count: orders nothing
      return;
    }
    header.size_bytes = static_cast<std::uint32_t>(size);
    fill(append(room, &header, sizeof header));
    buffer->publish(size);
  }

  std::uint32_t add_name(std::vector<std::string>& names, std::string name) {
    const std::lock_guard lock(naming);
    if (names.size() < most_names) names.push_back(std::move(name));
    return static_cast<std::uint32_t>(names.size() - 1);
  }

  detail::trace_content content() {
    const std::lock_guard lock(naming);
    detail::trace_content result{options.process_name, options.process, tracks, counters, {}, dropped};
    for (const auto& [thread, buffer] : buffers) result.buffers.push_back(buffer.get());
    return result;
  }

  // Grows with everything that a file would show.
  static std::uint64_t count(const detail::trace_content& content) {
    std::uint64_t result = 1 + content.tracks.size() + content.counters.size() + content.dropped;
    for (const trace_buffer* buffer : content.buffers)
      buffer->visit([&](const trace_record&, const std::byte*) { ++result; });
    return result;
  }

  void write(bool only_news) {
    const std::lock_guard lock(writing);
    const detail::trace_content now = content();
    const std::uint64_t present = count(now);
    if (only_news && present == written) return;
    if (target) {
      std::string document;
      detail::write_trace(now, [&](std::string_view piece) { document += piece; });
      target(document);
    } else {
      os::atomic_file to(file);
      detail::write_trace(now, [&](std::string_view piece) { to.write(piece); });
      to.commit();
    }
    written = present;
  }
};

trace::trace(std::filesystem::path file, trace_options options)
    : state_(std::make_unique<state>(std::move(file), nullptr, std::move(options))) {}
trace::trace(sink target, trace_options options)
    : state_(std::make_unique<state>(std::filesystem::path(), std::move(target), std::move(options))) {}

trace::~trace() {
  if (state_->process.forked()) return;
  try {
    state_->write(true);
  } catch (const std::exception& failure) {
    state_->options.log(log_level::error, std::string("a trace was not written: ") + failure.what());
  } catch (...) {
    state_->options.log(log_level::error, "a trace was not written");
  }
}

trace_track trace::add_track(std::string name) {
  return trace_track{state_->add_name(state_->tracks, std::move(name))};
}
trace_counter trace::add_counter(std::string name) {
  return trace_counter{state_->add_name(state_->counters, std::move(name))};
}

trace_id trace::new_id() noexcept {
  // Out of the way of callers' own small numbers, and exact in readers that take every number for a double.
  constexpr std::uint64_t first = std::uint64_t{1} << 52;
  return trace_id{first + state_->ids.fetch_add(1, std::memory_order_relaxed)}; // only uniqueness counts
}

void trace::add(const trace_span& what, std::span<const trace_argument> arguments) noexcept {
  arguments =
      arguments.first(std::min<std::size_t>(arguments.size(), std::numeric_limits<std::uint16_t>::max()));
  std::size_t payload = what.name.size();
  for (const trace_argument& argument : arguments) payload += size_of(argument);
  trace_record header;
  header.category = what.category;
  header.facts = static_cast<std::uint16_t>(arguments.size());
  header.place = static_cast<std::uint32_t>(what.track);
  header.name_bytes = static_cast<std::uint32_t>(what.name.size());
  header.begin = nanoseconds_of(what.begin);
  header.end = nanoseconds_of(std::max(what.begin, what.end));
  header.id = static_cast<std::uint64_t>(what.id);
  state_->record(header, payload, [&](std::byte* to) {
    to = append(to, what.name);
    for (const trace_argument& argument : arguments) to = append(to, argument);
  });
}

void trace::add(const trace_span& what, std::initializer_list<trace_argument> arguments) noexcept {
  add(what, std::span<const trace_argument>(arguments.begin(), arguments.size()));
}

void trace::add_arrow(trace_id from, trace_id to) noexcept {
  trace_record header;
  header.what = trace_record::kind::arrow;
  header.id = static_cast<std::uint64_t>(from);
  header.begin = static_cast<std::int64_t>(to);
  state_->record(header, 0, [](std::byte*) {});
}

void trace::set(trace_counter counter, time_point when, double value) noexcept {
  if (!std::isfinite(value)) return; // no picture of it
  trace_record header;
  header.what = trace_record::kind::value;
  header.place = static_cast<std::uint32_t>(counter);
  header.begin = nanoseconds_of(when);
  header.end = std::bit_cast<std::int64_t>(value);
  state_->record(header, 0, [](std::byte*) {});
}

std::uint64_t trace::dropped() const noexcept { return state_->dropped.load(std::memory_order_relaxed); }

void trace::write() {
  if (!state_->process.forked()) state_->write(false);
}

} // namespace clotho
