#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/detail/declaration_parser.hpp>
#include <clotho/core/detail/token_cursor.hpp>
#include <clotho/core/detail/type_table.hpp>
#include <clotho/core/range_use.hpp>

namespace clotho::detail::clc {

/// A parameter of a kernel.
struct parameter {
  std::string name;
  std::string spelled;
  qualified_type type;
};

/// A function with a body.
struct function_outline {
  std::string_view name;
  source_location where;
  bool is_kernel = false;
  std::array<std::size_t, 3> required_local{};
  std::optional<std::vector<parameter>> parameters; ///< of kernels, when they can be read
  std::set<std::string_view> calls;
  std::size_t array_bytes = 0; ///< private arrays of constant size
  bool unsized_array = false;
  range_use range = range_use::nothing();
};

/// The functions that a program defines, and what matters of their bodies.
class program_outline {
 public:
  explicit program_outline(std::span<const token> tokens);

  [[nodiscard]] const std::vector<function_outline>& functions() const noexcept { return functions_; }
  /// The functions that `from` may call, directly or not, and itself.
  [[nodiscard]] std::vector<const function_outline*> reachable(const function_outline& from) const;
  [[nodiscard]] bool defines(std::string_view name) const { return by_name_.contains(name); }
  /// What is asked outside of these functions, as in a function that cannot be read: anybody may come there.
  [[nodiscard]] const range_use& range_elsewhere() const noexcept { return range_elsewhere_; }

 private:
  void read_file();
  [[nodiscard]] bool skip_wrapper();
  [[nodiscard]] bool read_declaration();
  void recover(std::size_t begin);
  void read_function(const specifiers& before, const declarator& declared);
  [[nodiscard]] bool read_parameters(const declarator& declared, std::vector<parameter>& parameters);
  [[nodiscard]] bool read_parameter(parameter& result);
  [[nodiscard]] bool guess_parameter(std::span<const token> tokens, parameter& result);
  void read_body(function_outline& function);
  void read_local_declaration(function_outline& function);
  void count_array(const specifiers& before, const declarator& declared, function_outline& function);
  [[nodiscard]] bool begins_declaration() const;

  type_table types_;
  token_cursor cursor_;
  declaration_parser parser_;
  std::vector<function_outline> functions_;
  std::multimap<std::string_view, std::size_t> by_name_;
  std::map<std::string_view, std::array<std::size_t, 3>> required_local_; // from prototypes too
  range_use range_elsewhere_ = range_use::nothing();
  std::size_t functions_end_ = 0; // of the last function read
};

} // namespace clotho::detail::clc
