// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/trace_writer.hpp>

#include <algorithm>
#include <bit>
#include <unordered_map>

#include <clotho/flow/detail/trace_json.hpp>
#include <clotho/flow/detail/trace_lanes.hpp>
#include <clotho/runtime/version.hpp>

namespace clotho::detail {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10;

struct entry {
  trace_record header;
  const std::byte* bytes = nullptr;
  std::uint32_t row = 0; // of the file, for a span: counted over tracks and their lanes
};

class trace_writer {
 public:
  trace_writer(const trace_content& content, const std::function<void(std::string_view)>& out)
      : content_(content), out_(out) {}

  void write() {
    collect();
    place();
    open();
    write_names();
    for (const entry& each : spans_) write_span(each);
    for (const auto& [from, to] : matched_) write_arrow(*from, *to);
    for (const entry& each : values_) write_value(each);
    text_ += "\n]}\n";
    out_(text_);
  }

 private:
  void collect() {
    for (const trace_buffer* buffer : content_.buffers)
      buffer->visit([&](const trace_record& header, const std::byte* bytes) {
        auto& list = header.what == trace_record::kind::span    ? spans_
                     : header.what == trace_record::kind::arrow ? arrows_
                                                                : values_;
        list.push_back({header, bytes, 0});
      });
    std::stable_sort(spans_.begin(), spans_.end(), [](const entry& a, const entry& b) {
      const trace_record &x = a.header, &y = b.header;
      if (x.place != y.place) return x.place < y.place;
      return x.begin != y.begin ? x.begin < y.begin : x.end > y.end;
    });
    std::stable_sort(values_.begin(), values_.end(),
                     [](const entry& a, const entry& b) { return a.header.begin < b.header.begin; });
    match();
  }

  // Arrows with the spans they join; what lacks one counts as dropped.
  void match() {
    std::unordered_map<std::uint64_t, const entry*> known;
    if (!arrows_.empty())
      for (const entry& each : spans_)
        if (each.header.id != 0) known.emplace(each.header.id, &each);
    for (const entry& arrow : arrows_) {
      const auto from = known.find(arrow.header.id);
      const auto to = known.find(static_cast<std::uint64_t>(arrow.header.begin));
      if (from != known.end() && to != known.end())
        matched_.emplace_back(from->second, to->second);
      else
        ++unmatched_;
    }
  }

  // Gives every track as many rows as its spans need, at least one.
  void place() {
    auto span = spans_.begin();
    for (std::uint32_t track = 0; track < content_.tracks.size(); ++track) {
      trace_lanes lanes;
      const auto first_row = static_cast<std::uint32_t>(rows_.size());
      for (; span != spans_.end() && span->header.place == track; ++span)
        span->row = first_row + static_cast<std::uint32_t>(lanes.put(span->header.begin, span->header.end));
      rows_.push_back(content_.tracks[track]);
      for (std::size_t lane = 1; lane < lanes.size(); ++lane)
        rows_.push_back(content_.tracks[track] + " (" + std::to_string(lane + 1) + ")");
    }
    spans_.erase(span, spans_.end()); // on tracks that nobody made, or only just now
  }

  void open() {
    text_ = "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"producer\":";
    append_json(text_, std::string("clotho ") + version_string);
    text_ += ",\"clock\":\"steady\",\"dropped\":" + std::to_string(content_.dropped + unmatched_);
    text_ += "},\n\"traceEvents\":[";
    separator_ = "\n";
  }

  // The common beginning of events, up to the value of "tid".
  void begin_event(char phase, std::uint32_t row) {
    if (text_.size() >= piece_bytes) {
      out_(text_);
      text_.clear();
    }
    text_ += separator_;
    separator_ = ",\n";
    text_ += "{\"ph\":\"";
    text_ += phase;
    text_ += "\",\"pid\":" + std::to_string(content_.process) + ",\"tid\":" + std::to_string(row);
  }
  void add_time(const char* key, std::int64_t nanoseconds) {
    text_ += key;
    append_microseconds(text_, nanoseconds);
  }

  void write_name(const char* what, std::uint32_t row, std::string_view name) {
    begin_event('M', row);
    text_ += std::string(",\"name\":\"") + what + "\",\"args\":{\"name\":";
    append_json(text_, name);
    text_ += "}}";
  }
  void write_names() {
    write_name("process_name", 0, content_.process_name);
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      write_name("thread_name", row + 1, rows_[row]);
      begin_event('M', row + 1);
      text_ += R"(,"name":"thread_sort_index","args":{"sort_index":)" + std::to_string(row + 1) + "}}";
    }
  }

  void write_span(const entry& span) {
    begin_event('X', span.row + 1);
    add_time(",\"ts\":", span.header.begin);
    add_time(",\"dur\":", span.header.end - span.header.begin);
    text_ += std::string(",\"cat\":\"") + to_string(span.header.category) + "\",\"name\":";
    const auto* at = reinterpret_cast<const char*>(span.bytes + sizeof(trace_record));
    append_json(text_, std::string_view(at, span.header.name_bytes));
    write_facts(span.header, at + span.header.name_bytes);
    text_ += '}';
  }

  void write_facts(const trace_record& header, const char* at) {
    if (header.facts == 0 && header.id == 0) return;
    const char* comma = "";
    text_ += ",\"args\":{";
    if (header.id != 0) {
      text_ += "\"span\":" + std::to_string(header.id);
      comma = ",";
    }
    for (unsigned i = 0; i < header.facts; ++i) {
      const auto fact = read_plain<trace_fact>(reinterpret_cast<const std::byte*>(at));
      at += sizeof fact;
      text_ += comma;
      comma = ",";
      append_json(text_, std::string_view(at, fact.key_bytes));
      text_ += ':';
      at = write_value_of(fact, at + fact.key_bytes);
    }
    text_ += '}';
  }

  // Returns where the next argument begins.
  const char* write_value_of(const trace_fact& fact, const char* text) {
    switch (fact.type) {
    case 0: text_ += std::to_string(std::bit_cast<std::int64_t>(fact.value)); return text;
    case 1: text_ += std::to_string(fact.value); return text;
    case 2: append_json(text_, std::bit_cast<double>(fact.value)); return text;
    default: append_json(text_, std::string_view(text, fact.value)); return text + fact.value;
    }
  }

  void write_arrow_end(char phase, const entry& span, std::int64_t when, const std::string& rest) {
    begin_event(phase, span.row + 1);
    add_time(",\"ts\":", when);
    text_ += R"(,"cat":"flow","name":"after","id":)" + std::to_string(arrow_) + rest;
  }
  // An arrow leaves from inside its span, as viewers look for the span around it: the end is outside.
  void write_arrow(const entry& from, const entry& to) {
    ++arrow_;
    const std::string ids = ",\"args\":{\"from\":" + std::to_string(from.header.id)
                            + ",\"to\":" + std::to_string(to.header.id) + "}}";
    const std::int64_t leaves =
        std::min(from.header.end - 1, to.header.begin); // clocks may disagree a little
    write_arrow_end('s', from, std::max(from.header.begin, leaves), ids);
    write_arrow_end('f', to, to.header.begin, ",\"bp\":\"e\"" + ids);
  }

  void write_value(const entry& value) {
    if (value.header.place >= content_.counters.size()) return; // made only just now
    begin_event('C', 0);
    add_time(",\"ts\":", value.header.begin);
    text_ += ",\"name\":";
    append_json(text_, content_.counters[value.header.place]);
    text_ += ",\"args\":{\"value\":";
    append_json(text_, std::bit_cast<double>(value.header.end));
    text_ += "}}";
  }

  const trace_content& content_;
  const std::function<void(std::string_view)>& out_;
  std::vector<entry> spans_, arrows_, values_;
  std::vector<std::pair<const entry*, const entry*>> matched_;
  std::uint64_t unmatched_ = 0;
  std::uint64_t arrow_ = 0;
  std::vector<std::string> rows_;
  std::string text_;
  const char* separator_ = "";
};

} // namespace

void write_trace(const trace_content& content, const std::function<void(std::string_view)>& out) {
  trace_writer(content, out).write();
}

} // namespace clotho::detail
