// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/range_queries.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <clotho/core/detail/constant_expression.hpp>

namespace clotho::detail::clc {
namespace {

template <std::size_t N>
bool begins_with_any(std::string_view name, const std::array<std::string_view, N>& of) {
  return std::any_of(of.begin(), of.end(), [&](std::string_view prefix) { return name.starts_with(prefix); });
}

constexpr std::array<std::string_view, 11> group_prefixes{"barrier",
                                                          "work_group_",
                                                          "sub_group_",
                                                          "async_work_group_",
                                                          "wait_group_events",
                                                          "intel_sub_group_",
                                                          "get_sub_group_",
                                                          "get_num_sub_groups",
                                                          "get_max_sub_group_",
                                                          "get_enqueued_num_sub_groups",
                                                          "__local"};
constexpr std::array<std::string_view, 5> place_free{"get_image_", "get_pipe_", "get_fence",
                                                     "get_default_queue", "get_kernel_"};
constexpr std::array<std::string_view, 3> assembly{"asm", "__asm", "__asm__"};
constexpr std::array<std::string_view, 12> integer_types{"char",   "uchar",     "short",    "ushort",
                                                         "int",    "uint",      "long",     "ulong",
                                                         "size_t", "ptrdiff_t", "unsigned", "signed"};

template <std::size_t N> bool is_one_of(std::string_view name, const std::array<std::string_view, N>& of) {
  return std::find(of.begin(), of.end(), name) != of.end();
}

std::optional<range_query> query_named(std::string_view name) {
  for (unsigned i = 0; i < static_cast<unsigned>(range_query::group_function); ++i)
    if (name == to_string(static_cast<range_query>(i))) return static_cast<range_query>(i);
  if (name == "local" || begins_with_any(name, group_prefixes)) return range_query::group_function;
  if (is_one_of(name, assembly)) return range_query::unknown;
  return std::nullopt;
}

// What stands between the parentheses at the beginning of `tokens`; empty when there are none.
std::span<const token> argument_of(std::span<const token> tokens) {
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is("(")) ++depth;
    if (tokens[i].is(")")) --depth;
    if (depth == 0) return i == 0 ? std::span<const token>{} : tokens.subspan(1, i - 1);
  }
  return {};
}

// The type of a cast, of size unknown: then the value stays as it is.
std::optional<std::uint64_t> integer_type(std::span<const token> tokens, std::size_t& used) {
  while (used < tokens.size() && is_one_of(tokens[used].spelling, integer_types)) ++used;
  return used == 0 ? std::nullopt : std::optional<std::uint64_t>(0);
}

// No names: a constant of the program may be hidden by a variable of the function.
std::optional<unsigned> dimension_in(std::span<const token> argument) {
  const std::optional<constant> value = evaluate(argument, {.value = {}, .type_size = integer_type});
  if (!value || value->bits > 2) return std::nullopt;
  return static_cast<unsigned>(value->bits);
}

} // namespace

void note_range_queries(std::span<const token> tokens, range_use& use) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is_name()) continue;
    const std::optional<range_query> query = query_named(tokens[i].spelling);
    if (!query) continue;
    if (const auto dimension = dimension_in(argument_of(tokens.subspan(i + 1))))
      use.add(*query, *dimension);
    else
      use.add(*query);
  }
}

bool may_be_range_query(std::string_view name) {
  return name.starts_with("get_") && !query_named(name) && !begins_with_any(name, place_free);
}

} // namespace clotho::detail::clc
