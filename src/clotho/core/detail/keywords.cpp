// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/keywords.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace clotho::detail::clc {
namespace {

bool has_word(std::string_view words, std::string_view word) {
  const std::size_t at = words.find(word);
  return at != std::string_view::npos && (at == 0 || words[at - 1] == ' ');
}

} // namespace

bool is_number_word(const token& t) {
  constexpr std::array<std::string_view, 12> words{"unsigned", "signed", "char", "short", "int",  "long",
                                                   "float",    "double", "half", "void",  "bool", "_Bool"};
  return t.is_name() && std::find(words.begin(), words.end(), t.spelling) != words.end();
}

std::string one_word(std::string_view words) {
  for (const std::string_view plain : {"float", "double", "half", "void", "bool"})
    if (has_word(words, plain)) return std::string(plain);
  if (has_word(words, "_Bool")) return "bool";
  std::string name = "int";
  for (const std::string_view sized : {"char", "short", "long"})
    if (has_word(words, sized)) name = sized;
  return (has_word(words, "unsigned") ? "u" : "") + name;
}

std::optional<address_space> space_of(const token& t) {
  std::string_view name = t.spelling;
  if (!t.is_name()) return std::nullopt;
  if (name.starts_with("__")) name.remove_prefix(2);
  if (name == "global") return address_space::global;
  if (name == "constant") return address_space::constant;
  if (name == "local") return address_space::local;
  if (name == "private") return address_space::private_memory;
  return std::nullopt;
}

std::optional<access_qualifier> access_of(const token& t) {
  std::string_view name = t.spelling;
  if (!t.is_name()) return std::nullopt;
  if (name.starts_with("__")) name.remove_prefix(2);
  if (name == "read_only") return access_qualifier::read_only;
  if (name == "write_only") return access_qualifier::write_only;
  if (name == "read_write") return access_qualifier::read_write;
  return std::nullopt;
}

} // namespace clotho::detail::clc
