#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/detail/lexer.hpp>

namespace clotho::detail::clc {

/// A set of macro names as a list that shares its tail with others.
struct hidden_macro {
  std::string_view name;
  const hidden_macro* rest;
};

/// Macros and their expansion, after Prosser's algorithm: each token knows the macros it may not expand
/// again. Work is bounded, so that a few lines that ask for 2^30 tokens end soon.
class macro_expander {
 public:
  explicit macro_expander(std::size_t budget) : budget_(budget) {}

  /// From the tokens behind "#define".
  void define(std::span<const token> definition);
  void undefine(std::string_view name) { macros_.erase(name); }
  [[nodiscard]] bool is_defined(std::string_view name) const;

  [[nodiscard]] token_list expand(std::span<const token> tokens) { return expand(tokens, 0); }
  /// The budget is used up: later expansions are incomplete.
  [[nodiscard]] bool exhausted() const noexcept { return budget_ == 0; }
  /// Keeps text that tokens refer to.
  [[nodiscard]] const std::string& keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  struct macro {
    bool function_like = false;
    bool variadic = false; // the last parameter takes all further arguments
    std::vector<std::string_view> parameters;
    token_list body;
  };
  struct call {
    std::vector<token_list> arguments;
    token closing;
  };

  token_list expand(std::span<const token> tokens, int depth);
  bool expand_one(const token& name, token_list& pending, int depth);
  bool expand_builtin(const token& name, token_list& pending);
  bool take_call(const macro& target, token_list& pending, call& result);
  token_list substitute(const macro& target, const call& arguments, int depth);
  token_list argument(const call& arguments, std::size_t parameter, bool pasted, int depth);
  void paste(token_list& result, const token_list& piece, bool variadic);
  token stringize(const token_list& argument);
  bool spend(std::size_t work);
  bool hides(const hidden_macro* set, std::string_view name);
  const hidden_macro* add(const hidden_macro* set, std::string_view name);
  const hidden_macro* unite(const hidden_macro* a, const hidden_macro* b);
  const hidden_macro* intersect(const hidden_macro* a, const hidden_macro* b);

  std::map<std::string_view, macro> macros_;
  std::deque<std::string> texts_;
  std::deque<hidden_macro> hidden_;
  std::size_t budget_;
  unsigned counter_ = 0;
};

} // namespace clotho::detail::clc
