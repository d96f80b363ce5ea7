// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/csv.hpp>

#include <algorithm>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/number_parser.hpp>
#include <clotho/job/detail/number_text.hpp>

namespace clotho {
namespace {

using detail::parse_outcome;

constexpr char spaces = ' '; // as a separator: any run of spaces and tabs

char separator_of(std::string_view line) {
  for (const char candidate : {';', ',', '\t'})
    if (line.find(candidate) != std::string_view::npos) return candidate;
  return spaces;
}

// Calls f(field) for each field of a line that is not blank; fields are parts of `line`.
template <class F> void for_each_field(std::string_view line, char separator, F&& f) {
  for (;;) {
    const std::size_t end = separator == spaces ? line.find_first_of(" \t") : line.find(separator);
    f(trim(line.substr(0, end)));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
    if (separator == spaces) line = trim(line);
  }
}

std::string_view unquoted(std::string_view field) {
  const bool quoted = field.size() >= 2 && field.front() == '"' && field.back() == '"';
  return quoted ? trim(field.substr(1, field.size() - 2)) : field;
}

bool has_number(std::string_view line) {
  bool found = false;
  for_each_field(line, separator_of(line), [&](std::string_view field) {
    double ignored = 0;
    found = found || detail::parse_number(unquoted(field), ignored) != parse_outcome::not_a_number;
  });
  return found;
}

class csv_parser {
 public:
  csv_parser(std::string_view text, scalar type, const std::string& name)
      : left_(text), type_(type), name_(name) {
    if (left_.starts_with("\xef\xbb\xbf")) left_.remove_prefix(3);
  }

  host_array parse() {
    visit_scalar(type_, [&]<class T>(T) { parse_rows<T>(); });
    std::vector<std::size_t> shape{rows_};
    if (columns_ > 1) shape.push_back(columns_);
    return {type_, std::move(shape), std::move(data_)};
  }

 private:
  template <class T> void parse_rows() {
    bool first = true;
    while (next_line()) {
      const bool header = std::exchange(first, false) && !has_number(content_);
      if (!header) parse_row<T>();
    }
  }

  // Moves to the next line with something on it.
  bool next_line() {
    while (!left_.empty()) {
      const std::size_t end = std::min(left_.find('\n'), left_.size());
      line_ = left_.substr(0, end);
      left_.remove_prefix(std::min(end + 1, left_.size()));
      ++line_number_;
      content_ = trim(line_.substr(0, line_.find('#')));
      if (!content_.empty()) return true;
    }
    return false;
  }

  template <class T> void parse_row() {
    if (rows_++ == 0) separator_ = separator_of(content_);
    std::size_t count = 0;
    for_each_field(content_, separator_, [&](std::string_view field) {
      append(parse_field<T>(field));
      ++count;
    });
    if (rows_ == 1) columns_ = count;
    if (count != columns_)
      fail(content_, "the row has " + std::to_string(count) + (count == 1 ? " field" : " fields")
                         + "; the first has " + std::to_string(columns_));
  }

  template <class T> T parse_field(std::string_view field) const {
    T value{};
    const parse_outcome outcome = detail::parse_number(unquoted(field), value);
    if (outcome != parse_outcome::good) fail(field, complaint(field, outcome));
    return value;
  }

  template <class T> void append(T value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    data_.insert(data_.end(), bytes.begin(), bytes.end());
  }

  std::string complaint(std::string_view field, parse_outcome outcome) const {
    if (field.empty()) return "the field is empty";
    const std::string text = "'" + printable(field.substr(0, 40)) + "'";
    if (outcome == parse_outcome::not_whole)
      return text + " is not a whole number; " + short_name(type_) + " needs one";
    if (outcome == parse_outcome::does_not_fit) return text + " does not fit " + detail::range_text(type_);
    const bool comma = separator_ != ',' && field.find(',') != std::string_view::npos;
    return text + " is not a number" + (comma ? "; write decimals with a point" : "");
  }

  // `place` is a part of the line.
  [[noreturn]] void fail(std::string_view place, const std::string& message) const {
    throw format_error({name_, line_number_, static_cast<int>(place.data() - line_.data()) + 1}, message);
  }

  std::string_view left_, line_, content_; // content_: the line without comment and outer spaces
  scalar type_;
  const std::string& name_;
  int line_number_ = 0;
  char separator_ = spaces;
  std::size_t rows_ = 0, columns_ = 0;
  os::bytes data_;
};

template <class T>
void write_rows(os::atomic_file& file, std::span<const T> values, std::size_t columns, char separator) {
  constexpr std::size_t enough = std::size_t{1} << 20;
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    detail::append_number(text, values[i]);
    text += (i + 1) % columns == 0 ? '\n' : separator;
    if (text.size() < enough) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
}

} // namespace

host_array read_csv(const std::filesystem::path& path, scalar type) {
  return parse_csv(os::read_text(path), type, path.string());
}

host_array parse_csv(std::string_view text, scalar type, const std::string& name) {
  return csv_parser(text, type, name).parse();
}

void write_csv(const std::filesystem::path& path, const host_array& array, char separator) {
  array.check();
  if (array.shape.size() > 2)
    throw argument_error("a table has rows and columns; the array is " + shape_text(array.shape)
                         + ": write it as .npy");
  const std::size_t columns = array.shape.size() == 2 ? array.shape[1] : 1;
  os::atomic_file file(path);
  visit_scalar(array.type, [&]<class T>(T) { write_rows(file, array.values<T>(), columns, separator); });
  file.commit();
}

} // namespace clotho
