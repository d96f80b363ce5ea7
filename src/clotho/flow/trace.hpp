#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <clotho/core/log.hpp>

namespace clotho {

/// What a span was spent on. The words stand in the file, and give a span its colour.
enum class trace_category : std::uint8_t { task, kernel, upload, download, copy, build, wait, host };
[[nodiscard]] const char* to_string(trace_category category) noexcept;

/// A row of the picture: a worker thread, a queue of a device.
enum class trace_track : std::uint32_t {};
/// A value that changes over time.
enum class trace_counter : std::uint32_t {};
/// What arrows call a span by: chosen by the caller, unique within its trace.
enum class trace_id : std::uint64_t { none = 0 };

/// A fact about a span. Borrows its texts, for the call it is given to.
struct trace_argument {
  std::string_view key;
  std::variant<std::int64_t, std::uint64_t, double, std::string_view> value;

  template <std::signed_integral T>
  trace_argument(std::string_view k, T v) : key(k), value(std::int64_t{v}) {}
  template <std::unsigned_integral T>
  trace_argument(std::string_view k, T v) : key(k), value(std::uint64_t{v}) {}
  template <std::floating_point T>
  trace_argument(std::string_view k, T v) : key(k), value(static_cast<double>(v)) {}
  trace_argument(std::string_view k, std::string_view v) : key(k), value(v) {}
};

/// Something that took from `begin` to `end`; an end before the begin counts as the begin. Borrows its name,
/// for the call it is given to.
struct trace_span {
  trace_track track{};
  trace_category category = trace_category::host;
  std::string_view name;
  std::chrono::steady_clock::time_point begin, end;
  trace_id id = trace_id::none; ///< for spans that arrows begin or end at
};

struct trace_options {
  std::string process_name = "clotho";
  /// Tells processes apart when files are put together: a rank, a process id.
  std::uint32_t process = 1;
  /// Memory for what is recorded, over all threads. A span takes 40 bytes and its name, an argument 16 and
  /// its texts. When it is used up, what comes is dropped; the file says how much.
  std::size_t limit_bytes = std::size_t{128} << 20;
  /// Gets to know when the destructor cannot write.
  log_sink log{};
};

/// A recorder of what ran when, written as Chrome trace-event JSON, which `clotho trace`, Perfetto and
/// chrome://tracing show.
///
///     const auto recorder = std::make_shared<trace>("run.json");
///     const trace_track lane = recorder->add_track("gpu: kernels");
///     recorder->add({lane, trace_category::kernel, "saxpy", begin, end, trace_id{7}}, {{"bytes", n * 12}});
///     recorder->add_arrow(trace_id{3}, trace_id{7});   // 7 waited for 3
///
/// Any thread may record, also while another writes. Recording takes no lock and some ten nanoseconds: texts
/// and numbers are copied into a buffer of the thread's own. It never fails: what does not fit is dropped and
/// counted. Times are those of std::chrono::steady_clock; device_clock converts a device's.
///
/// What has been recorded stays in memory until the trace goes; the destructor writes what write() has not.
/// In a fork of the process nothing is recorded or written.
class trace {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  /// Gets one whole document a call.
  using sink = std::function<void(std::string_view)>;

  /// The file appears whole, when it is written: nothing is opened before.
  explicit trace(std::filesystem::path file, trace_options options = {});
  explicit trace(sink target, trace_options options = {});
  ~trace();
  trace(const trace&) = delete; // threads record into it
  trace& operator=(const trace&) = delete;

  /// A new row, below those there are. Its spans should nest or follow one another: the file moves a span
  /// that half overlaps another to a row of its own. Takes a lock. After 65536 rows the last one is given
  /// again.
  [[nodiscard]] trace_track add_track(std::string name);
  /// A new counter; the name tells the unit: "gpu: memory (bytes)". The same limit.
  [[nodiscard]] trace_counter add_counter(std::string name);
  /// An id that no other call returns, for callers without numbers of their own.
  [[nodiscard]] trace_id new_id() noexcept;

  void add(const trace_span& what, std::span<const trace_argument> arguments = {}) noexcept;
  void add(const trace_span& what, std::initializer_list<trace_argument> arguments) noexcept;
  /// `to` could not begin before `from` had ended. The spans may be added before or after; an arrow whose
  /// spans are not both there when the file is written is left out, and counted as dropped.
  void add_arrow(trace_id from, trace_id to) noexcept;
  /// From `when` on, the counter has this value.
  void set(trace_counter counter, time_point when, double value) noexcept;

  /// Spans, arrows and values dropped so far for want of memory.
  [[nodiscard]] std::uint64_t dropped() const noexcept;

  /// Writes everything recorded so far. Throws io_error when that fails, and what the sink throws; the trace
  /// can be written again.
  void write();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace clotho
