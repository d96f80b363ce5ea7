#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/detail/attributes.hpp>
#include <clotho/core/detail/token_cursor.hpp>
#include <clotho/core/detail/type_table.hpp>

namespace clotho::detail::clc {

/// What stands before the declarators: "static const __global struct ray".
struct specifiers {
  qualified_type type;
  std::string spelled;  ///< the type without its qualifiers
  bool guessed = false; ///< the type is a name nobody declared
  bool is_kernel = false;
  bool is_typedef = false;
  bool is_static = false; ///< or extern: lives elsewhere than on the stack
  bool is_pipe = false;
  attributes with;
};

/// A name and the type it gets: "*x[4]".
struct declarator {
  std::string_view name;
  source_location where;
  qualified_type type;
  bool is_function = false;
  std::size_t parameters_begin = 0, parameters_end = 0; ///< token positions inside the parentheses
  attributes with;
};

/// Reads declarations of OpenCL C at a cursor and enters the types they define. Everything here returns false
/// where the tokens make no sense, with the cursor somewhere at or behind the problem.
class declaration_parser {
 public:
  declaration_parser(token_cursor& cursor, type_table& types) : cursor_(cursor), types_(types) {}

  [[nodiscard]] bool read_specifiers(specifiers& result);
  [[nodiscard]] bool read_declarator(const specifiers& before, declarator& result);
  /// Attributes, asm labels: what may follow a declarator.
  void read_attributes(attributes& result);
  /// Skips "= ..." and lets it count an open array's elements.
  void read_initialiser(declarator& declared);
  /// Remembers a typedef, or a constant that array sizes may use.
  void enter(const specifiers& before, const declarator& declared, std::span<const token> initialiser);

  [[nodiscard]] std::optional<constant> evaluate(std::span<const token> tokens);

 private:
  [[nodiscard]] bool read_specifier(specifiers& result, std::string& number_words);
  [[nodiscard]] bool read_qualifier(qualified_type& type);
  [[nodiscard]] bool read_storage(specifiers& result);
  [[nodiscard]] bool read_type_name(specifiers& result);
  void set_type(specifiers& result, const type_info* type, std::string spelled);
  void finish_type(specifiers& result, const std::string& number_words);

  void read_record(specifiers& result);
  void read_fields(std::vector<record_field>& fields);
  void read_field(std::vector<record_field>& fields);
  void read_enumeration(specifiers& result);
  void read_enumerators(bool& has_negative);

  void read_pointers(qualified_type& type);
  [[nodiscard]] bool read_direct(qualified_type type, declarator& result, int depth);
  [[nodiscard]] bool read_suffixes(qualified_type& type, declarator& result, bool innermost);
  [[nodiscard]] qualified_type apply(qualified_type type, const attributes& with);

  [[nodiscard]] expression_names names();
  [[nodiscard]] std::optional<std::uint64_t> size_of_type(std::span<const token> tokens, std::size_t& used);
  [[nodiscard]] bool begins_type() const;

  token_cursor& cursor_;
  type_table& types_;
  int depth_ = 0;
};

} // namespace clotho::detail::clc
