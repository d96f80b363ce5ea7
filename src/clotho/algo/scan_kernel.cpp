// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/scan_kernel.hpp>

#include <array>
#include <cstdint>
#include <vector>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/segmented_tiles.hpp>
#include <clotho/algo/detail/snippet_call.hpp>
#include <clotho/algo/detail/splice.hpp>
#include <clotho/algo/kernels/scan_snippets.hpp>
#include <clotho/algo/kernels/segmented_scan.hpp>
#include <clotho/core/error.hpp>

namespace clotho {

namespace {

using namespace detail;

std::string functions(const scan_text& text) {
  const std::array<snippet, 6> parts{{{"preamble", "preamble of the scan", text.preamble},
                                      {"input", "input of the scan", text.input},
                                      {"combine", "combine of the scan", text.combine},
                                      {"neutral", "neutral of the scan", text.neutral},
                                      {"head", "head of the scan", text.head},
                                      {"output", "output of the scan", text.output}}};
  return splice(kernels::scan_snippets, parts).text;
}

primitive_request describe(const placement& where, scalar type, const snippet_signature& arguments,
                           const std::string& preamble, const parameters& tuning) {
  primitive_request wanted{type_macros(where, type, "scan_kernel"), segmented_tiles::kernels(tuning.shape())};
  wanted.defines.emplace_back("ARGUMENTS", parameter_text(arguments));
  wanted.defines.emplace_back("ARGUMENT_NAMES", name_text(arguments));
  wanted.preamble = preamble;
  return wanted;
}

} // namespace

scan_kernel::scan_kernel(const placement& where, scalar type, const scan_text& text)
    : where_(where), type_(type),
      // What the template calls its own where the arguments are in scope.
      arguments_(parse_snippet_signature(text.arguments,
                                         {"i",     "item",       "before",    "after", "sum",     "has_head",
                                          "head",  "sums",       "heads",     "count", "begin",   "end",
                                          "tile",  "at",         "left",      "carry", "carries", "cut",
                                          "parts", "part_heads", "exclusive", "fold"})),
      preamble_(functions(text)) {
  if (arguments_.empty())
    throw argument_error("a scan of nothing: name the arguments that its input and output use");
}

future<void> scan_kernel::run(std::optional<std::size_t> count,
                              std::span<const flow_argument> arguments) const {
  const std::uint64_t n = indices_of_call("scan_kernel", arguments_, arguments, count);
  if (n == 0) return nothing_to_do(where_);
  const std::string key = preamble_ + "\n" + parameter_text(arguments_) + short_name(type_);
  const primitive& with =
      primitive_for(where_, {kernels::segmented_scan, 0, key}, "scan", type_, [&](const parameters& tuning) {
        return describe(where_, type_, arguments_, preamble_, tuning);
      });
  return segmented_tiles(where_, with, type_, n).launch(arguments, arguments, 0);
}

} // namespace clotho
