#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/job/value.hpp>

namespace clotho::job {

/// Names and texts, as a pipeline's [params].
using parameter_list = std::vector<std::pair<std::string, std::string>>;

/// Replaces each "$name" and "${name}" ("$$" is a dollar sign), and when arithmetic over numbers is what
/// results, such as "$sigma * 2", calculates it. A number alone stays as it is written; texts are not
/// replaced again.
/// Throws argument_error for a name that is no parameter, with the nearest one, and for division by zero.
[[nodiscard]] std::string substitute(std::string_view text, const parameter_list& parameters);

/// The same for each number of a literal. A parameter "1,2,3" gives three numbers.
[[nodiscard]] literal substitute(const literal& numbers, const parameter_list& parameters);

/// The names that a text mentions as "$name" or "${name}". Throws argument_error for a '$' without a name.
[[nodiscard]] std::vector<std::string> parameters_in(std::string_view text);

} // namespace clotho::job
