#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>
#include <vector>

#include <clotho/job/detail/workspace.hpp>

namespace clotho::job::detail {

/// A file to be written from an array.
struct output {
  std::string array;
  std::filesystem::path path;
};

/// The outputs of a job. Throws before anything has run: io_error when a file could not be written
/// (no such folder, no permission), argument_error when two arrays go to one file.
[[nodiscard]] std::vector<output> check_outputs(const pipeline& job);

/// Throws argument_error when the array is one that no step writes, or does not fit its file's format.
void check_output(const output& wanted, const job_array& array, const workspace& work);

} // namespace clotho::job::detail
