// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/expression_code.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>

namespace clotho::job::detail {
namespace {

constexpr int deepest = 200;

constexpr std::array<std::pair<std::string_view, operation>, 3> functions{
    {{"min", operation::min}, {"max", operation::max}, {"ceil_div", operation::ceil_div}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_letter(c) || is_digit(c); }

// Recursive descent; each method appends the code of what it reads.
class parser {
 public:
  explicit parser(std::string_view text) : text_(text) {}

  std::vector<instruction> parse() {
    sum();
    if (next() != '\0') fail("an operator expected");
    return std::move(code_);
  }

 private:
  void sum() {
    for (product(); next() == '+' || next() == '-';) {
      const operation what = text_[at_++] == '+' ? operation::add : operation::subtract;
      product();
      emit(what);
    }
  }

  void product() {
    for (factor(); next() == '*' || next() == '/' || next() == '%';) {
      const char sign = text_[at_++];
      factor();
      emit(sign == '*' ? operation::multiply : sign == '/' ? operation::divide : operation::remainder);
    }
  }

  void factor() {
    if (++depth_ > deepest) fail("more than " + std::to_string(deepest) + " levels are nested");
    const char c = next();
    if (c == '-' || c == '+') {
      ++at_;
      factor();
      if (c == '-') emit(operation::negate);
    } else if (c == '(') {
      ++at_;
      sum();
      expect(')');
    } else if (is_digit(c) || c == '.') {
      number();
    } else if (is_letter(c) || c == '$') {
      name();
    } else {
      fail("a number, a name or '(' expected");
    }
    --depth_;
  }

  void number() {
    const std::size_t begin = at_;
    while (is_word(peek()) || peek() == '.' || follows_exponent(begin)) ++at_;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    if (const auto whole = parse_unsigned(digits)) {
      code_.push_back({operation::number, static_cast<double>(*whole), true, {}});
    } else if (const auto real = parse_double(digits); real && std::isfinite(*real)) {
      code_.push_back({operation::number, *real, false, {}});
    } else {
      at_ = begin;
      fail(shown(digits) + " is not a number");
    }
  }

  // "1e-3" is one number; "0x1e-3" is a difference.
  [[nodiscard]] bool follows_exponent(std::size_t begin) const {
    const bool is_hex = text_.substr(begin, 2) == "0x" || text_.substr(begin, 2) == "0X";
    return (peek() == '-' || peek() == '+') && !is_hex && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
  }

  void name() {
    const bool is_parameter = peek() == '$';
    const std::size_t begin = at_;
    if (is_parameter) ++at_;
    const bool is_braced = is_parameter && peek() == '{';
    if (is_braced) ++at_;
    std::string word = dotted_word();
    if (is_braced) expect('}');
    if (!is_parameter && next() == '(')
      call(word, begin);
    else
      code_.push_back({operation::name, 0, false, std::move(word)});
  }

  std::string dotted_word() {
    const std::size_t begin = at_;
    do {
      if (at_ > begin) ++at_;
      if (!is_letter(peek())) fail("a name expected");
      while (is_word(peek())) ++at_;
    } while (peek() == '.');
    return std::string(text_.substr(begin, at_ - begin));
  }

  void call(const std::string& word, std::size_t begin) {
    const auto function =
        std::find_if(functions.begin(), functions.end(), [&](const auto& f) { return f.first == word; });
    if (function == functions.end()) unknown_function(word, begin);
    expect('(');
    sum();
    expect(',');
    sum();
    expect(')');
    emit(function->second);
  }

  [[noreturn]] void unknown_function(const std::string& word, std::size_t begin) {
    std::vector<std::string> known;
    for (const auto& f : functions) known.emplace_back(f.first);
    at_ = begin;
    fail("there is no function " + shown(word) + nearest_of(word, known));
  }

  void emit(operation what) { code_.push_back({what, 0, false, {}}); }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  char next() {
    while (peek() == ' ' || peek() == '\t') ++at_;
    // A zero byte must not pass for the end.
    return at_ < text_.size() && text_[at_] == '\0' ? '?' : peek();
  }

  void expect(char c) {
    if (next() != c) fail(std::string("'") + c + "' expected");
    ++at_;
  }

  [[noreturn]] void fail(const std::string& problem) const {
    const std::string place = at_ < text_.size() ? "character " + std::to_string(at_ + 1) : "the end";
    throw argument_error("expression " + shown(text_) + ", at " + place + ": " + problem);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<instruction> code_;
};

} // namespace

std::vector<instruction> parse_expression(std::string_view text) { return parser(text).parse(); }

} // namespace clotho::job::detail
