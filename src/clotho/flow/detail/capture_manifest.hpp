#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/core/signature.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/runtime/device_info.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/nd_range.hpp>
#include <clotho/runtime/program.hpp>

namespace clotho::detail {

struct kernel_set;

/// What launch.json says of a captured launch.
struct capture_manifest {
  static constexpr const char* file_name = "launch.json";
  static constexpr const char* source_name = "kernel.cl";
  static constexpr const char* buffer_kind = "buffer";
  static constexpr const char* image_kind = "image";
  static constexpr const char* sampler_kind = "sampler";

  struct buffer {
    std::string stem;                    ///< "1_x", of its files
    std::optional<element_type> element; ///< empty: bytes
    std::optional<image_layout> image;   ///< empty: a buffer
    std::size_t size_bytes = 0;
    std::string before, after; ///< files; `after` is empty when the kernel only reads
  };
  struct argument {
    std::string name;
    std::string kind; ///< "scalar", "vector", "struct", "buffer", "image", "sampler", "local", "null"
    std::string type; ///< "float4"; of scalars and vectors
    std::string bytes; ///< the value, as it lies in memory, in hexadecimal
    std::string shown; ///< the value for readers
    std::size_t size_bytes = 0; ///< of local memory
    std::size_t buffer = 0;     ///< which of the buffers and images
    sampling how{};             ///< of samplers
  };

  std::string kernel, source;
  build_options options;
  device_info device;
  nd_range range{0};
  std::vector<buffer> buffers;
  std::vector<argument> arguments;
};

/// All but buffers and arguments.
[[nodiscard]] capture_manifest describe_launch(const kernel_set& kernel, const device_info& device, const nd_range& range);
/// All but which buffer, and how to sample.
[[nodiscard]] capture_manifest::argument describe_argument(const kernel_argument& argument, const launch_argument& given);

[[nodiscard]] std::string to_json(const capture_manifest& manifest);

} // namespace clotho::detail
