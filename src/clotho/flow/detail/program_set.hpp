#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include <clotho/core/executor.hpp>
#include <clotho/core/signature.hpp>
#include <clotho/flow/detail/flow_identity.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/runtime/kernel.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

/// One source, built for each lane.
struct program_set : std::enable_shared_from_this<program_set> {
  program_set(flow_identity of, std::vector<lane*> on, source_text from, build_options how);

  /// Begins to build, on `builders`.
  void begin(executor& builders);
  /// The program on the `i`-th lane. Blocks while it is built; helps. Throws build_error.
  [[nodiscard]] const program& on(std::size_t i);

  const flow_identity owner; ///< kernels are launched there only
  const std::vector<lane*> lanes;
  const source_text source;
  const build_options options;
  const std::vector<kernel_signature> signatures;

 private:
  struct build {
    std::mutex mutex; // guards what is below
    future<void> under_way;
    std::atomic<const program*> ready{nullptr};
    std::optional<program> built;
    std::exception_ptr failure;
  };
  void finish(build& one);
  std::vector<std::unique_ptr<build>> builds_;
};

/// One kernel of it.
struct kernel_set {
  kernel_set(std::shared_ptr<program_set> from, const kernel_signature& of);

  /// The kernel on the `i`-th lane. As program_set::on.
  [[nodiscard]] kernel_on_lane& on(std::size_t i);
  /// kernel_on_lane::split_item_ns; 0 also when it is not built yet. Does not block.
  [[nodiscard]] float known_split_item_ns(std::size_t i) const noexcept;

  const std::shared_ptr<program_set> program;
  const kernel_signature& signature; // the program's

 private:
  struct slot {
    std::atomic<kernel_on_lane*> ready{nullptr};
    std::optional<kernel_on_lane> made;
  };
  std::mutex mutex_; // guards what is made
  std::vector<std::unique_ptr<slot>> slots_;
};

} // namespace clotho::detail
