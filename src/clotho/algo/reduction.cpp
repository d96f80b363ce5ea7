// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/reduction.hpp>

#include <array>
#include <list>

#include <clotho/algo/detail/lane_tiles.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/snippet_call.hpp>
#include <clotho/algo/detail/splice.hpp>
#include <clotho/algo/kernels/reduction.hpp>
#include <clotho/algo/kernels/reduction_snippets.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t most_results = 4;
constexpr std::size_t group_of_parts = 64; // as cl/reduction.cl has it

// The user's functions; results that are not there are left out by #if.
std::string functions(std::span<const reduction_output> outputs, std::string_view preamble) {
  std::list<std::string> kept; // names, where they stay
  std::vector<snippet> parts{{"preamble", "preamble of the reduction", preamble}};
  const auto add = [&](const char* what, std::size_t k, std::string_view text) {
    const std::string number = std::to_string(k);
    const std::string_view place = kept.emplace_back(std::string(what) + "_" + number);
    parts.push_back(
        {place, kept.emplace_back(std::string(what) + " of result " + std::to_string(k + 1)), text});
  };
  for (std::size_t k = 0; k < most_results; ++k) {
    const reduction_output output = k < outputs.size() ? outputs[k] : reduction_output{.map = "0"};
    add("map", k, output.map);
    add("combine", k, output.combine);
    add("neutral", k, output.neutral);
  }
  return splice(kernels::reduction_snippets, parts).text;
}

primitive_request describe(const placement& where, const snippet_signature& arguments,
                           std::span<const scalar> types, const std::string& preamble,
                           const parameters& tuning) {
  primitive_request wanted{{{"ARGUMENTS", parameter_text(arguments)},
                            {"ARGUMENT_NAMES", name_text(arguments)},
                            {"RESULTS", std::to_string(types.size())}},
                           {}};
  for (const scalar type : types) {
    require_type(where, type, "reduction");
    wanted.defines.emplace_back("R" + std::to_string(wanted.defines.size() - 3), opencl_name({type, 1}));
  }
  if (tuning.shape() == shape::cpu)
    wanted.kernels = {"reduction_cpu", "reduction_parts_cpu"};
  else
    wanted.kernels = {"reduction_gpu", "reduction_parts_gpu"};
  wanted.preamble = preamble;
  return wanted;
}

std::vector<flat> some(const placement& where, std::span<const scalar> types, std::size_t count) {
  std::vector<flat> made;
  for (const scalar type : types) made.push_back(temporary(where, type, count));
  return made;
}

} // namespace

reduction_program::reduction_program(const placement& where, std::string_view arguments,
                                     std::span<const reduction_output> outputs, std::span<const scalar> types,
                                     std::string_view preamble)
    : where_(where), arguments_(parse_snippet_signature(arguments, {"i"})),
      types_(types.begin(), types.end()) {
  if (arguments_.empty())
    throw argument_error("a reduction of nothing: name the arguments that its map uses");
  if (outputs.size() != types.size())
    throw argument_error("a reduction to " + std::to_string(types.size())
                         + " types needs as many results, not " + std::to_string(outputs.size()));
  preamble_ = functions(outputs, preamble);
}

std::vector<flat> reduction_program::run(std::optional<std::size_t> count,
                                         std::span<const flow_argument> arguments) const {
  const std::uint64_t n = indices_of_call("reduction", arguments_, arguments, count);
  std::string key = preamble_ + "\n" + parameter_text(arguments_);
  for (const scalar type : types_) key += short_name(type);
  const primitive& with = primitive_for(
      where_, {kernels::reduction, 0, key}, "reduction", types_[0],
      [&](const parameters& tuning) { return describe(where_, arguments_, types_, preamble_, tuning); });
  const std::uint64_t tiles = lane_tiles::count(n);
  const std::vector<flat> parts = some(where_, types_, tiles == 0 ? 1 : tiles),
                          results = some(where_, types_, 1);
  std::vector<flow_argument> all(arguments.begin(), arguments.end()), last{flow_argument(tiles)};
  for (const flat& each : parts) all.emplace_back(out(each.bytes));
  all.emplace_back(n);
  if (n > 0)
    where_.owner().launch(with.kernels[0], lane_tiles::range(with, n), std::span<const flow_argument>(all));
  for (const flat& each : parts) last.emplace_back(in(each.bytes));
  for (const flat& each : results) last.emplace_back(out(each.bytes));
  where_.owner().launch(with.kernels[1],
                        with.shape == shape::cpu ? one_by_one(1) : groups_of(group_of_parts, 1),
                        std::span<const flow_argument>(last));
  return results;
}

} // namespace clotho::detail
