#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/job/condition.hpp>
#include <clotho/job/expression.hpp>
#include <clotho/job/value.hpp>

namespace clotho::job {

/// What a kernel file says about its own use, in a comment that every compiler ignores:
///
///   // /// clotho
///   // kernel = "saxpy"
///   // global = ["n"]
///   // local = [64]                                  (optional)
///   // args = { n = 1048576, a = 2.0, x = "rand:n", y = "rand:n" }
///   // defines = { T = "float" }                     (optional)
///   // print = ["y"]                                 (optional: shown when nothing else is asked)
///   // tune = { WG = [64, 32, 128], UNROLL = [1, 2] } (for `clotho tune`: macros, defined as their first choice
///   //                                                unless `defines` says otherwise)
///   // restrictions = ["WG * UNROLL <= 256"]         (of what is tuned, scalars and numbers among the macros)
///   // flops = "2*n"                                 (of one launch)
///   // bytes = "12*n"
///   // ///
struct front_matter {
  std::string kernel; ///< empty: the only kernel there is
  std::vector<expression> global;
  std::vector<expression> local;                        ///< empty: clotho's choice
  std::vector<std::pair<std::string, value>> arguments; ///< defaults
  std::vector<std::pair<std::string, std::string>> defines;
  std::vector<std::string> print;
  std::map<std::string, std::vector<std::string>> tune;
  std::vector<condition> restrictions;
  std::optional<expression> flops, bytes;
};

/// Reads the block out of a kernel file's text; empty when there is none. Throws format_error with the line
/// and column in the file (unknown keys too, with the nearest known one).
[[nodiscard]] std::optional<front_matter> read_front_matter(std::string_view text, std::string_view file);

} // namespace clotho::job
