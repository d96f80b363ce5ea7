#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

namespace clotho::detail {

/// The value of a Python literal as NumPy headers hold them; data only, nothing is ever evaluated.
struct python_literal {
  enum class kind { name, integer, string, sequence, dictionary };

  kind what = kind::name;
  std::string text; ///< "True", "None"; digits with an optional minus; the string's characters
  std::vector<python_literal> items; ///< of a tuple or list; of a dictionary: key, value, key, value, ...
};

/// Parses the whole of `text`: names, integers (also Python 2's 3L), strings, tuples, lists and dictionaries.
/// Throws format_error about `file` with the byte where it went wrong.
[[nodiscard]] python_literal parse_python_literal(std::string_view text, const std::string& file);

} // namespace clotho::detail
