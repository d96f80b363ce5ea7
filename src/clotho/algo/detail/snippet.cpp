// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/snippet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include <clotho/core/detail/keywords.hpp>
#include <clotho/core/detail/lexer.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho::detail {

namespace {

using clc::token;

constexpr std::array<std::string_view, 9> type_words{"unsigned", "signed", "char",   "short", "int",
                                                     "long",     "float",  "double", "half"};
constexpr std::array<std::string_view, 28> taken_words{
    "bool",   "void",     "struct", "union",    "enum",   "size_t", "kernel",  "__kernel", "if",   "else",
    "for",    "while",    "do",     "return",   "switch", "case",   "default", "break",    "goto", "continue",
    "sizeof", "volatile", "static", "register", "auto",   "inline", "typedef", "extern"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_restrict(const token& t) { return t.is("restrict") || t.is("__restrict") || t.is("__restrict__"); }

class signature_reader {
 public:
  signature_reader(std::string_view text, std::initializer_list<std::string_view> reserved)
      : text_(text), reserved_(reserved) {
    std::replace_if(
        text_.begin(), text_.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    clc::append_tokens(text_, 1, nullptr, tokens_);
  }

  snippet_signature read() {
    if (done()) return {};
    do read_argument();
    while (take(","));
    if (!done()) refuse("a ',' is expected, not '" + std::string(next().spelling) + "'");
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool done() const { return at_ == tokens_.size(); }
  [[nodiscard]] const token& next() const { return tokens_[at_]; }
  [[nodiscard]] bool next_is_name() const { return !done() && next().is_name(); }
  bool take(std::string_view mark) {
    const bool found = !done() && next().is(mark);
    at_ += found ? 1 : 0;
    return found;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    const std::size_t place =
        done() ? text_.size() : static_cast<std::size_t>(next().spelling.data() - text_.data());
    throw argument_error("arguments \"" + printable(text_) + "\": at character " + std::to_string(place + 1)
                         + ": " + what);
  }

  void read_argument() {
    snippet_argument argument;
    bool says_global = false;
    read_qualifiers(argument, says_global);
    argument.type = read_type();
    read_qualifiers(argument, says_global);
    argument.is_pointer = take("*");
    while (!done() && argument.is_pointer && (is_restrict(next()) || next().is("const"))) ++at_;
    if (says_global && !argument.is_pointer)
      refuse("only what a pointer points to is in global memory: a '*' is expected");
    if (argument.type == scalar::f16 && !argument.is_pointer)
      refuse("no kernel takes a half by value; take a float");
    argument.name = read_name();
    result_.push_back(std::move(argument));
  }

  void read_qualifiers(snippet_argument& argument, bool& says_global) {
    for (; next_is_name(); ++at_) {
      const std::optional<address_space> space = clc::space_of(next());
      if (space && *space != address_space::global)
        refuse("arguments are values or point to global memory, not " + std::string(next().spelling));
      if (!space && !next().is("const")) return;
      (space ? says_global : argument.is_const) = true;
    }
  }

  scalar read_type() {
    if (!next_is_name()) refuse("a type is expected");
    if (!is_one_of(next().spelling, type_words)) return read_type_name();
    std::string words;
    for (; next_is_name() && is_one_of(next().spelling, type_words); ++at_)
      words += std::string(next().spelling) + ' ';
    return parse_element_type(clc::one_word(words))->base;
  }

  scalar read_type_name() {
    const std::optional<element_type> found = parse_element_type(next().spelling);
    if (!found)
      refuse("'" + std::string(next().spelling)
             + "' is no type that an argument can have: char, uchar, short, ... double");
    if (found->width != 1)
      refuse("'" + std::string(next().spelling) + "' is a vector: take a pointer to "
             + opencl_name({found->base, 1}));
    ++at_;
    return found->base;
  }

  std::string read_name() {
    if (!next_is_name()) refuse("the name of an argument is expected");
    const std::string name(next().spelling);
    const bool is_type = is_one_of(name, type_words) || parse_element_type(name) || clc::space_of(next())
                         || is_restrict(next());
    if (is_type || name == "const" || is_one_of(name, taken_words))
      refuse("'" + name + "' is a word of the language, not a name");
    if (is_one_of(name, reserved_))
      refuse("'" + name + "' has a meaning of its own here: choose another name");
    if (std::any_of(result_.begin(), result_.end(), [&](const auto& known) { return known.name == name; }))
      refuse("there is a '" + name + "' already");
    ++at_;
    return name;
  }

  std::string text_;
  std::span<const std::string_view> reserved_;
  clc::token_list tokens_;
  std::size_t at_ = 0;
  snippet_signature result_;
};

std::string parameter(const snippet_argument& argument) {
  const std::string type = opencl_name({argument.type, 1});
  if (!argument.is_pointer) return (argument.is_const ? "const " : "") + type + " " + argument.name;
  return (argument.is_const ? "__global const " : "__global ") + type + "* " + argument.name;
}

template <class Text> std::string listed(const snippet_signature& arguments, const Text& text) {
  std::vector<std::string> parts;
  for (const snippet_argument& argument : arguments) parts.push_back(text(argument));
  return join(parts, ", ");
}

} // namespace

snippet_signature parse_snippet_signature(std::string_view arguments,
                                          std::initializer_list<std::string_view> reserved) {
  return signature_reader(arguments, reserved).read();
}

std::string parameter_text(const snippet_signature& arguments) { return listed(arguments, parameter); }

std::string name_text(const snippet_signature& arguments) {
  return listed(arguments, [](const snippet_argument& argument) { return argument.name; });
}

} // namespace clotho::detail
