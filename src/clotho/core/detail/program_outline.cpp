// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/program_outline.hpp>

#include <algorithm>
#include <utility>

#include <clotho/core/checked.hpp>
#include <clotho/core/detail/range_queries.hpp>

namespace clotho::detail::clc {
namespace {

bool is_set(const std::array<std::size_t, 3>& size) { return size != std::array<std::size_t, 3>{}; }

// `f(`, and `(f)(` as well.
void note_calls(std::span<const token> tokens, function_outline& function) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is_name()) continue;
    std::size_t next = i + 1;
    while (next < tokens.size() && tokens[next].is(")")) ++next;
    if (next < tokens.size() && tokens[next].is("(")) function.calls.insert(tokens[i].spelling);
  }
}

bool is_control_word(const token& t) {
  constexpr std::array<std::string_view, 12> words{"return", "if",   "else",     "for",   "while", "do",
                                                   "switch", "case", "continue", "break", "goto",  "default"};
  return std::find(words.begin(), words.end(), t.spelling) != words.end();
}

// "DATA_TYPE*" for a pointer to what the specifiers name.
std::string spelled_type(const specifiers& before, const qualified_type& declared) {
  std::string stars;
  for (const type_info* type = declared.type; type != before.type.type && type->target.type != nullptr;
       type = type->target.type) {
    if (type->kind != type_kind::pointer) return declared.type->name;
    stars += '*';
  }
  return before.spelled + stars;
}

} // namespace

program_outline::program_outline(std::span<const token> tokens) : cursor_(tokens), parser_(cursor_, types_) {
  read_file();
  note_range_queries(cursor_.slice(functions_end_, cursor_.end()), range_elsewhere_);
  for (function_outline& function : functions_) {
    const auto known = required_local_.find(function.name);
    if (known != required_local_.end()) function.required_local = known->second;
  }
}

std::vector<const function_outline*> program_outline::reachable(const function_outline& from) const {
  std::vector<const function_outline*> found{&from};
  std::set<std::string_view> visited{from.name};
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const std::string_view called : found[i]->calls) {
      if (!visited.insert(called).second) continue;
      const auto [first, last] = by_name_.equal_range(called);
      for (auto at = first; at != last; ++at) found.push_back(&functions_[at->second]);
    }
  return found;
}

void program_outline::read_file() {
  while (!cursor_.done()) {
    const std::size_t begin = cursor_.at();
    if (cursor_.take_any({";", "}"}) || skip_wrapper()) continue;
    if (!read_declaration()) recover(begin);
  }
}

// The braces of `extern "C" {` and `namespace x {` hold ordinary declarations: the reader steps into them,
// and past their ends like any stray brace.
bool program_outline::skip_wrapper() {
  std::size_t ahead = 0;
  if (cursor_.next_is("extern") && cursor_.peek(1).kind == token_kind::text)
    ahead = 2;
  else if (cursor_.next_is("namespace"))
    ahead = cursor_.peek(1).is_name() ? 2 : 1;
  else
    return false;
  if (cursor_.peek(ahead).is("{")) ++ahead;
  cursor_.move_to(cursor_.at() + ahead);
  return true;
}

// To the end of what could not be read; a kernel in between is worth another try.
void program_outline::recover(std::size_t begin) {
  if (cursor_.at() == begin) cursor_.skip();
  while (!cursor_.done() && !cursor_.next_is_any({";", "}", "kernel", "__kernel"})) {
    const bool was_block = cursor_.next_is("{");
    cursor_.skip();
    if (was_block) return;
  }
}

bool program_outline::read_declaration() {
  specifiers before;
  if (!parser_.read_specifiers(before)) return false;
  while (!cursor_.done() && !cursor_.take(";")) {
    declarator declared;
    if (!parser_.read_declarator(before, declared)) return false;
    const std::array<std::size_t, 3>& required =
        is_set(declared.with.required_local) ? declared.with.required_local : before.with.required_local;
    if (declared.is_function && is_set(required)) required_local_.insert_or_assign(declared.name, required);
    if (declared.is_function && cursor_.next_is("{")) return read_function(before, declared), true;
    const std::size_t begin = cursor_.at() + 1;
    parser_.read_initialiser(declared);
    parser_.enter(before, declared, cursor_.slice(begin, cursor_.at()));
    if (!cursor_.take(",") && !cursor_.next_is(";")) return false;
  }
  return true;
}

void program_outline::read_function(const specifiers& before, const declarator& declared) {
  function_outline function;
  function.name = declared.name;
  function.where = declared.where;
  function.is_kernel = before.is_kernel;
  const std::size_t body = cursor_.at(), close = cursor_.closing(body);
  if (function.is_kernel) {
    std::vector<parameter> parameters;
    if (read_parameters(declared, parameters)) function.parameters = std::move(parameters);
  }
  {
    const token_cursor::window inside(cursor_, body + 1, close);
    read_body(function);
  }
  note_calls(cursor_.slice(body, close), function);
  note_range_queries(cursor_.slice(functions_end_, declared.parameters_begin), range_elsewhere_);
  note_range_queries(cursor_.slice(declared.parameters_begin, close), function.range);
  functions_end_ = close;
  cursor_.step();
  by_name_.emplace(function.name, functions_.size());
  functions_.push_back(std::move(function));
}

// --- parameters
// ----------------------------------------------------------------------------------------------

bool program_outline::read_parameters(const declarator& declared, std::vector<parameter>& parameters) {
  const token_cursor::window inside(cursor_, declared.parameters_begin, declared.parameters_end);
  if (cursor_.next_is("void") && cursor_.at() + 1 == cursor_.end()) return true;
  while (!cursor_.done()) {
    const std::size_t begin = cursor_.at();
    cursor_.skip_to({","});
    const std::size_t end = cursor_.at();
    parameter made;
    bool readable = false;
    {
      const token_cursor::window piece(cursor_, begin, end);
      readable = read_parameter(made);
    }
    if (!readable && !guess_parameter(cursor_.slice(begin, end), made)) return false;
    parameters.push_back(std::move(made));
    cursor_.step();
  }
  return true;
}

bool program_outline::read_parameter(parameter& result) {
  specifiers before;
  declarator declared;
  if (!parser_.read_specifiers(before) || !parser_.read_declarator(before, declared) || !cursor_.done())
    return false;
  // An array parameter is a pointer to its elements.
  if (declared.type.type->kind == type_kind::array) {
    const type_info& array = *declared.type.type;
    qualified_type element = array.target;
    if (!element.space) element.space = declared.type.space;
    declared.type = {.type = types_.pointer_to(element)};
  }
  result = {std::string(declared.name), spelled_type(before, declared.type), declared.type};
  return true;
}

// For what this parser does not know: the last name is the parameter's, the rest its type.
bool program_outline::guess_parameter(std::span<const token> tokens, parameter& result) {
  std::size_t name = tokens.size();
  while (name > 0 && !tokens[name - 1].is_name()) --name;
  if (name == 0) return false;
  result.name = tokens[name - 1].spelling;
  for (const token& part : tokens.first(name - 1)) {
    if (part.space_before && !result.spelled.empty()) result.spelled += ' ';
    result.spelled += part.spelling;
  }
  result.type = {.type = &types_.add({.name = result.spelled})};
  return true;
}

// --- bodies
// --------------------------------------------------------------------------------------------------

void program_outline::read_body(function_outline& function) {
  bool at_start = true;
  while (!cursor_.done()) {
    if (at_start && begins_declaration()) {
      read_local_declaration(function);
      continue;
    }
    const token& here = cursor_.peek();
    const bool opens_loop = here.is("for") && cursor_.peek(1).is("(");
    at_start = opens_loop || here.is(";") || here.is("{") || here.is("}") || here.is(":");
    cursor_.step();
    if (opens_loop) cursor_.step();
  }
}

bool program_outline::begins_declaration() const {
  const token& first = cursor_.peek();
  const token& second = cursor_.peek(1);
  if (!first.is_name() || is_control_word(first) || second.is("(")) return false;
  // "a * b[3];" is a product unless `a` is known to be a type.
  return second.is_name() || (second.is("*") && types_.find(first.spelling).type != nullptr)
         || first.is("struct") || first.is("union") || first.is("enum");
}

// As far as it can be read; the rest is read as code.
void program_outline::read_local_declaration(function_outline& function) {
  const std::size_t begin = cursor_.at();
  specifiers before;
  bool readable = parser_.read_specifiers(before);
  while (readable && !cursor_.done() && !cursor_.next_is(";")) {
    declarator declared;
    readable = parser_.read_declarator(before, declared);
    if (!readable) break;
    const std::size_t value = cursor_.at() + 1;
    parser_.read_initialiser(declared);
    count_array(before, declared, function);
    parser_.enter(before, declared, cursor_.slice(value, cursor_.at()));
    readable = cursor_.take(",");
  }
  if (cursor_.at() == begin) cursor_.step();
}

void program_outline::count_array(const specifiers& before, const declarator& declared,
                                  function_outline& function) {
  const type_info& type = *declared.type.type;
  const address_space space = declared.type.space.value_or(address_space::private_memory);
  const bool on_stack = space == address_space::private_memory && !before.is_static && !before.is_typedef;
  if (!on_stack || !type.holds_array) return;
  if (type.size == 0)
    function.unsized_array = true;
  else
    function.array_bytes = checked_add(function.array_bytes, type.size).value_or(function.array_bytes);
}

} // namespace clotho::detail::clc
