#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <clotho/flow/runtime.hpp>
#include <clotho/job/run.hpp>

namespace clotho::tool {

/// Which kernel, on which data, built how: what the commands that run kernels take alike.
struct kernel_options {
  std::string target, global, local, offset, standard, options;
  std::vector<std::string> values, defines, expect;
  std::vector<std::filesystem::path> folders;
  bool round_up = false;
};
/// NAME=VALUE, any number of times, behind the target.
void add_values(CLI::App& command, kernel_options& given);
/// -g, -l, --offset, --round-up, -D, -I, --std, --options.
void add_kernel_options(CLI::App& command, kernel_options& given);
void add_expect_option(CLI::App& command, kernel_options& given);

struct target_name {
  std::filesystem::path file;
  std::string kernel; ///< empty: not said
};
/// "file.cl:kernel"; a file whose name has a colon in it is still a file.
[[nodiscard]] target_name split_target(const std::string& text);
[[nodiscard]] bool is_pipeline(const std::filesystem::path& file);

/// What --expect takes. Throws argument_error.
[[nodiscard]] job::expectation parse_expectation(const std::string& text);

/// The options read. Throws argument_error.
[[nodiscard]] job::bare_kernel make_bare_kernel(const kernel_options& given, const target_name& target);

/// --tuned.
void add_tuned_flag(CLI::App& command, bool& tuned);
/// Defines what `clotho tune` found best for the kernel on the device, or on the nearest one it knows, unless
/// -D defines it already. A note says what, unless `quiet`; without a record there is a warning, and the defaults stay.
void apply_tuning(job::bare_kernel& what, const device_info& device, bool quiet = false);

/// A runtime whose devices tell times and whose warnings go to standard error, with the cache of the
/// environment.
[[nodiscard]] runtime_options measuring_runtime(const std::string& selector, bool use_cache);

} // namespace clotho::tool
