// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/python_literal.hpp>

#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/format_failure.hpp>

namespace clotho::detail {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Deep enough for any dtype, shallow enough for any stack.
constexpr int deepest = 32;

class parser {
 public:
  parser(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  python_literal whole() {
    python_literal value = literal();
    if (peek() != '\0' || at_ != text_.size()) fail("the end of the header");
    return value;
  }

 private:
  using kind = python_literal::kind;

  [[noreturn]] void fail(const std::string& expected) const {
    const std::string found =
        at_ < text_.size() ? "'" + printable(text_.substr(at_, 1)) + "'" : std::string("its end");
    throw_format(file_, "the header is broken at its byte " + std::to_string(at_) + ": expected " + expected
                            + ", found " + found);
  }

  // The next character that is no space; '\0' at the end.
  char peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool skip(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  std::string take_while(bool (*belongs)(char)) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  python_literal literal() {
    const char c = peek();
    if (c == '{') return nested(kind::dictionary, '}');
    if (c == '(') return nested(kind::sequence, ')');
    if (c == '[') return nested(kind::sequence, ']');
    if (c == '\'' || c == '"') return string();
    if (c == '-' || is_digit(c)) return integer();
    if (is_letter(c)) return {kind::name, take_while(is_letter), {}};
    fail("a value");
  }

  python_literal nested(kind what, char close) {
    if (++depth_ > deepest) fail("less nesting");
    ++at_;
    python_literal value{what, {}, {}};
    while (!skip(close)) {
      value.items.push_back(literal());
      if (what == kind::dictionary) {
        if (!skip(':')) fail("':'");
        value.items.push_back(literal());
      }
      if (!skip(',') && peek() != close) fail("',' or '" + std::string(1, close) + "'");
    }
    --depth_;
    return value;
  }

  python_literal integer() {
    std::string digits = skip('-') ? "-" : "";
    if (at_ == text_.size() || !is_digit(text_[at_])) fail("a digit");
    digits += take_while(is_digit);
    if (at_ < text_.size() && text_[at_] == 'L') ++at_; // Python 2 wrote long integers so.
    return {kind::integer, std::move(digits), {}};
  }

  python_literal string() {
    const char quote = text_[at_++];
    python_literal value{kind::string, {}, {}};
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) value.text += text_[at_++];
      value.text += text_[at_];
    }
    if (at_ == text_.size()) fail("a closing quote");
    ++at_;
    return value;
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

} // namespace

python_literal parse_python_literal(std::string_view text, const std::string& file) {
  return parser(text, file).whole();
}

} // namespace clotho::detail
