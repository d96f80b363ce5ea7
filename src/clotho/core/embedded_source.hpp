#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <clotho/core/source.hpp>

namespace clotho {

/// OpenCL C text inside the program, with its includes, as clotho_add_kernels puts it there. Pass it where
/// source_text is taken: rt.build(kernels::saxpy). Constants of static storage; two are the same text when
/// they are the same object.
struct embedded_source {
  std::string_view name; ///< the file it comes from, as messages call it
  std::string_view text; ///< flattened

  operator source_text() const { return {std::string(name), std::string(text), {}}; } // NOLINT: it is one
};

} // namespace clotho
