#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <clotho/job/expect.hpp>
#include <clotho/job/search.hpp>

#include "kernel_options.hpp"
#include "progress_bar.hpp"
#include "tune_options.hpp"
#include "tuner.hpp"

namespace clotho::tool {

/// What `clotho tune` was asked for.
struct tune_command {
  kernel_options kernel;
  std::vector<std::string> primitives, types, sizes; ///< instead of a kernel
  std::string selector, strategy, budget;
  std::vector<std::string> parameters;
  std::filesystem::path log;
  std::uint64_t seed = 1;
  double seconds = 0.2, build_timeout = 0;
  job::tolerance allowed{0, 1e-5};
  bool no_save = false, no_cache = false, json = false;
};

/// The order in which choices are tried; without a wish all of them while that is affordable. Throws
/// argument_error. `space` must outlive it.
[[nodiscard]] std::unique_ptr<job::search> search_of(const tune_command& given,
                                                     const job::tuning_space& space);

/// Throws argument_error.
[[nodiscard]] tuner_options options_of(const tune_command& given, progress_bar& bar,
                                       const job::tuning_space& space);

} // namespace clotho::tool
