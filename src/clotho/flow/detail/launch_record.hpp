#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <clotho/flow/detail/capture_manifest.hpp>
#include <clotho/flow/detail/device_memory.hpp>
#include <clotho/flow/detail/flow_node.hpp>
#include <clotho/flow/detail/kernel_call.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho::detail {

class lane;
class launch_capture;
struct kernel_set;

/// A launch as it goes to a device.
struct launch_view {
  const kernel_set& kernel;
  lane& where;
  const nd_range& range;
  std::span<const launch_argument> arguments;
  std::span<const flow_access> accesses;
  std::vector<device_memory> memory; ///< of the accesses
  std::span<const kernel_call::kept_sampling> samplings;
};

/// Saves one launch: what goes in, then what came out, then its description; only that makes it a capture. Nothing of it
/// stays when that does not come to pass. Blocks while buffers are read and files written. Never throws: what fails is
/// logged, and the record is given up.
class launch_record {
 public:
  explicit launch_record(launch_capture& to) noexcept : to_(to) {}
  ~launch_record();
  launch_record(const launch_record&) = delete;
  launch_record& operator=(const launch_record&) = delete;

  /// Right before the launch, when the data it reads are there.
  void begin(const launch_view& what) noexcept;
  /// What begin has saved does not count: the launch is done again.
  void discard() noexcept;
  /// When the kernel has ended well, and before others change what it wrote.
  void finish() noexcept;

 private:
  struct saved_buffer {
    std::size_t access; // the first that uses it
    device_memory memory;
  };

  void save_inputs(const launch_view& what);
  void add_buffers(const launch_view& what);
  void add_arguments(const launch_view& what);
  [[nodiscard]] std::size_t buffer_of(const launch_view& what, std::size_t access) const;
  void check_size() const;
  void save(const saved_buffer& from, const std::string& file) const;
  void save_outputs();
  void give_up(const char* why) noexcept;

  launch_capture& to_;
  lane* where_ = nullptr;
  capture_manifest manifest_;
  std::vector<saved_buffer> buffers_; // of the manifest's
  std::filesystem::path folder_;      // empty: nothing is being saved
};

} // namespace clotho::detail
