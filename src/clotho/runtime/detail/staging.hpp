#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <span>

#include <clotho/core/log.hpp>
#include <clotho/runtime/detail/opencl.hpp>

namespace clotho::detail {

/// Host memory that a device copies from and to at full speed, in two halves: one is filled while the other
/// travels.
class staging {
 public:
  static constexpr std::size_t half_bytes = std::size_t{4} << 20;

  /// `log` hears of what fails at the end.
  staging(cl_context context, cl_command_queue queue, log_sink log);
  staging(const staging&) = delete;
  staging& operator=(const staging&) = delete;

  /// Returns when `from` may be used again.
  void write(cl_mem to, std::size_t offset, std::span<const std::byte> from);
  /// Returns when `to` holds the data.
  void read(cl_mem from, std::size_t offset, std::span<std::byte> to);

 private:
  struct half {
    half() = default;
    half(const half&) = delete;
    half& operator=(const half&) = delete;
    ~half();

    void open(cl_context context, cl_command_queue in, log_sink reports);
    /// Waits until `host` is free; a read's data then goes where it belongs.
    void settle();
    /// The same without the data: nobody waits for it any more.
    void abandon() noexcept;

    cl_command_queue queue = nullptr;
    log_sink log;
    cl::Buffer memory;
    std::byte* host = nullptr;
    cl::Event busy;              // the copy that still uses `host`
    std::span<std::byte> target; // where a read that is under way belongs
  };

  cl_command_queue queue_;
  std::array<half, 2> halves_;
};

} // namespace clotho::detail
