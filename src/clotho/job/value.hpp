#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/job/array_file.hpp>
#include <clotho/job/expression.hpp>
#include <clotho/job/host_array.hpp>

namespace clotho::job {

/// "1024", "2.5", "0x10", "1,2,3,4", "$sigma * 2": numbers, or an expression over parameters, kept as text
/// until the argument's type is known; see substitute() and parse_scalar().
struct literal {
  std::vector<std::string> numbers;
};

/// "@x.npy", "@all.npz:x", "@x.bin,f32,1024x4", "@-". From the end, ",type,shape" or ",type" is taken off,
/// then
/// ":member" after the last ".npz"; all else, commas and colons too, is the file's name.
struct file_input {
  std::filesystem::path path; ///< "-" is standard input (npy, or raw with a type)
  array_hint hint;
};

/// "zeros:1024x4", "fill:n,value=3", "iota:n", "rand:n,lo=0,hi=1,seed=7", "randn:n,seed=1", "like:y". An
/// empty shape takes the range of the launch.
///
/// Names may contain an 'x', so it separates only decimal numbers and sizes in parentheses: "1024x4",
/// "(2*n)x4". Any other shape is one expression: "nx" is a name.
struct generator {
  enum class kind { zeros, fill, iota, uniform, normal, like };
  kind what = kind::zeros;
  std::vector<expression> shape; ///< outermost first, as NumPy writes it
  std::string like;              ///< the array whose type and shape to take
  double value = 0;              ///< fill
  double low = 0, high = 1;      ///< uniform
  std::uint64_t seed = 0;
  std::optional<scalar> type; ///< ",type=f64": otherwise the argument's
};

/// "local:4K": memory of a work-group.
struct local_size {
  expression bytes;
};

/// "null".
struct null_pointer {};

/// "sampler:linear,repeat,normalized": words in any order; nearest, clamp_to_edge, pixel coordinates unless
/// said otherwise.
struct sampler_value {
  bool linear = false;
  bool normalized = false;
  std::string address = "clamp_to_edge"; ///< none, clamp_to_edge, clamp, repeat, mirrored_repeat
};

/// In pipelines: the name of a buffer.
struct buffer_name {
  std::string name;
};

/// What a kernel argument or a buffer is given.
using value =
    std::variant<literal, file_input, generator, local_size, null_pointer, sampler_value, buffer_name>;

/// Reads one value as the command line takes it. Throws argument_error that shows the text, what is wrong
/// with it and the nearest right form.
[[nodiscard]] value parse_value(std::string_view text);

/// "name=value" split at the first '='. Throws argument_error when there is no name.
struct named_value {
  std::string name;
  value what;
};
[[nodiscard]] named_value parse_named_value(std::string_view text);

/// The array a generator describes. `shape` and `type` as resolved by the caller; like gives zeros. rand is
/// from `low` on and below `high`, or both included for integers, and the same on every machine: Philox
/// 4x32-10 over the element's index, so that a slice does not depend on the whole. randn, by Box and Muller,
/// differs in the last bits where libraries do. Throws argument_error for a value that `type` cannot hold,
/// and for randn of integers.
[[nodiscard]] host_array generate(const generator& recipe, scalar type, std::vector<std::size_t> shape);

/// A number written in text, as an element of `type`: integers in decimal or 0x, floats also nan, inf and
/// -inf. Throws argument_error when it is no number or does not fit: "300 does not fit a uchar (0 to 255)".
[[nodiscard]] host_array parse_scalar(std::string_view text, scalar type);

} // namespace clotho::job
