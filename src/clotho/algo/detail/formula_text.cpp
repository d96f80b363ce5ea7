// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/formula_text.hpp>

#include <string>
#include <vector>

#include <clotho/algo/detail/primitive.hpp>

namespace clotho::detail {

namespace {

// Of values of floating, signed and unsigned types. T is the type, U the unsigned one of its size; A, B, C
// are operands.
struct text {
  step what;
  unsigned operands;
  const char *floating, *is_signed, *is_unsigned;
};

constexpr text same(step what, unsigned operands, const char* all) { return {what, operands, all, all, all}; }

// In the order of the enumeration.
constexpr text texts[] = {
    {step::negate, 1, "-A", "WRAPPED(T, U, SPLAT(T, 0), -, A)", "SPLAT(T, 0) - A"},
    same(step::invert, 1, "~A"),
    {step::absolute, 1, "fabs(A)", "AS(T, abs(A))", "A"},
    same(step::sign, 1, "SIGN(T, A)"),
    same(step::sin, 1, "sin(A)"),
    same(step::cos, 1, "cos(A)"),
    same(step::tan, 1, "tan(A)"),
    same(step::asin, 1, "asin(A)"),
    same(step::acos, 1, "acos(A)"),
    same(step::atan, 1, "atan(A)"),
    same(step::sinh, 1, "sinh(A)"),
    same(step::cosh, 1, "cosh(A)"),
    same(step::tanh, 1, "tanh(A)"),
    same(step::asinh, 1, "asinh(A)"),
    same(step::acosh, 1, "acosh(A)"),
    same(step::atanh, 1, "atanh(A)"),
    same(step::exp, 1, "exp(A)"),
    same(step::exp2, 1, "exp2(A)"),
    same(step::exp10, 1, "exp10(A)"),
    same(step::expm1, 1, "expm1(A)"),
    same(step::log, 1, "log(A)"),
    same(step::log2, 1, "log2(A)"),
    same(step::log10, 1, "log10(A)"),
    same(step::log1p, 1, "log1p(A)"),
    same(step::sqrt, 1, "sqrt(A)"),
    same(step::rsqrt, 1, "rsqrt(A)"),
    same(step::cbrt, 1, "cbrt(A)"),
    same(step::floor, 1, "floor(A)"),
    same(step::ceil, 1, "ceil(A)"),
    same(step::round, 1, "round(A)"),
    same(step::rint, 1, "rint(A)"),
    same(step::trunc, 1, "trunc(A)"),
    same(step::erf, 1, "erf(A)"),
    same(step::erfc, 1, "erfc(A)"),
    same(step::tgamma, 1, "tgamma(A)"),
    same(step::lgamma, 1, "lgamma(A)"),
    same(step::not_true, 1, "NOT(A)"),
    same(step::isnan, 1, "TEST(isnan, A)"),
    same(step::isinf, 1, "TEST(isinf, A)"),
    same(step::isfinite, 1, "TEST(isfinite, A)"),
    {step::add, 2, "A + B", "WRAPPED(T, U, A, +, B)", "A + B"},
    {step::subtract, 2, "A - B", "WRAPPED(T, U, A, -, B)", "A - B"},
    {step::multiply, 2, "A * B", "WRAPPED(T, U, A, *, B)", "A * B"},
    {step::divide, 2, "A / B", "DIVIDE_SIGNED(T, U, A, B)", "DIVIDE_UNSIGNED(T, A, B)"},
    {step::remainder, 2, "fmod(A, B)", "REMAIN_SIGNED(T, A, B)", "REMAIN_UNSIGNED(T, A, B)"},
    same(step::bit_and, 2, "A & B"),
    same(step::bit_or, 2, "A | B"),
    same(step::bit_xor, 2, "A ^ B"),
    same(step::shift_left, 2, "A << B"),
    same(step::shift_right, 2, "A >> B"),
    {step::lesser, 2, "LESSER(T, A, B)", "min(A, B)", "min(A, B)"},
    {step::greater, 2, "GREATER(T, A, B)", "max(A, B)", "max(A, B)"},
    same(step::pow, 2, "pow(A, B)"),
    same(step::atan2, 2, "atan2(A, B)"),
    same(step::hypot, 2, "hypot(A, B)"),
    same(step::copysign, 2, "copysign(A, B)"),
    same(step::fdim, 2, "fdim(A, B)"),
    same(step::less, 2, "COMPARE(A, <, B)"),
    same(step::less_equal, 2, "COMPARE(A, <=, B)"),
    same(step::greater_than, 2, "COMPARE(A, >, B)"),
    same(step::greater_equal, 2, "COMPARE(A, >=, B)"),
    same(step::equal, 2, "COMPARE(A, ==, B)"),
    same(step::not_equal, 2, "COMPARE(A, !=, B)"),
    same(step::both, 2, "A & B"),
    same(step::either, 2, "A | B"),
    same(step::fma, 3, "fma(A, B, C)"),
    same(step::clamp, 3, "clamp(A, B, C)"),
    same(step::choose, 3, "PICK(T, A, B, C)"),
};

const text& text_of(step what) {
  return texts[static_cast<std::size_t>(what) - static_cast<std::size_t>(step::negate)];
}

bool gives_truth(step what) {
  return (what >= step::not_true && what <= step::isfinite) || (what >= step::less && what <= step::either);
}

std::string name_of(std::uint8_t type) {
  return type == truth_type ? "char" : opencl_name({static_cast<scalar>(type), 1});
}
std::string unsigned_name_of(std::uint8_t type) {
  const std::string name = name_of(type);
  return name[0] == 'u' ? name : "u" + name;
}

// Writes the steps one after the other; each is a constant, v0, v1, ...
class writer {
 public:
  explicit writer(const placement& where) : where_(where) {}

  void add(step what, std::uint8_t type) {
    switch (what) {
    case step::array: return add_array(type);
    case step::scalar: return add_scalar(type);
    case step::index: return push("INDEX", type);
    case step::convert: return convert(type);
    default: return add_operation(what, type);
    }
  }
  void convert(std::uint8_t type) {
    const value from = pop();
    if (from.type == type) return values_.push_back(from);
    if (type == truth_type) return push("IS_TRUE(" + name_of(from.type) + ", " + from.name + ")", type);
    if (from.type == truth_type) return push("FROM_TRUTH(" + name_of(type) + ", " + from.name + ")", type);
    push("CONVERT(" + name_of(type) + ", " + from.name + ")", type);
  }
  [[nodiscard]] macro_list macros() const {
    return {{"PARAMETERS", parameters_},
            {"PLACES", places_},
            {"EXPRESSION", statements_},
            {"RESULT", values_.back().name}};
  }

 private:
  struct value {
    std::string name;
    std::uint8_t type;
  };

  void add_array(std::uint8_t type) {
    const std::string named = "(" + name_of(type) + ", " + std::to_string(leaves_) + ")";
    parameters_ += "ARRAY_PARAMETER" + named + " ";
    places_ += "PLACE(" + std::to_string(leaves_++) + ") ";
    if (type == type_code<half>)
      push("HALF_ARRAY(" + std::to_string(leaves_ - 1) + ")", type_code<float>);
    else
      push("ARRAY" + named, type);
  }
  void add_scalar(std::uint8_t type) {
    const std::string named = "(" + name_of(type) + ", " + std::to_string(leaves_++) + ")";
    parameters_ += "SCALAR_PARAMETER" + named + " ";
    push("SCALAR" + named, type);
  }
  void add_operation(step what, std::uint8_t type) {
    const text& of = text_of(what);
    std::string names[3];
    for (unsigned i = of.operands; i-- > 0;) names[i] = pop().name;
    const bool floats = type != truth_type && is_floating(static_cast<scalar>(type));
    const bool negative = type != truth_type && is_signed(static_cast<scalar>(type));
    push(filled(floats     ? of.floating
                : negative ? of.is_signed
                           : of.is_unsigned,
                names, type),
         gives_truth(what) ? truth_type : type);
  }
  // A, B, C, T and U stand alone.
  [[nodiscard]] static std::string filled(std::string_view pattern, const std::string* names,
                                          std::uint8_t type) {
    const auto in_word = [&](std::size_t i) {
      return i < pattern.size()
             && (pattern[i] == '_' || ((pattern[i] | 0x20) >= 'a' && (pattern[i] | 0x20) <= 'z'));
    };
    std::string all;
    for (std::size_t i = 0; i < pattern.size(); ++i)
      all += in_word(i - 1) || in_word(i + 1) ? std::string{pattern[i]} : replaced(pattern[i], names, type);
    return all;
  }
  [[nodiscard]] static std::string replaced(char c, const std::string* names, std::uint8_t type) {
    if (c >= 'A' && c <= 'C') return names[c - 'A'];
    return c == 'T' ? name_of(type) : c == 'U' ? unsigned_name_of(type) : std::string{c};
  }
  void push(const std::string& calculated, std::uint8_t type) {
    if (type == type_code<double>) require_type(where_, scalar::f64, "an array expression");
    values_.push_back({"v" + std::to_string(count_++), type});
    statements_ += "const V(" + name_of(type) + ") " + values_.back().name + " = " + calculated + "; ";
  }
  [[nodiscard]] value pop() {
    value last = std::move(values_.back());
    values_.pop_back();
    return last;
  }

  placement where_;
  std::vector<value> values_;
  std::string parameters_, places_, statements_;
  unsigned leaves_ = 0, count_ = 0;
};

} // namespace

macro_list formula_macros(const placement& where, std::string_view code, scalar result) {
  writer made(where);
  const auto type = static_cast<std::uint8_t>(result);
  for (std::size_t i = 0; i < code.size(); i += 2)
    made.add(static_cast<step>(code[i]), static_cast<std::uint8_t>(code[i + 1]));
  made.convert(type == type_code<half> ? type_code<float> : type);
  return made.macros();
}

} // namespace clotho::detail
