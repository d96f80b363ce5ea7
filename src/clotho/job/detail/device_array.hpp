#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <variant>

#include <clotho/job/detail/pixels.hpp>
#include <clotho/job/detail/workspace.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::job::detail {

/// An array of a job in the device's memory: a buffer, or an image.
class device_array {
 public:
  /// Allocates memory for a resolved array. Throws argument_error (no image has this shape), capability_error
  /// (too large), error.
  device_array(const context& device, const job_array& array);

  /// Copy all of it; `from` and `to` hold the array as the host does, 3 channels as 3. Block.
  void upload(queue& commands, const host_array& from) const;
  [[nodiscard]] host_array download(queue& commands) const;

  /// The memory as the device has it, for putting it back unchanged.
  [[nodiscard]] os::bytes save(queue& commands) const;
  void restore(queue& commands, const os::bytes& content) const;

  [[nodiscard]] launch_argument argument() const;
  [[nodiscard]] std::size_t size_bytes() const;

 private:
  scalar type_;
  std::vector<std::size_t> shape_;
  pixel_layout layout_;
  std::variant<device_buffer, device_image> memory_;
};

} // namespace clotho::job::detail
