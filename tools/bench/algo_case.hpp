#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clotho::bench {

/// What is computed. Inputs and results are those of algo_work.hpp.
enum class algo {
  saxpy,    ///< y = y + a x
  fused,    ///< an expression of five arrays
  reduce,   ///< the sum, on the host
  scan,     ///< exclusive, of 32-bit words
  sort_u32, ///< in place
  sort_f32,
  sort_u64,
  sort_pairs, ///< 32-bit keys, 32-bit values
  sgemm,      ///< of square row-major matrices; beta is 0
  dgemm,
  histogram, ///< of bytes
  transpose, ///< of a square matrix of float
  stencil,   ///< 5 points, a square grid of float
  n_body,    ///< accelerations, all pairs
  philox,    ///< random 32-bit words
  uniform,   ///< random floats between 0 and 1
  normal,    ///< normally distributed random floats
  fft,       ///< complex to complex, float, forward, out of place
  spmv_banded,
  spmv_random
};

/// How much one run does: 8e6 bytes are {8e6, "GB/s"}.
struct algo_work {
  double amount = 0;
  const char* unit = "";
};

struct algo_case {
  algo what = algo::saxpy;
  std::size_t n = 0;     ///< elements, rows of a matrix, bodies, length of a transform
  std::size_t batch = 1; ///< transforms

  /// "sort u32 10M", "fft 1024 x 1024".
  [[nodiscard]] std::string name() const;
  [[nodiscard]] algo_work work() const;
};

/// "sort u32": the beginning of its cases' names.
[[nodiscard]] std::string_view name_of(algo what);
[[nodiscard]] std::optional<algo> algo_named(std::string_view name);

/// All cases; or, where `tiny`, one of each kind that is so small that all of it takes seconds.
[[nodiscard]] std::vector<algo_case> algo_cases(bool tiny);
/// Those whose name begins with one of the words: "sort", "sort u32", "sort u32 1M"; all without words.
/// Throws argument_error for a word that begins none.
[[nodiscard]] std::vector<algo_case> chosen_cases(const std::vector<algo_case>& from,
                                                  const std::vector<std::string>& words);

} // namespace clotho::bench
