#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <clotho/flow/runtime.hpp>
#include <clotho/job/detail/pixels.hpp>
#include <clotho/job/detail/workspace.hpp>

namespace clotho::job::detail {

/// An array of a job for the tasks of a runtime: a buffer, or an image.
class job_memory {
 public:
  /// With the content of a resolved array. A buffer gets `guard_bytes`, a multiple of 16, of a pattern on
  /// either side. Throws argument_error when no image has this shape.
  job_memory(const runtime& rt, const job_array& array, std::size_t guard_bytes = 0);

  /// For launches.
  [[nodiscard]] const flow_argument& argument() const noexcept { return argument_; }
  /// The same for one that is split: each index has a part of it, and `margin` more on either side.
  [[nodiscard]] split_argument part(std::size_t margin) const;

  /// The array as the tasks submitted so far leave it. Blocks; throws what they throw.
  [[nodiscard]] host_array content(const runtime& rt) const;
  /// Its bytes as devices have them, to be put back by restore. Block.
  [[nodiscard]] os::bytes save(const runtime& rt) const;
  void restore(const runtime& rt, const os::bytes& bytes) const;
  [[nodiscard]] std::size_t size_bytes() const noexcept { return bytes_.size(); }

  /// All of the memory with its guards, if it has any.
  [[nodiscard]] const std::optional<buffer_slice<std::byte>>& guarded() const noexcept { return guarded_; }
  /// What of the guards the tasks submitted so far have written: "before its begin", "behind its end"; empty
  /// when all is well. Blocks; throws what the tasks throw.
  [[nodiscard]] std::string damage(const runtime& rt) const;

 private:
  struct made {
    buffer_slice<std::byte> bytes;
    flow_argument argument;
    std::optional<buffer_slice<std::byte>> guarded{};
  };
  job_memory(const runtime& rt, const job_array& array, made memory);
  template <class T>
  [[nodiscard]] static made make_buffer(const runtime& rt, std::size_t count, std::size_t guard_bytes);
  [[nodiscard]] static made make(const runtime& rt, const job_array& array, std::size_t guard_bytes);

  std::string name_;
  scalar type_;
  std::vector<std::size_t> shape_;
  pixel_layout layout_;
  std::size_t element_bytes_;
  buffer_slice<std::byte> bytes_;
  flow_argument argument_;
  std::optional<buffer_slice<std::byte>> guarded_;
};

} // namespace clotho::job::detail
