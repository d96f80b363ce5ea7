// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/macro_expander.hpp>

#include <algorithm>
#include <utility>

namespace clotho::detail::clc {
namespace {

constexpr int deepest_argument = 64;
constexpr std::size_t no_parameter = static_cast<std::size_t>(-1);

std::size_t index_of(const std::vector<std::string_view>& parameters, const token& candidate) {
  if (!candidate.is_name()) return no_parameter;
  const auto found = std::find(parameters.begin(), parameters.end(), candidate.spelling);
  return found == parameters.end() ? no_parameter : static_cast<std::size_t>(found - parameters.begin());
}

token placemarker() {
  token nothing;
  nothing.kind = token_kind::placemarker;
  return nothing;
}

bool is_placemarker(const token& t) { return t.kind == token_kind::placemarker; }

} // namespace

bool macro_expander::is_defined(std::string_view name) const {
  return macros_.contains(name) || name == "__LINE__" || name == "__FILE__" || name == "__COUNTER__";
}

bool macro_expander::spend(std::size_t work) {
  budget_ = work >= budget_ ? 0 : budget_ - work;
  return budget_ > 0;
}

bool macro_expander::hides(const hidden_macro* set, std::string_view name) {
  for (; set != nullptr && spend(1); set = set->rest)
    if (set->name == name) return true;
  return false;
}

const hidden_macro* macro_expander::add(const hidden_macro* set, std::string_view name) {
  return hides(set, name) ? set : &hidden_.emplace_back(hidden_macro{name, set});
}

const hidden_macro* macro_expander::unite(const hidden_macro* a, const hidden_macro* b) {
  if (a == nullptr || a == b) return b;
  for (; b != nullptr && !exhausted(); b = b->rest) a = add(a, b->name);
  return a;
}

const hidden_macro* macro_expander::intersect(const hidden_macro* a, const hidden_macro* b) {
  if (a == b) return a;
  const hidden_macro* both = nullptr;
  for (; a != nullptr && !exhausted(); a = a->rest)
    if (hides(b, a->name)) both = add(both, a->name);
  return both;
}

void macro_expander::define(std::span<const token> definition) {
  if (definition.empty() || !definition[0].is_name()) return;
  macro made;
  std::size_t at = 1;
  if (definition.size() > 1 && definition[1].is("(") && !definition[1].space_before) {
    made.function_like = true;
    for (at = 2; at < definition.size() && !definition[at].is(")"); ++at) {
      const token& part = definition[at];
      if (part.is("...")) {
        made.variadic = true;
        // GNU's "args..." names the list; otherwise it is __VA_ARGS__.
        if (!definition[at - 1].is_name()) made.parameters.push_back("__VA_ARGS__");
      } else if (part.is_name()) {
        made.parameters.push_back(part.spelling);
      }
    }
    if (at == definition.size()) return;
    ++at;
  }
  made.body.assign(definition.begin() + static_cast<std::ptrdiff_t>(at), definition.end());
  macros_.insert_or_assign(definition[0].spelling, std::move(made));
}

// `pending` holds what is still to be read, the next token last.
token_list macro_expander::expand(std::span<const token> tokens, int depth) {
  token_list pending(tokens.rbegin(), tokens.rend());
  token_list output;
  while (!pending.empty() && spend(1)) {
    const token next = pending.back();
    pending.pop_back();
    if (!next.is_name() || !expand_one(next, pending, depth)) output.push_back(next);
  }
  return output;
}

bool macro_expander::expand_one(const token& name, token_list& pending, int depth) {
  const auto found = macros_.find(name.spelling);
  if (found == macros_.end()) return expand_builtin(name, pending);
  const macro& target = found->second;
  if (hides(name.hidden, name.spelling)) return false;

  call arguments;
  const hidden_macro* hidden = name.hidden;
  if (target.function_like) {
    if (!take_call(target, pending, arguments)) return false;
    hidden = intersect(hidden, arguments.closing.hidden);
  }
  hidden = add(hidden, found->first);

  token_list result = substitute(target, arguments, depth);
  if (!spend(result.size())) return true;
  for (token& part : result) {
    part.hidden = unite(part.hidden, hidden);
    part.line = name.line;
    part.file = name.file;
    part.pack = name.pack;
  }
  if (!result.empty()) result.front().space_before = name.space_before;
  pending.insert(pending.end(), result.rbegin(), result.rend());
  return true;
}

bool macro_expander::expand_builtin(const token& name, token_list& pending) {
  token made = name;
  if (name.spelling == "__LINE__") {
    made.kind = token_kind::number;
    made.spelling = keep(std::to_string(name.line));
  } else if (name.spelling == "__COUNTER__") {
    made.kind = token_kind::number;
    made.spelling = keep(std::to_string(counter_++));
  } else if (name.spelling == "__FILE__") {
    made.kind = token_kind::text;
    made.spelling = "\"\"";
  } else {
    return false;
  }
  pending.push_back(made);
  return true;
}

// Takes "( a, b )" off `pending`, or nothing when it is not there or not complete.
bool macro_expander::take_call(const macro& target, token_list& pending, call& result) {
  if (pending.empty() || !pending.back().is("(")) return false;
  const std::size_t wanted = target.parameters.size();
  result.arguments.emplace_back();
  int depth = 0;
  for (std::size_t left = pending.size(); left-- > 0 && spend(1);) {
    const token& part = pending[left];
    if (part.is("(") && depth++ == 0) continue;
    if (part.is(")") && --depth == 0) {
      const std::size_t given = wanted == 0 && result.arguments[0].empty() ? 0 : result.arguments.size();
      if (given != wanted && !(target.variadic && given + 1 == wanted)) return false;
      result.closing = part;
      pending.resize(left);
      return true;
    }
    const bool rest_is_one = target.variadic && result.arguments.size() == wanted;
    if (part.is(",") && depth == 1 && !rest_is_one)
      result.arguments.emplace_back();
    else
      result.arguments.back().push_back(part);
  }
  return false;
}

token_list macro_expander::argument(const call& arguments, std::size_t parameter, bool pasted, int depth) {
  const bool given = parameter < arguments.arguments.size();
  token_list raw = given ? arguments.arguments[parameter] : token_list{};
  if (!pasted && depth < deepest_argument) raw = expand(raw, depth + 1);
  if (raw.empty()) raw.push_back(placemarker());
  return raw;
}

token_list macro_expander::substitute(const macro& target, const call& arguments, int depth) {
  const token_list& body = target.body;
  token_list result;
  bool pasting = false;
  for (std::size_t i = 0; i < body.size() && spend(1); ++i) {
    const bool stringizes = target.function_like && body[i].is("#") && i + 1 < body.size();
    const std::size_t parameter = index_of(target.parameters, body[stringizes ? i + 1 : i]);
    const std::size_t after = i + (stringizes && parameter != no_parameter ? 2 : 1);
    const bool pasted_next = after < body.size() && body[after].is("##");
    token_list piece{body[i]};
    if (parameter != no_parameter && !exhausted()) {
      piece = argument(arguments, parameter, stringizes || pasting || pasted_next, depth);
      if (stringizes) piece = {stringize(piece)};
      piece.front().space_before = body[i].space_before;
    }
    if (!spend(piece.size())) break;
    if (pasting)
      paste(result, piece, target.variadic && parameter + 1 == target.parameters.size());
    else
      result.insert(result.end(), piece.begin(), piece.end());
    pasting = pasted_next;
    i = after - 1 + (pasted_next ? 1 : 0);
  }
  std::erase_if(result, is_placemarker);
  return result;
}

void macro_expander::paste(token_list& result, const token_list& piece, bool variadic) {
  const bool swallows_comma = variadic && !result.empty() && result.back().is(",");
  if (swallows_comma && is_placemarker(piece.front())) {
    result.back() = placemarker();
  } else if (swallows_comma || result.empty() || is_placemarker(piece.front())) {
    result.insert(result.end(), piece.begin(), piece.end());
  } else {
    const token left = result.back();
    result.pop_back();
    const std::string& joined = keep(std::string(left.spelling) + std::string(piece.front().spelling));
    spend(joined.size());
    append_tokens(joined, left.line, left.file, result);
    result.insert(result.end(), piece.begin() + 1, piece.end());
  }
}

token macro_expander::stringize(const token_list& argument) {
  std::string text = "\"";
  for (const token& part : argument) {
    if (part.space_before && text.size() > 1) text += ' ';
    for (const char c : part.spelling) {
      if (part.is_quoted() && (c == '"' || c == '\\')) text += '\\';
      text += c;
    }
  }
  spend(text.size());
  token made;
  made.kind = token_kind::text;
  made.spelling = keep(text + '"');
  return made;
}

} // namespace clotho::detail::clc
