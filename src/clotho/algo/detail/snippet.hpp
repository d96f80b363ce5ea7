#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/element_type.hpp>

namespace clotho::detail {

/// One argument that a user's snippet of OpenCL C may use.
struct snippet_argument {
  std::string name;
  scalar type = scalar::f32; ///< of the value, or of what is pointed to
  bool is_pointer = false;
  bool is_const = false; ///< the value, or what is pointed to, is not written

  friend bool operator==(const snippet_argument&, const snippet_argument&) = default;
};

using snippet_signature = std::vector<snippet_argument>;

/// Reads "float a, const float* x, float* y": scalars by value, and pointers to them, which are to global
/// memory whether that is said or not. `const` and `restrict` may be said, types as C or OpenCL names them.
/// An empty text is no arguments.
///
/// Throws argument_error that says what is wrong with which argument, and at which character of the text:
/// types that are none and vectors, names that are missing, taken twice, words of the language, or among
/// `reserved`; values of half, which no kernel takes.
[[nodiscard]] snippet_signature
parse_snippet_signature(std::string_view arguments, std::initializer_list<std::string_view> reserved = {});

/// The arguments as parameters of a kernel or a function: "float a, __global const float* x".
[[nodiscard]] std::string parameter_text(const snippet_signature& arguments);
/// Their names, to call such a function: "a, x".
[[nodiscard]] std::string name_text(const snippet_signature& arguments);

} // namespace clotho::detail
