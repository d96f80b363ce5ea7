// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/trace_builder.hpp>

#include <algorithm>
#include <numeric>
#include <tuple>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/flow/detail/trace_lanes.hpp>

namespace clotho::job::detail {
namespace {

constexpr std::size_t most_spans = trace_piece::none;

trace_time time_of(const trace_event& event) {
  if (!event.when) throw argument_error("its time, \"ts\", is missing");
  return trace_time(*event.when);
}

trace_role role_of(const std::string& category) {
  if (category == "upload" || category == "download" || category == "copy") return trace_role::transfer;
  if (category == "wait") return trace_role::wait;
  if (contains_ignoring_case(category, "memcpy") || contains_ignoring_case(category, "transfer"))
    return trace_role::transfer;
  return contains_ignoring_case(category, "kernel") ? trace_role::kernel : trace_role::work;
}

} // namespace

std::uint32_t name_table::operator()(const std::string& name) {
  const auto [found, fresh] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
  if (fresh) names_.push_back(name);
  return found->second;
}

void trace_builder::add(const trace_event& event) {
  switch (event.phase) {
  case 'X': return add_span(event);
  case 'B':
  case 'E': return add_half(event);
  case 's':
  case 't':
  case 'f': return add_arrow_end(event);
  case 'C': return add_points(event);
  case 'M': return add_name(event);
  default: ++result_.left_out;
  }
}

std::uint32_t trace_builder::process_of(const trace_event& event) {
  const std::uint32_t number = processes_seen_(event.process);
  if (number == processes_.size()) processes_.push_back({"process " + event.process, 0});
  return number;
}

std::uint32_t trace_builder::thread_of(const trace_event& event) {
  const std::uint32_t owner = process_of(event);
  const std::uint32_t number = threads_seen_(std::to_string(owner) + '/' + event.thread);
  if (number == threads_.size()) threads_.push_back({owner, event.thread, {}, 0});
  return number;
}

trace_builder::raw_span trace_builder::span_of(const trace_event& event) {
  if (spans_.size() + halves_.size() >= most_spans) throw argument_error("there are too many spans");
  raw_span span;
  span.thread = thread_of(event);
  span.id = event.span;
  span.piece.begin = span.piece.end = time_of(event);
  span.piece.name = names_(event.name);
  span.piece.category = categories_(event.category.empty() ? "other" : event.category);
  span.piece.bytes = event.bytes.value_or(0);
  return span;
}

void trace_builder::add_span(const trace_event& event) {
  const std::int64_t duration = event.duration.value_or(0);
  if (duration < 0) throw argument_error("its duration, \"dur\", is negative");
  raw_span span = span_of(event);
  span.piece.end += trace_time(duration);
  spans_.push_back(span);
}

void trace_builder::add_half(const trace_event& event) {
  if (event.phase == 'B') {
    halves_.push_back(span_of(event));
    halves_.back().begins = true;
  } else {
    raw_span end;
    end.thread = thread_of(event);
    end.piece.begin = time_of(event);
    halves_.push_back(end);
  }
}

void trace_builder::add_arrow_end(const trace_event& event) {
  arrow_end end;
  end.flow = flows_(event.category + '\0' + event.name + '\0' + event.id);
  end.thread = thread_of(event);
  end.process = threads_[end.thread].process;
  end.when = time_of(event);
  end.begins = event.phase == 's';
  end.at_next = event.phase == 'f' && !event.encloses;
  end.from = event.from;
  end.to = event.to;
  arrows_.add(end);
}

void trace_builder::add_points(const trace_event& event) {
  const std::uint32_t owner = process_of(event);
  for (const auto& [key, value] : event.numbers) {
    const std::string series = key == "value" ? event.name : event.name + " " + key;
    points_.push_back(
        {curves_(owner == 0 ? series : processes_[owner].name + ": " + series), time_of(event), value});
  }
}

void trace_builder::add_name(const trace_event& event) {
  if (event.name == "process_name")
    processes_[process_of(event)].name = event.label;
  else if (event.name == "process_sort_index")
    processes_[process_of(event)].order = event.sort_index.value_or(0);
  else if (event.name == "thread_name")
    threads_[thread_of(event)].name = event.label;
  else if (event.name == "thread_sort_index")
    threads_[thread_of(event)].order = event.sort_index.value_or(0);
}

// Pairs begins and ends of each thread, in the order of their times. What has no end lasts until the last
// event.
void trace_builder::join_halves() {
  std::stable_sort(halves_.begin(), halves_.end(), [](const raw_span& a, const raw_span& b) {
    return std::tie(a.thread, a.piece.begin) < std::tie(b.thread, b.piece.begin);
  });
  trace_time last = trace_time::min();
  for (const raw_span& each : spans_) last = std::max(last, each.piece.end);
  for (const raw_span& each : halves_) last = std::max(last, each.piece.begin);
  std::vector<raw_span> open;
  const auto close = [&](trace_time end) {
    open.back().piece.end = end;
    spans_.push_back(open.back());
    open.pop_back();
  };
  const auto close_all = [&] {
    result_.incomplete += open.size();
    while (!open.empty()) close(last);
  };
  for (const raw_span& each : halves_) {
    if (!open.empty() && open.back().thread != each.thread) close_all();
    if (each.begins)
      open.push_back(each);
    else if (open.empty())
      ++result_.incomplete;
    else
      close(each.piece.begin);
  }
  close_all();
}

std::vector<std::uint32_t> trace_builder::order_of_threads() const {
  std::vector<std::uint32_t> order(threads_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    const thread &a = threads_[x], &b = threads_[y];
    return std::tie(processes_[a.process].order, a.process, a.order)
           < std::tie(processes_[b.process].order, b.process, b.order);
  });
  return order;
}

// By row, then by begin, what contains others first.
void trace_builder::sort_spans() {
  std::stable_sort(spans_.begin(), spans_.end(), [](const raw_span& a, const raw_span& b) {
    return std::tie(a.piece.row, a.piece.begin, b.piece.end)
           < std::tie(b.piece.row, b.piece.begin, a.piece.end);
  });
}

// As many rows for a thread as its spans need; none for a thread of which nothing but its order is known.
void trace_builder::make_rows() {
  const std::vector<std::uint32_t> order = order_of_threads();
  std::vector<std::uint32_t> rank(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  for (raw_span& each : spans_) each.piece.row = rank[each.thread];
  sort_spans();

  rows_of_.resize(threads_.size());
  auto span = spans_.begin();
  for (const std::uint32_t number : order) {
    const thread& from = threads_[number];
    const auto first = static_cast<std::uint32_t>(result_.rows.size());
    clotho::detail::trace_lanes lanes;
    for (; span != spans_.end() && span->thread == number; ++span)
      span->piece.row =
          first + static_cast<std::uint32_t>(lanes.put(span->piece.begin.count(), span->piece.end.count()));
    const std::size_t count = std::max<std::size_t>(lanes.size(), from.name.empty() ? 0 : 1);
    const std::string name = from.name.empty() ? "thread " + from.number : from.name;
    for (std::size_t lane = 0; lane < count; ++lane)
      result_.rows.push_back({processes_[from.process].name,
                              lane == 0 ? name : name + " (" + std::to_string(lane + 1) + ")", 0, 0});
    rows_of_[number] = {first, static_cast<std::uint32_t>(first + count)};
  }
  sort_spans();
}

// Finds each span's place among the others of its row.
void trace_builder::nest() {
  std::vector<std::uint32_t> open;
  result_.spans.reserve(spans_.size());
  for (const raw_span& each : spans_) {
    const auto place = static_cast<std::uint32_t>(result_.spans.size());
    trace_piece piece = each.piece;
    if (place == 0 || result_.spans.back().row != piece.row) {
      open.clear();
      result_.rows[piece.row].first_span = place;
    }
    while (!open.empty() && result_.spans[open.back()].end <= piece.begin) open.pop_back();
    piece.parent = open.empty() ? trace_piece::none : open.back();
    piece.depth = static_cast<std::uint32_t>(open.size());
    open.push_back(place);
    result_.rows[piece.row].last_span = place + 1;
    result_.spans.push_back(piece);
    if (each.id) arrows_.name(threads_[each.thread].process, *each.id, place);
  }
}

void trace_builder::name_rows() {
  const auto differs = [&](const trace_row& row) { return row.process != result_.rows.front().process; };
  if (std::none_of(result_.rows.begin(), result_.rows.end(), differs))
    for (trace_row& row : result_.rows) row.process.clear();
}

void trace_builder::make_categories() {
  for (const std::string& name : std::move(categories_).take())
    result_.categories.push_back({name, role_of(name)});
}

void trace_builder::make_curves() {
  std::stable_sort(points_.begin(), points_.end(),
                   [](const point& a, const point& b) { return a.when < b.when; });
  for (std::string& name : std::move(curves_).take()) result_.curves.push_back({std::move(name), {}});
  for (const point& each : points_) result_.curves[each.curve].points.emplace_back(each.when, each.value);
}

void trace_builder::shift_to_zero() {
  trace_time first = trace_time::max(), last = trace_time::min();
  const auto note = [&](trace_time begin, trace_time end) {
    first = std::min(first, begin);
    last = std::max(last, end);
  };
  for (const trace_piece& each : result_.spans) note(each.begin, each.end);
  for (const point& each : points_) note(each.when, each.when);
  for (trace_piece& each : result_.spans) {
    each.begin -= first;
    each.end -= first;
  }
  for (trace_curve& curve : result_.curves)
    for (auto& each : curve.points) each.first -= first;
  result_.duration = last - first;
}

trace_data trace_builder::finish(const trace_origin& origin) && {
  join_halves();
  if (spans_.empty()) throw argument_error("the trace has no span: nothing was recorded");
  make_rows();
  nest();
  name_rows();
  make_categories();
  make_curves();
  arrow_joiner::result joined = std::move(arrows_).join(result_, rows_of_);
  result_.arrows = std::move(joined.arrows);
  result_.incomplete += joined.incomplete;
  shift_to_zero();
  result_.names = std::move(names_).take();
  result_.producer = origin.producer;
  result_.dropped = origin.dropped;
  return std::move(result_);
}

} // namespace clotho::job::detail
