#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/signature.hpp>
#include <clotho/job/front_matter.hpp>
#include <clotho/job/pipeline.hpp>
#include <clotho/runtime/program.hpp>

namespace clotho::job::detail {

/// A step with the text it runs: nothing here needs a device.
struct step_source {
  step_spec step; ///< kernel chosen; sizes, flops and bytes from front matter where the step says nothing
  build_request request;
  std::vector<kernel_signature> kernels; ///< as the source tells
};

/// Reads the source of a step. Throws io_error, format_error (front matter), argument_error (no such kernel,
/// or several and none named).
[[nodiscard]] step_source read_step(const step_spec& step, const device_info* target = nullptr);

/// The name of the kernel meant: `wanted`, or the only one. Throws argument_error that lists what there is.
[[nodiscard]] std::string choose_kernel(std::string_view wanted, std::span<const kernel_signature> kernels,
                                        const std::string& file);

/// The kernels of a program as `target` will see them, or a device of OpenCL 1.2 with nothing special.
[[nodiscard]] std::vector<kernel_signature>
signatures_of(const source_text& source, const macro_list& defines, const device_info* target = nullptr);

/// Whether front matter speaks of this kernel.
[[nodiscard]] bool speaks_of(const front_matter& notes, std::string_view kernel);

/// "job.toml:12:1: step 'blur': ", or nothing for a bare kernel.
[[nodiscard]] std::string label_of(const step_spec& step);

} // namespace clotho::job::detail
