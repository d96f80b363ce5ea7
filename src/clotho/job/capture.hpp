#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/source.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/job/host_array.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/nd_range.hpp>
#include <clotho/runtime/program.hpp>

namespace clotho::job {

/// A launch that a runtime has saved (see capture_options): all that is needed to launch it again.
struct capture {
  struct buffer {
    std::string name;                ///< of the first argument it is, after that one's number: "1_x"
    std::optional<clotho::detail::image_layout> image; ///< empty: a buffer
    host_array before;               ///< of the elements' scalars, or of bytes
    std::optional<host_array> after; ///< empty when the kernel only reads it
  };
  struct argument {
    std::string name;
    clotho::detail::bound kind;
    element_type type{};    ///< of scalars and vectors
    os::bytes value{};      ///< of scalars, vectors and structs
    std::size_t size = 0;   ///< of local memory, in bytes
    std::size_t buffer = 0; ///< which of the buffers and images
    sampling how{};         ///< of samplers
  };

  std::filesystem::path folder;
  std::string kernel;
  std::string device, driver; ///< where it was launched
  source_text source;
  build_options options;
  nd_range range{0};
  std::vector<buffer> buffers;
  std::vector<argument> arguments;
};

/// Reads the folder of a capture. Only files in the folder itself are read, links are not followed, and nothing is
/// allocated before a file is known to be as large as the description says. Throws io_error for what cannot be read,
/// format_error for what is no capture.
[[nodiscard]] capture read_capture(const std::filesystem::path& folder);

} // namespace clotho::job
