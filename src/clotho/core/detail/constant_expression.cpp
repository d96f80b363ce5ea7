// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/constant_expression.hpp>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace clotho::detail::clc {
namespace {

constexpr int deepest_expression = 200;

struct binary_operator {
  std::string_view mark;
  int precedence;
};

constexpr std::array<binary_operator, 18> binary_operators{{{"*", 10},
                                                            {"/", 10},
                                                            {"%", 10},
                                                            {"+", 9},
                                                            {"-", 9},
                                                            {"<<", 8},
                                                            {">>", 8},
                                                            {"<", 7},
                                                            {">", 7},
                                                            {"<=", 7},
                                                            {">=", 7},
                                                            {"==", 6},
                                                            {"!=", 6},
                                                            {"&", 5},
                                                            {"^", 4},
                                                            {"|", 3},
                                                            {"&&", 2},
                                                            {"||", 1}}};

std::optional<constant> divide(constant a, constant b, bool is_unsigned, bool remainder) {
  if (b.bits == 0) return std::nullopt;
  if (is_unsigned) return constant{remainder ? a.bits % b.bits : a.bits / b.bits, true};
  // The one signed division that overflows.
  if (b.bits == ~std::uint64_t{0}) return constant{remainder ? 0 : 0 - a.bits, false};
  const auto x = static_cast<std::int64_t>(a.bits), y = static_cast<std::int64_t>(b.bits);
  return constant{static_cast<std::uint64_t>(remainder ? x % y : x / y), false};
}

constant shift(constant a, constant b, bool left) {
  if (b.bits > 63) return {0, a.is_unsigned};
  if (left) return {a.bits << b.bits, a.is_unsigned};
  if (a.is_unsigned) return {a.bits >> b.bits, true};
  return {static_cast<std::uint64_t>(static_cast<std::int64_t>(a.bits) >> b.bits), false};
}

bool less(constant a, constant b, bool is_unsigned) {
  if (is_unsigned) return a.bits < b.bits;
  return static_cast<std::int64_t>(a.bits) < static_cast<std::int64_t>(b.bits);
}

std::optional<bool> compare(std::string_view mark, constant a, constant b, bool is_unsigned) {
  if (mark == "<") return less(a, b, is_unsigned);
  if (mark == ">") return less(b, a, is_unsigned);
  if (mark == "<=") return !less(b, a, is_unsigned);
  if (mark == ">=") return !less(a, b, is_unsigned);
  if (mark == "==") return a.bits == b.bits;
  if (mark == "!=") return a.bits != b.bits;
  if (mark == "&&") return a.truth() && b.truth();
  if (mark == "||") return a.truth() || b.truth();
  return std::nullopt;
}

std::optional<constant> apply(std::string_view mark, constant a, constant b) {
  const bool is_unsigned = a.is_unsigned || b.is_unsigned;
  if (const auto truth = compare(mark, a, b, is_unsigned)) return constant{*truth ? 1u : 0u, false};
  if (mark == "<<" || mark == ">>") return shift(a, b, mark == "<<");
  switch (mark[0]) {
  case '*': return constant{a.bits * b.bits, is_unsigned};
  case '/': return divide(a, b, is_unsigned, false);
  case '%': return divide(a, b, is_unsigned, true);
  case '+': return constant{a.bits + b.bits, is_unsigned};
  case '-': return constant{a.bits - b.bits, is_unsigned};
  case '&': return constant{a.bits & b.bits, is_unsigned};
  case '^': return constant{a.bits ^ b.bits, is_unsigned};
  default: return constant{a.bits | b.bits, is_unsigned};
  }
}

class evaluator {
 public:
  evaluator(std::span<const token> tokens, const expression_names& names) : tokens_(tokens), names_(names) {}

  std::optional<constant> run() {
    const auto value = conditional();
    return at_ == tokens_.size() ? value : std::nullopt;
  }

 private:
  using result = std::optional<constant>;

  [[nodiscard]] bool next_is(std::string_view text) const {
    return at_ < tokens_.size() && tokens_[at_].is(text);
  }
  bool take(std::string_view text) {
    if (!next_is(text)) return false;
    ++at_;
    return true;
  }

  result conditional() {
    if (++depth_ > deepest_expression) return std::nullopt;
    const result condition = binary(1);
    if (!condition || !take("?")) return --depth_, condition;
    result yes = conditional();
    if (!take(":")) return std::nullopt;
    result no = conditional();
    --depth_;
    return condition->truth() ? yes : no;
  }

  const binary_operator* next_operator() const {
    if (at_ >= tokens_.size() || tokens_[at_].is_quoted()) return nullptr;
    for (const binary_operator& candidate : binary_operators)
      if (tokens_[at_].spelling == candidate.mark) return &candidate;
    return nullptr;
  }

  // An operand that cannot be computed (1/0) does not matter behind a && or || that is decided without it.
  static result combine(std::string_view mark, const result& left, const result& right) {
    if (left && mark == "&&" && !left->truth()) return constant{0};
    if (left && mark == "||" && left->truth()) return constant{1};
    return left && right ? apply(mark, *left, *right) : std::nullopt;
  }

  result binary(int least) {
    result left = unary();
    while (const binary_operator* found = next_operator()) {
      if (found->precedence < least) break;
      ++at_;
      const result right = binary(found->precedence + 1);
      left = combine(found->mark, left, right);
    }
    return left;
  }

  result unary() {
    if (++depth_ > deepest_expression || at_ >= tokens_.size()) return std::nullopt;
    const result value = prefixed();
    --depth_;
    return value;
  }

  result prefixed() {
    if (take("+")) return unary();
    if (take("-")) return map(unary(), [](constant c) { return constant{0 - c.bits, c.is_unsigned}; });
    if (take("~")) return map(unary(), [](constant c) { return constant{~c.bits, c.is_unsigned}; });
    if (take("!")) return map(unary(), [](constant c) { return constant{c.truth() ? 0u : 1u, false}; });
    if (take("(")) return parenthesised();
    if (next_is("sizeof")) return size_of();
    const token& here = tokens_[at_];
    if (here.is_name()) return ask_value();
    ++at_;
    return literal_value(here);
  }

  template <class F> static result map(const result& value, F f) {
    return value ? result(f(*value)) : std::nullopt;
  }

  result parenthesised() {
    if (const auto size = ask_type()) return cast(*size);
    result value = conditional();
    return take(")") ? value : std::nullopt;
  }

  // (type) value: narrower types cut bits off; the sign is taken from the value.
  result cast(std::uint64_t size) {
    const result value = take(")") ? unary() : std::nullopt;
    if (!value || size == 0 || size >= 8) return value;
    const std::uint64_t mask = (std::uint64_t{1} << (8 * size)) - 1;
    const bool negative = !value->is_unsigned && static_cast<std::int64_t>(value->bits) < 0;
    return negative ? value : constant{value->bits & mask, value->is_unsigned};
  }

  result size_of() {
    ++at_;
    if (!take("(")) return std::nullopt;
    const auto size = ask_type();
    if (!size || *size == 0 || !take(")")) return std::nullopt;
    return constant{*size, true};
  }

  std::optional<std::uint64_t> ask_type() {
    if (!names_.type_size || at_ >= tokens_.size()) return std::nullopt;
    std::size_t used = 0;
    const auto size = names_.type_size(tokens_.subspan(at_), used);
    if (size) at_ += used;
    return size;
  }

  result ask_value() {
    std::size_t used = 1;
    const result value = names_.value ? names_.value(tokens_.subspan(at_), used) : std::nullopt;
    at_ += used;
    return value;
  }

  std::span<const token> tokens_;
  const expression_names& names_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

std::optional<constant> character_value(std::string_view spelling) {
  if (spelling.size() == 3) return constant{static_cast<std::uint64_t>(spelling[1]), false};
  if (spelling.size() != 4 || spelling[1] != '\\') return std::nullopt;
  constexpr std::string_view from = "ntr0\\'\"abfv";
  const std::size_t at = from.find(spelling[2]);
  if (at == std::string_view::npos) return std::nullopt;
  return constant{static_cast<std::uint64_t>(std::string_view("\n\t\r\0\\'\"\a\b\f\v", 11)[at]), false};
}

} // namespace

std::optional<constant> literal_value(const token& literal) {
  if (literal.kind == token_kind::character) return character_value(literal.spelling);
  if (literal.kind != token_kind::number) return std::nullopt;
  std::string_view digits = literal.spelling;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X"))
    base = 16;
  else if (digits.starts_with("0b") || digits.starts_with("0B"))
    base = 2;
  else if (digits.size() > 1 && digits[0] == '0')
    base = 8;
  if (base == 16 || base == 2) digits.remove_prefix(2);

  std::uint64_t bits = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bits, base);
  if (failure != std::errc{}) return std::nullopt;
  const std::string_view suffix = digits.substr(static_cast<std::size_t>(end - digits.data()));
  if (suffix.find_first_not_of("uUlL") != std::string_view::npos) return std::nullopt;
  const bool is_unsigned = suffix.find_first_of("uU") != std::string_view::npos || bits >> 63 != 0;
  return constant{bits, is_unsigned};
}

std::optional<constant> evaluate(std::span<const token> tokens, const expression_names& names) {
  return evaluator(tokens, names).run();
}

} // namespace clotho::detail::clc
