#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <clotho/job/detail/trace_arrows.hpp>
#include <clotho/job/detail/trace_event.hpp>
#include <clotho/job/trace_file.hpp>

namespace clotho::job::detail {

/// Numbers for texts, given in the order in which these come.
class name_table {
 public:
  std::uint32_t operator()(const std::string& name);
  [[nodiscard]] std::vector<std::string> take() && { return std::move(names_); }
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> names_;
};

/// Makes a trace of events, whatever their order.
class trace_builder {
 public:
  /// Throws argument_error for an event that cannot be: a span without times, a negative duration.
  void add(const trace_event& event);
  /// The trace. Throws argument_error when it has no span.
  [[nodiscard]] trace_data finish(const trace_origin& origin) &&;

 private:
  struct process {
    std::string name;
    std::int64_t order = 0;
  };
  struct thread {
    std::uint32_t process = 0;
    std::string number, name;
    std::int64_t order = 0;
  };
  // A span, or one end of a span told in two events.
  struct raw_span {
    trace_piece piece; // its row is that of its thread
    std::uint32_t thread = 0;
    std::optional<std::uint64_t> id;
    bool begins = false;
  };
  struct point {
    std::uint32_t curve = 0;
    trace_time when{};
    double value = 0;
  };

  std::uint32_t process_of(const trace_event& event);
  std::uint32_t thread_of(const trace_event& event);
  raw_span span_of(const trace_event& event);
  void add_span(const trace_event& event);
  void add_half(const trace_event& event);
  void add_arrow_end(const trace_event& event);
  void add_points(const trace_event& event);
  void add_name(const trace_event& event);

  void join_halves();
  [[nodiscard]] std::vector<std::uint32_t> order_of_threads() const;
  void sort_spans();
  void make_rows();
  void nest();
  void name_rows();
  void make_categories();
  void make_curves();
  void shift_to_zero();

  name_table names_, categories_, processes_seen_, threads_seen_, flows_, curves_;
  std::vector<process> processes_;
  std::vector<thread> threads_;
  std::vector<raw_span> spans_, halves_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rows_of_; // by thread: first row, row behind the last
  arrow_joiner arrows_;
  std::vector<point> points_;
  trace_data result_;
};

} // namespace clotho::job::detail
