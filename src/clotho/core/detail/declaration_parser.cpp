// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/declaration_parser.hpp>

#include <algorithm>
#include <utility>

#include <clotho/core/detail/keywords.hpp>

namespace clotho::detail::clc {
namespace {

constexpr int deepest_declaration = 64;

// How many elements `{ ... }` gives an open array; nothing when designators make that more than a count.
std::optional<std::uint64_t> count_elements(token_cursor& cursor) {
  std::uint64_t count = 0;
  while (!cursor.done()) {
    if (cursor.next_is("[") || cursor.next_is(".")) return std::nullopt;
    cursor.skip_to({","});
    ++count;
    cursor.step();
  }
  return count;
}

} // namespace

bool declaration_parser::read_specifiers(specifiers& result) {
  if (++depth_ > deepest_declaration) return --depth_, false;
  std::string number_words;
  while (!cursor_.done() && read_specifier(result, number_words)) {
  }
  finish_type(result, number_words);
  --depth_;
  return result.type.type != nullptr;
}

bool declaration_parser::read_specifier(specifiers& result, std::string& number_words) {
  if (read_storage(result) || read_qualifier(result.type)) return true;
  if (begins_attribute(cursor_)) {
    read_attributes(result.with);
    return true;
  }
  const bool has_type = result.type.type != nullptr && !result.guessed;
  if (is_number_word(cursor_.peek())) {
    if (has_type) return false;
    number_words += (number_words.empty() ? "" : " ") + std::string(cursor_.peek().spelling);
    cursor_.step();
    return true;
  }
  if (has_type || !number_words.empty()) return false;
  if (cursor_.next_is_any({"struct", "union", "class"})) return read_record(result), true;
  if (cursor_.next_is("enum")) return read_enumeration(result), true;
  return read_type_name(result);
}

bool declaration_parser::read_storage(specifiers& result) {
  const token& next = cursor_.peek();
  if (!next.is_name()) return false;
  if (next.is("typedef")) return result.is_typedef = true, cursor_.step(), true;
  if (next.is("kernel") || next.is("__kernel")) return result.is_kernel = true, cursor_.step(), true;
  if (next.is("static") || next.is("extern")) return result.is_static = true, cursor_.step(), true;
  const bool is_pipe = next.is("pipe") || next.is("__pipe");
  if (is_pipe && result.type.type == nullptr && cursor_.peek(1).is_name())
    return result.is_pipe = true, cursor_.step(), true;
  return cursor_.take_any({"inline", "__inline", "__inline__", "register", "auto", "constexpr", "_Noreturn"});
}

bool declaration_parser::read_qualifier(qualified_type& type) {
  const token& next = cursor_.peek();
  if (!next.is_name()) return false;
  if (cursor_.take_any({"const", "__const", "__const__"})) return type.is_const = true;
  if (cursor_.take_any({"volatile", "__volatile", "__volatile__"})) return type.is_volatile = true;
  if (cursor_.take_any({"restrict", "__restrict", "__restrict__"})) return type.is_restrict = true;
  if (cursor_.take_any({"generic", "__generic", "_Atomic"})) return true;
  if (const auto space = space_of(next)) return type.space = space, cursor_.step(), true;
  if (const auto access = access_of(next)) return type.access = *access, cursor_.step(), true;
  return false;
}

void declaration_parser::set_type(specifiers& result, const type_info* type, std::string spelled) {
  result.type.type = type;
  result.spelled = std::move(spelled);
  result.guessed = false;
}

bool declaration_parser::read_type_name(specifiers& result) {
  const token next = cursor_.peek();
  if (!next.is_name() || (result.type.type != nullptr && !result.guessed)) return false;
  const qualified_type known = types_.find(next.spelling);
  if (known.type != nullptr) {
    set_type(result, known.type, std::string(next.spelling));
    result.type.is_const |= known.is_const;
    result.type.is_volatile |= known.is_volatile;
    result.type.is_restrict |= known.is_restrict;
    if (!result.type.space) result.type.space = known.space;
    if (result.type.access == access_qualifier::none) result.type.access = known.access;
    cursor_.step();
    return true;
  }
  // Nobody declared it. It is a type all the same if a declarator follows, and noise if a type follows.
  const token& after = cursor_.peek(1);
  if (result.guessed || !(after.is_name() || after.is("*"))) return false;
  set_type(result, &types_.add({.name = std::string(next.spelling)}), std::string(next.spelling));
  result.guessed = true;
  cursor_.step();
  return true;
}

void declaration_parser::finish_type(specifiers& result, const std::string& number_words) {
  if (!number_words.empty()) set_type(result, types_.find(one_word(number_words)).type, number_words);
  if (result.type.type == nullptr) return;
  if (result.is_pipe) {
    type_info pipe{.kind = type_kind::opaque, .name = "pipe " + result.type.type->name};
    set_type(result, &types_.add(std::move(pipe)), "pipe " + result.spelled);
  }
}

void declaration_parser::read_record(specifiers& result) {
  const token keyword = cursor_.peek();
  cursor_.step();
  record_rules rules{.is_union = keyword.is("union"), .pack = keyword.pack};
  attributes with;
  read_attributes(with);
  std::string name(keyword.is("union") ? "union" : "struct");
  const bool has_tag = cursor_.peek().is_name();
  if (has_tag) {
    name += ' ';
    name += cursor_.peek().spelling;
    cursor_.step();
  }
  read_attributes(with);
  if (!cursor_.next_is("{")) return set_type(result, &types_.tagged(name), name);

  type_info& record = has_tag ? types_.new_tagged(name) : types_.add(type_info{});
  record.kind = type_kind::record;
  record.name = name;
  std::vector<record_field> fields;
  read_fields(fields);
  read_attributes(with);
  rules.packed = with.packed;
  rules.aligned = with.aligned;
  lay_out(record, fields, rules);
  set_type(result, &record, name);
}

void declaration_parser::read_fields(std::vector<record_field>& fields) {
  const std::size_t close = cursor_.closing(cursor_.at());
  {
    const token_cursor::window inside(cursor_, cursor_.at() + 1, close);
    while (!cursor_.done())
      if (!cursor_.take(";")) read_field(fields);
  }
  cursor_.step();
}

void declaration_parser::read_field(std::vector<record_field>& fields) {
  static const type_info unreadable{};
  const record_field unknown{.type = {.type = &unreadable}};
  specifiers before;
  if (!read_specifiers(before)) {
    fields.push_back(unknown);
    return cursor_.skip_to({";"});
  }
  if (cursor_.next_is(";") && before.type.type->kind == type_kind::record)
    fields.push_back({.type = before.type}); // an anonymous member
  while (!cursor_.done() && !cursor_.next_is(";")) {
    declarator declared;
    const bool named = !cursor_.next_is(":");
    if (named && !read_declarator(before, declared)) {
      fields.push_back(unknown);
      return cursor_.skip_to({";"});
    }
    record_field field{.type = named ? declared.type : before.type};
    field.is_bits = cursor_.next_is(":");
    cursor_.skip_to({",", ";"});
    field.packed = before.with.packed || declared.with.packed;
    field.aligned = std::max(before.with.aligned, declared.with.aligned);
    fields.push_back(field);
    cursor_.take(",");
  }
}

void declaration_parser::read_enumeration(specifiers& result) {
  cursor_.step();
  attributes with;
  read_attributes(with);
  std::string name = "enum";
  if (cursor_.peek().is_name()) {
    name += ' ';
    name += cursor_.peek().spelling;
    cursor_.step();
  }
  bool has_negative = false;
  if (cursor_.next_is("{")) read_enumerators(has_negative);
  const scalar base = has_negative ? scalar::i32 : scalar::u32;
  type_info made{.kind = type_kind::enumeration, .name = name, .size = 4, .align = 4};
  made.element = element_type{base, 1};
  set_type(result, &types_.add(std::move(made)), name);
}

void declaration_parser::read_enumerators(bool& has_negative) {
  const std::size_t close = cursor_.closing(cursor_.at());
  {
    const token_cursor::window inside(cursor_, cursor_.at() + 1, close);
    std::optional<constant> next = constant{0};
    while (!cursor_.done()) {
      const std::string_view name = cursor_.peek().spelling;
      cursor_.step();
      const std::size_t begin = cursor_.at() + 1;
      const bool has_value = cursor_.next_is("=");
      cursor_.skip_to({","});
      if (has_value) next = evaluate(cursor_.slice(begin, cursor_.at()));
      if (next) {
        types_.define_constant(name, *next);
        has_negative |= static_cast<std::int64_t>(next->bits) < 0;
        ++next->bits;
      }
      cursor_.step();
    }
  }
  cursor_.step();
}

void declaration_parser::read_attributes(attributes& result) {
  clc::read_attributes(
      cursor_, [this](std::span<const token> tokens) { return evaluate(tokens); }, result);
}

qualified_type declaration_parser::apply(qualified_type type, const attributes& with) {
  if (type.type->element && with.vector_width != 0)
    type.type = types_.vector_of(*type.type, with.vector_width);
  if (type.type->element && with.vector_bytes != 0)
    type.type = types_.vector_of(*type.type, with.vector_bytes / size_bytes(type.type->element->base));
  return type;
}

bool declaration_parser::read_declarator(const specifiers& before, declarator& result) {
  if (!read_direct(apply(before.type, before.with), result, 0)) return false;
  read_attributes(result.with);
  result.type = apply(result.type, result.with);
  return true;
}

void declaration_parser::read_pointers(qualified_type& type) {
  attributes ignored;
  for (;;) {
    if (cursor_.next_is("*")) {
      type = {.type = types_.pointer_to(type)};
      cursor_.step();
    } else if (begins_attribute(cursor_)) {
      read_attributes(ignored);
    } else if (!read_qualifier(type)) {
      return;
    }
  }
}

bool declaration_parser::read_direct(qualified_type type, declarator& result, int depth) {
  if (depth > deepest_declaration) return false;
  read_pointers(type);
  read_attributes(result.with);
  // "(*x)[4]": what follows the parentheses belongs to the type before what is inside them does.
  const token& first = cursor_.peek(1);
  if (cursor_.next_is("(") && (first.is("*") || first.is("(") || first.is("__attribute__"))) {
    const std::size_t open = cursor_.at(), close = cursor_.closing(open);
    cursor_.move_to(close + 1);
    if (!read_suffixes(type, result, false)) return false;
    const std::size_t after = cursor_.at();
    {
      const token_cursor::window inside(cursor_, open + 1, close);
      if (!read_direct(type, result, depth + 1)) return false;
    }
    cursor_.move_to(after);
    return true;
  }
  if (cursor_.peek().is_name()) {
    const token& name = cursor_.peek();
    result.name = name.spelling;
    result.where = {name.file != nullptr ? *name.file : std::string(), name.line, 0};
    cursor_.step();
  }
  read_attributes(result.with);
  if (!read_suffixes(type, result, true)) return false;
  result.type = type;
  return true;
}

// "[2][3]" or "(parameters)". Sizes apply from the right: an array of 2 arrays of 3.
bool declaration_parser::read_suffixes(qualified_type& type, declarator& result, bool innermost) {
  std::vector<std::span<const token>> sizes;
  while (cursor_.next_is("[")) {
    const std::size_t close = cursor_.closing(cursor_.at());
    sizes.push_back(cursor_.slice(cursor_.at() + 1, close));
    cursor_.skip();
  }
  for (; !sizes.empty(); sizes.pop_back()) {
    const auto count = evaluate(sizes.back());
    const bool is_open = sizes.back().empty();
    type = {.type = is_open ? types_.open_array_of(type)
                            : types_.array_of(type, count ? std::optional(count->bits) : std::nullopt),
            .space = type.space};
  }
  if (!cursor_.next_is("(")) return true;
  if (innermost) {
    result.is_function = true;
    result.parameters_begin = cursor_.at() + 1;
    result.parameters_end = cursor_.closing(cursor_.at());
  }
  cursor_.skip();
  type = {.type = &types_.add({.kind = type_kind::function})};
  return true;
}

void declaration_parser::read_initialiser(declarator& declared) {
  if (!cursor_.take("=")) return;
  const type_info& type = *declared.type.type;
  std::optional<std::uint64_t> count;
  if (type.open && cursor_.next_is("{")) {
    const std::size_t close = cursor_.closing(cursor_.at());
    const token_cursor::window inside(cursor_, cursor_.at() + 1, close);
    count = count_elements(cursor_);
  } else if (type.open && cursor_.peek().kind == token_kind::text) {
    count = cursor_.peek().spelling.size() - 1;
  }
  if (count) declared.type.type = types_.array_of(type.target, count);
  cursor_.skip_to({",", ";"});
}

void declaration_parser::enter(const specifiers& before, const declarator& declared,
                               std::span<const token> initialiser) {
  if (declared.name.empty()) return;
  if (before.is_typedef) {
    qualified_type type = declared.type;
    const std::size_t aligned = std::max(before.with.aligned, declared.with.aligned);
    const bool anonymous =
        type.type->name == "struct" || type.type->name == "union" || type.type->name == "enum";
    if (aligned > type.type->align || anonymous) {
      type_info renamed = *type.type;
      renamed.align = std::max(aligned, renamed.align);
      if (anonymous) renamed.name = declared.name;
      type.type = &types_.add(std::move(renamed));
    }
    types_.define(declared.name, type);
  } else if (declared.type.is_const && declared.type.type->element && !initialiser.empty()) {
    if (const auto value = evaluate(initialiser)) types_.define_constant(declared.name, *value);
  }
}

std::optional<constant> declaration_parser::evaluate(std::span<const token> tokens) {
  if (tokens.empty() || depth_ > deepest_declaration) return std::nullopt;
  ++depth_;
  const auto value = clc::evaluate(tokens, names());
  --depth_;
  return value;
}

expression_names declaration_parser::names() {
  return {[this](std::span<const token> tokens, std::size_t&) {
            return types_.find_constant(tokens[0].spelling);
          },
          [this](std::span<const token> tokens, std::size_t& used) { return size_of_type(tokens, used); }};
}

bool declaration_parser::begins_type() const {
  const token& next = cursor_.peek();
  if (!next.is_name()) return false;
  return is_number_word(next) || space_of(next) || next.is("const") || next.is("volatile")
         || next.is("struct") || next.is("union") || next.is("enum")
         || types_.find(next.spelling).type != nullptr;
}

std::optional<std::uint64_t> declaration_parser::size_of_type(std::span<const token> tokens,
                                                              std::size_t& used) {
  const std::size_t old = cursor_.at(), begin = cursor_.index_of(tokens);
  std::optional<std::uint64_t> size;
  {
    const token_cursor::window here(cursor_, begin, begin + tokens.size());
    specifiers before;
    declarator declared;
    if (begins_type() && read_specifiers(before) && read_declarator(before, declared)
        && declared.name.empty()) {
      size = declared.type.type->size;
      used = cursor_.at() - begin;
    }
  }
  cursor_.move_to(old);
  return size;
}

} // namespace clotho::detail::clc
