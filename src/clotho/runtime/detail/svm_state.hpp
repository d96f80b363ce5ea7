#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <clotho/runtime/detail/opencl.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/svm.hpp>

namespace clotho::detail {

/// What svm_memory points to. OpenCL does not keep such memory for commands that use it, so this does.
struct svm_state {
  svm_state(const context& in, std::size_t bytes, svm_grain how, std::optional<element_type> of);
  /// Waits for the commands that use it.
  ~svm_state();
  svm_state(const svm_state&) = delete; // it is freed once
  svm_state& operator=(const svm_state&) = delete;

  /// A command of `queue` uses it until `done`. Queues work in order: the last of each is enough to know.
  void used_until(cl_command_queue queue, cl::Event done);

  const context owner;
  const std::size_t size_bytes;
  const svm_grain grain;
  const std::optional<element_type> element;
  void* memory = nullptr;

 private:
  std::mutex mutex_; // guards what follows
  std::vector<std::pair<cl_command_queue, cl::Event>> uses_;
};

/// Such memory among the arguments of a launch.
using svm_uses = std::vector<std::shared_ptr<svm_state>>;
[[nodiscard]] svm_uses svm_among(std::span<const launch_argument> arguments);

} // namespace clotho::detail
