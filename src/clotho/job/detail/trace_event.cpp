// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/trace_event.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/json_input.hpp>

namespace clotho::job::detail {
namespace {

// Sums of two such times, and what lies between two sums, can be told in 64 bits. 95 years.
constexpr std::int64_t largest_time = 3'000'000'000'000'000'000;

// A scalar of the document.
struct scalar {
  std::string_view text; // a string, or a number as it is written
  std::optional<double> number;

  [[nodiscard]] std::optional<std::uint64_t> count() const {
    if (const auto whole = parse_unsigned(text)) return whole;
    if (number && *number >= 0 && *number < 1.8e19) return static_cast<std::uint64_t>(*number);
    return std::nullopt;
  }
};

// Microseconds as nanoseconds. The digits themselves, as a double cannot hold a date to the nanosecond.
std::optional<std::int64_t> exact_time(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto whole = parse_signed(text.substr(0, point));
  if (!whole || std::abs(static_cast<double>(*whole)) > static_cast<double>(largest_time / 1000 - 1))
    return std::nullopt;
  std::int64_t rest = 0;
  std::string digits(text.substr(std::min(point + 1, text.size())));
  if (digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  digits.resize(4, '0'); // one more, to round
  for (const char digit : digits) rest = rest * 10 + (digit - '0');
  rest = (rest + 5) / 10;
  return *whole * 1000 + (text.starts_with('-') ? -rest : rest);
}

std::int64_t read_time(const scalar& given, const char* what) {
  if (const auto exact = exact_time(given.text)) return *exact;
  const auto value = given.number ? given.number : parse_double(given.text);
  if (!value) throw argument_error(std::string(what) + " is '" + printable(given.text) + "', not a number");
  const double nanoseconds = std::round(*value * 1000);
  if (!(std::abs(nanoseconds) <= static_cast<double>(largest_time)))
    throw argument_error(std::string(what) + " is " + printable(given.text)
                         + ", which is too large for microseconds");
  return static_cast<std::int64_t>(nanoseconds);
}

// Takes the document's events apart. Levels: what is open around the place that is read.
class event_reader {
 public:
  event_reader(std::string_view text, std::string_view file,
               const std::function<void(const trace_event&)>& on_event)
      : text_(text), file_(file), on_event_(on_event) {}

  std::size_t read_bytes = 0;
  trace_origin origin;

  [[nodiscard]] bool is_trace() const { return events_level_ > 0; }
  // Arrays need no end: recorders that crash leave none.
  [[nodiscard]] bool may_end_here() const { return events_level_ == 1 && level_ == 1; }
  [[noreturn]] void fail(std::size_t offset, const std::string& message) const {
    const std::string_view before = text_.substr(0, std::min(offset, text_.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    throw format_error({std::string(file_), static_cast<int>(std::min<std::ptrdiff_t>(line, 1 << 30)), 0},
                       message);
  }

  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t n) { return take({std::to_string(n), static_cast<double>(n)}); }
  bool number_unsigned(std::uint64_t n) { return take({std::to_string(n), static_cast<double>(n)}); }
  bool number_float(double n, const std::string& text) { return take({text, n}); }
  bool string(std::string& text) { return take({text, std::nullopt}); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool key(std::string& name) {
    if (level_ <= events_level_ + 2) key_ = name;
    return true;
  }

  bool start_array(std::size_t) {
    if (events_level_ == 0 && (level_ == 0 || (level_ == 1 && key_ == "traceEvents")))
      events_level_ = level_ + 1;
    ++level_;
    return true;
  }
  bool start_object(std::size_t) {
    if (in_events() && level_ == events_level_) {
      event_ = {};
      begin_ = read_bytes;
    } else if (in_events() && level_ == events_level_ + 1) {
      in_arguments_ = key_ == "args";
    } else if (level_ == 1 && !in_events()) {
      in_origin_ = key_ == "otherData";
    }
    ++level_;
    return true;
  }
  bool end_object() {
    --level_;
    if (in_events() && level_ == events_level_) finish_event();
    if (in_events() && level_ == events_level_ + 1) in_arguments_ = false;
    if (level_ == 1) in_origin_ = false;
    return true;
  }
  bool end_array() {
    --level_;
    if (level_ < events_level_) events_are_over_ = true;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& why) {
    const bool at_end = position > text_.size(); // which counts the end as a character
    if (at_end && may_end_here()) return false;
    fail(position > 0 ? position - 1 : 0,
         at_end ? "the file ends in the middle: it was cut off, or its writer stopped early"
                : plain_json_message(why.what()));
  }

 private:
  struct owned_scalar {
    std::string text;
    std::optional<double> number;
  };

  [[nodiscard]] bool in_events() const { return events_level_ > 0 && !events_are_over_; }

  bool take(const owned_scalar& given) {
    const scalar value{given.text, given.number};
    if (in_origin_ && level_ == 2) {
      if (key_ == "producer") origin.producer = value.text;
      if (key_ == "dropped") origin.dropped = value.count().value_or(0);
    } else if (in_events() && level_ == events_level_ + 1) {
      located([&] { take_member(value); });
    } else if (in_events() && in_arguments_ && level_ == events_level_ + 2) {
      take_argument(value);
    }
    return true;
  }

  void take_member(const scalar& value) {
    if (key_ == "ph")
      event_.phase = value.text.size() == 1 ? value.text.front() : '?';
    else if (key_ == "ts")
      event_.when = read_time(value, "ts");
    else if (key_ == "dur")
      event_.duration = read_time(value, "dur");
    else if (key_ == "pid")
      event_.process = value.text;
    else if (key_ == "tid")
      event_.thread = value.text;
    else if (key_ == "name")
      event_.name = value.text;
    else if (key_ == "cat")
      event_.category = value.text;
    else if (key_ == "id")
      event_.id = value.text;
    else if (key_ == "bp")
      event_.encloses = value.text == "e";
  }

  void take_argument(const scalar& value) {
    if (key_ == "name") event_.label = value.text;
    if (!value.number) return;
    if (key_ == "bytes")
      event_.bytes = value.count();
    else if (key_ == "span")
      event_.span = value.count();
    else if (key_ == "from")
      event_.from = value.count();
    else if (key_ == "to")
      event_.to = value.count();
    else if (key_ == "sort_index")
      event_.sort_index = static_cast<std::int64_t>(std::clamp(*value.number, -1e15, 1e15));
    event_.numbers.emplace_back(key_, *value.number);
  }

  void finish_event() {
    located([&] { on_event_(event_); });
  }
  template <class F> void located(F f) {
    try {
      f();
    } catch (const argument_error& refused) {
      const std::string name = event_.name.empty() ? "an event" : "'" + printable(event_.name) + "'";
      fail(begin_, name + ": " + refused.what());
    }
  }

  std::string_view text_, file_;
  const std::function<void(const trace_event&)>& on_event_;
  std::size_t level_ = 0;        // how many arrays and objects are open
  std::size_t events_level_ = 0; // with the events' array; 0 until it is seen
  bool events_are_over_ = false;
  bool in_arguments_ = false, in_origin_ = false;
  std::string key_;
  trace_event event_;
  std::size_t begin_ = 0; // of the event
};

} // namespace

trace_origin read_trace_events(std::string_view text, std::string_view file,
                               const std::function<void(const trace_event&)>& on_event) {
  text = without_byte_order_mark(text);
  event_reader reader(text, file, on_event);
  if (text.find_first_not_of(" \t\r\n") == text.npos) reader.fail(0, "the file is empty");
  parse_json(text, reader, reader.read_bytes);
  if (!reader.is_trace())
    reader.fail(0, "no trace: neither an array of events nor an object with \"traceEvents\"");
  return reader.origin;
}

} // namespace clotho::job::detail
