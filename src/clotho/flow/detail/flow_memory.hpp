#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/flow/access.hpp>
#include <clotho/flow/detail/access_history.hpp>
#include <clotho/flow/detail/device_memory.hpp>
#include <clotho/flow/detail/flow_identity.hpp>
#include <clotho/flow/detail/interval_map.hpp>
#include <clotho/flow/detail/memory_pool.hpp>
#include <clotho/flow/detail/node_ref.hpp>

namespace clotho::detail {

class flow_core;
class flow_node;
class flow_tracer;
class device_loss;
class lane;

/// Throws argument_error when the counts of elements differ.
void check_same_size(std::size_t from, std::size_t to);

/// How the pixels of a logical array lie, row after row without gaps; a depth of 0 makes it two-dimensional.
struct image_layout {
  image_format format;
  std::size_t width = 0, height = 0, depth = 0;
};

/// Throws argument_error when there cannot be such an image.
[[nodiscard]] std::size_t bytes_of(const image_layout& layout);

/// A logical array. Its bytes are where tasks want them: on the host, in the contexts of devices; each part knows which
/// copies are valid, and whether it is damaged since the task that was to write it failed, or the only device that had it
/// was lost. Copies are made, and moved, when a task needs them. Safe from any thread; the order of tasks keeps them from wanting a part at the same time.
class flow_memory {
 public:
  /// Memory of its own, whose content is indeterminate.
  flow_memory(const flow_core& owner, std::size_t size_bytes, std::optional<element_type> element = {});
  /// The application's memory, which must outlive all tasks that use it.
  flow_memory(const flow_core& owner, std::span<std::byte> adopted, std::optional<element_type> element = {});
  /// Memory of its own, which is an image on devices: tasks use all of it. Throws argument_error when there cannot be such
  /// an image.
  flow_memory(const flow_core& owner, const image_layout& layout, std::optional<element_type> element);
  ~flow_memory();

  /// Only its tasks may use it: the order of tasks is known in one flow only.
  [[nodiscard]] bool belongs_to(const flow_core& flow) const noexcept;
  [[nodiscard]] std::size_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] std::optional<element_type> element() const noexcept { return element_; }
  /// Devices have it as an image.
  [[nodiscard]] bool is_image() const noexcept { return layout_.has_value(); }
  [[nodiscard]] const std::optional<image_layout>& layout() const noexcept { return layout_; }
  [[nodiscard]] access_history<node_ref>& history() noexcept { return history_; }

  /// Which of its places the tasks of a lane work at, on the host if null: those of the same number share bytes.
  [[nodiscard]] std::size_t place_on(lane* there);
  /// A task that uses `where` will run on the lane of that index: a hint for those to come, while the task waits.
  void note_lane(region where, std::size_t lane_index);
  /// Adds how many bytes of `where` each lane was last said to use.
  void add_bytes_on(region where, std::span<std::size_t> of_lanes);
  /// Makes `where` valid on the host, for a task that reads it, and returns it. Blocks while it is moved. Throws
  /// dependency_error when it is damaged, error when a driver refuses.
  [[nodiscard]] std::span<std::byte> on_host(region where, access_mode mode);
  /// The same on a device. Throws device_lost_error when that is gone.
  [[nodiscard]] device_memory on_device(lane& there, region where, access_mode mode, std::size_t* moved_bytes = nullptr) {
    return on_device(there, where, where, mode, moved_bytes);
  }
  /// The same for a `part` of it, of which alone the data are brought: for a task that works in several places. Adds to
  /// `moved_bytes` what was moved.
  [[nodiscard]] device_memory on_device(lane& there, region where, region part, access_mode mode, std::size_t* moved_bytes = nullptr);
  /// A task begins to write `where` in parts; what it does not write stays as it is.
  void write_in_parts(region where) noexcept;
  /// What was to be written there is not, and may be spoilt. Returns whether the data are still somewhere else, if
  /// somebody wants to read them.
  [[nodiscard]] bool give_up(lane& there, region part, access_mode mode) noexcept;
  /// Forgets where parts were cut that are alike.
  void join_parts(region where) noexcept;
  /// `writer`, for which on_device was called, stands in the line of `there`: those that follow it there may take it as
  /// written, while the lane is open.
  void expect(region where, const flow_node& writer, const lane& there);
  /// Throws dependency_error when a part of it is damaged.
  void check(region where);
  /// `writer` has ended: what it wrote is valid where it was asked for last, or damaged.
  void settle(region where, const std::exception_ptr& failure, const flow_node& writer) noexcept;
  /// A device may go on using its copy, after a failure, when no task does: then nobody else gets that memory.
  void withhold_copies() noexcept;
  /// Its first content, before tasks use it.
  void fill_from(std::span<const std::byte> bytes);
  /// Damaged parts may be used again; their content is indeterminate.
  void heal() noexcept;

 private:
  static constexpr std::size_t host_place = 0;

  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  struct damage {
    std::string what; // "the data were not written, since kernel 'saxpy' failed"
    std::exception_ptr cause;
  };
  struct content {
    std::uint64_t valid = 0;    // a bit for each place that has it; none: indeterminate
    std::size_t writer_at = 0;  // the place of the task that writes it now
    const flow_node* expected_from = nullptr; // who stands in a line and will write it there,
    const device_loss* expected_unless = nullptr; // if the device of the line lives as long
    std::size_t lane = nowhere; // the last that was chosen for a task that uses it
    std::shared_ptr<const damage> damaged;
  };
  struct copy {
    lane* there; // may be gone when all tasks are
    std::shared_ptr<const device_loss> loss;
    std::size_t lane_index;
    std::optional<device_memory> memory;
    bool is_host = false; // the same bytes as on the host
    memory_pool::block block{}; // whose it is, unless it is the host's
  };

  [[nodiscard]] std::byte* host_bytes();
  void allocate_on(lane& there, std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool share_with(lane& there);
  void add_copy(copy made);
  [[nodiscard]] copy* find_copy(const lane& there) noexcept;
  [[nodiscard]] std::size_t place_of(const copy& one) const noexcept;
  [[nodiscard]] static bool is_expected(const content& now) noexcept;
  void forget_lost(content& now) const;
  void check(content& now) const;
  void join(region where) noexcept;
  /// These return how many bytes they moved.
  std::size_t bring(std::size_t place, region where, access_mode mode);
  std::size_t fetch(std::size_t place, region where, content& now);
  [[nodiscard]] bool download(std::size_t from, region where);
  void upload(std::size_t to, region where);

  void count_bytes(std::optional<std::size_t> lane_index, std::ptrdiff_t sign) noexcept;

  const flow_identity owner_;
  const std::shared_ptr<flow_tracer> tracer_;
  const std::size_t size_bytes_;
  const std::optional<element_type> element_;
  const std::optional<image_layout> layout_;
  access_history<node_ref> history_; // guarded by the lock of the flow
  std::mutex mutex_; // guards what is below
  struct aligned_delete {
    void operator()(std::byte* memory) const noexcept;
  };
  std::unique_ptr<std::byte[], aligned_delete> own_;
  std::byte* host_ = nullptr;
  std::vector<copy> copies_; // place i + 1
  interval_map<content> contents_;
};

} // namespace clotho::detail
