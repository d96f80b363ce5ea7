// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/preprocessor.hpp>

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>

#include <clotho/core/detail/constant_expression.hpp>

namespace clotho::detail::clc {
namespace {

constexpr std::size_t least_budget = std::size_t{1} << 20;
constexpr std::size_t largest_budget = std::size_t{1} << 25;

std::size_t budget_for(std::size_t text_size) {
  return std::min(largest_budget, least_budget + 8 * std::min(text_size, largest_budget));
}

bool opens_condition(std::string_view name) { return name == "if" || name == "ifdef" || name == "ifndef"; }

// The tokens of "( ... )", counted from its "(".
std::size_t parenthesised_length(std::span<const token> tokens) {
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is("(")) ++depth;
    if (tokens[i].is(")") && --depth == 0) return i + 1;
  }
  return tokens.size();
}

// `defined X` and `defined(X)`: the X, and how many tokens that takes.
std::optional<std::string_view> defined_operand(std::span<const token> tokens, std::size_t& used) {
  if (!tokens[0].is("defined")) return std::nullopt;
  if (tokens.size() > 1 && tokens[1].is_name()) {
    used = 2;
    return tokens[1].spelling;
  }
  if (tokens.size() < 4 || !tokens[1].is("(") || !tokens[2].is_name() || !tokens[3].is(")"))
    return std::nullopt;
  used = 4;
  return tokens[2].spelling;
}

std::string unescape(std::string_view quoted) {
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] != '\\') {
      text += quoted[i];
      continue;
    }
    ++i;
    int code = 0, digits = 0;
    for (; digits < 3 && i + 1 < quoted.size() && quoted[i] >= '0' && quoted[i] <= '7'; ++i, ++digits)
      code = code * 8 + (quoted[i] - '0');
    if (digits == 0)
      text += quoted[i];
    else
      --i, text += static_cast<char>(code);
  }
  return text;
}

// _Pragma("...") and __extension__ say nothing to a reader of declarations.
void drop_noise(token_list& tokens) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is("__extension__")) continue;
    if (tokens[i].is("_Pragma") && i + 1 < tokens.size() && tokens[i + 1].is("(")) {
      i += parenthesised_length(std::span<const token>(tokens).subspan(i + 1));
      continue;
    }
    tokens[kept++] = tokens[i];
  }
  tokens.resize(kept);
}

} // namespace

preprocessor::preprocessor(std::string_view text, std::span<const std::pair<std::string, std::string>> macros)
    : macros_(budget_for(text.size())), file_(&*files_.emplace().first) {
  for (const auto& [name, value] : macros) define_option(name, value);
  const std::string& whole = macros_.keep(normalise(text));
  line_reader reader(whole);
  for (logical_line line; !macros_.exhausted() && reader.next(line);) read_line(line);
  flush();
}

void preprocessor::define_option(const std::string& name, const std::string& value) {
  std::string line;
  for (const char c : name + " " + value) line += c == '\n' ? ' ' : c;
  macros_.define(lex(line, 0));
}

token_list preprocessor::lex(std::string_view text, int line) {
  token_list tokens;
  append_tokens(macros_.keep(std::string(text)), line + line_shift_, file_, tokens);
  return tokens;
}

void preprocessor::read_line(logical_line& line) {
  if (const auto found = parse_directive(line.clean)) return read_directive(*found, line);
  if (!active()) return leave_out(line);
  const std::size_t before = run_.size();
  append_tokens(macros_.keep(std::move(line.clean)), line.line + line_shift_, file_, run_);
  for (std::size_t i = before; i < run_.size(); ++i) run_[i].pack = pack_;
}

void preprocessor::flush() {
  token_list expanded = macros_.expand(run_);
  run_.clear();
  drop_noise(expanded);
  output_.insert(output_.end(), std::make_move_iterator(expanded.begin()),
                 std::make_move_iterator(expanded.end()));
}

void preprocessor::read_directive(const directive& found, const logical_line& line) {
  flush();
  if (opens_condition(found.name) || found.name.starts_with("el") || found.name == "endif")
    return read_condition(found, line);
  if (!active()) return leave_out(line);
  if (found.name == "define") macros_.define(lex(found.rest, line.line));
  if (found.name == "undef") macros_.undefine(leading_identifier(found.rest));
  if (found.name == "line") read_line_directive(lex(found.rest, line.line), line);
  if (found.name == "pragma") read_pragma(lex(found.rest, line.line));
}

void preprocessor::read_condition(const directive& found, const logical_line& line) {
  if (opens_condition(found.name)) {
    const bool outer = active();
    const bool taken = outer && test(found, line);
    conditions_.push_back({taken, taken || !outer, outer && is_doubtful(found, line)});
  } else if (!conditions_.empty() && found.name == "endif") {
    conditions_.pop_back();
  } else if (!conditions_.empty()) {
    condition& here = conditions_.back();
    here.doubtful = here.doubtful || (!here.decided && is_doubtful(found, line));
    here.active = !here.decided && (found.name == "else" || test(found, line));
    here.decided = here.decided || here.active || found.name == "else";
  }
}

// Names with an underscore in front belong to the compiler.
bool preprocessor::is_doubtful(const directive& found, const logical_line& line) {
  const token_list asked = lex(found.rest, line.line);
  return std::any_of(asked.begin(), asked.end(), [this](const token& t) {
    return t.is_name() && t.spelling.starts_with('_') && !macros_.is_defined(t.spelling);
  });
}

void preprocessor::leave_out(const logical_line& line) {
  const auto why =
      std::find_if(conditions_.begin(), conditions_.end(), [](const condition& c) { return !c.active; });
  if (!why->doubtful) return;
  const token_list tokens = lex(line.clean, line.line);
  in_doubt_.insert(in_doubt_.end(), tokens.begin(), tokens.end());
}

bool preprocessor::test(const directive& found, const logical_line& line) {
  if (found.name == "if" || found.name == "elif") return evaluate_condition(lex(found.rest, line.line));
  const bool defined = macros_.is_defined(leading_identifier(found.rest));
  return found.name.ends_with("ndef") ? !defined : defined;
}

bool preprocessor::evaluate_condition(const token_list& tokens) {
  // The operand of `defined` must not be expanded: decide it first.
  token_list decided;
  for (std::size_t i = 0; i < tokens.size();) {
    std::size_t used = 1;
    const auto name = defined_operand(std::span<const token>(tokens).subspan(i), used);
    token part = tokens[i];
    if (name) {
      part.kind = token_kind::number;
      part.spelling = macros_.is_defined(*name) ? "1" : "0";
    }
    decided.push_back(part);
    i += used;
  }
  const expression_names names{
      [this](std::span<const token> rest, std::size_t& used) -> std::optional<constant> {
        if (const auto name = defined_operand(rest, used))
          return constant{macros_.is_defined(*name) ? 1u : 0u};
        // What a compiler would know, __has_builtin(x), is taken for absent.
        if (rest.size() > 1 && rest[1].is("(")) used = 1 + parenthesised_length(rest.subspan(1));
        return constant{rest[0].is("true") ? 1u : 0u};
      },
      {}};
  const auto value = evaluate(macros_.expand(decided), names);
  return value && value->truth();
}

void preprocessor::read_line_directive(token_list tokens, const logical_line& line) {
  tokens = macros_.expand(tokens);
  if (tokens.empty()) return;
  const auto number = literal_value(tokens[0]);
  if (!number || number->bits > static_cast<std::uint64_t>(std::numeric_limits<int>::max() / 2)) return;
  line_shift_ = static_cast<int>(number->bits) - (line.line + line.lines);
  if (tokens.size() > 1 && tokens[1].kind == token_kind::text)
    file_ = &*files_.insert(unescape(tokens[1].spelling)).first;
}

void preprocessor::read_pragma(const token_list& tokens) {
  if (tokens.size() > 2 && tokens[0].is("pack") && tokens[1].is("("))
    read_pack(std::span<const token>(tokens).subspan(2));
}

void preprocessor::read_pack(std::span<const token> tokens) {
  std::optional<std::uint8_t> bytes;
  for (const token& part : tokens)
    if (const auto value = literal_value(part); value && value->bits <= 128)
      bytes = static_cast<std::uint8_t>(value->bits);
  if (tokens[0].is("push")) packs_.push_back(pack_);
  if (tokens[0].is(")")) pack_ = 0;
  if (tokens[0].is("pop") && !packs_.empty()) {
    pack_ = packs_.back();
    packs_.pop_back();
  }
  if (bytes) pack_ = *bytes;
}

} // namespace clotho::detail::clc
