#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <chrono>
#include <memory>
#include <span>

#include <clotho/runtime/event.hpp>
#include <clotho/runtime/kernel.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/memory.hpp>
#include <clotho/runtime/nd_range.hpp>
#include <clotho/runtime/prepared_launch.hpp>

namespace clotho {

namespace detail {
struct queue_state;
}

enum class map_access { read, write, read_write };

/// Device memory seen by the host while this object lives; unmapped on destruction, in the queue's order.
/// Move-only. A failure to unmap may lose what the host wrote: unmap() throws it, the destructor can only log
/// it.
class mapping {
 public:
  mapping(mapping&&) noexcept;
  mapping& operator=(mapping&&) noexcept;
  mapping(const mapping&) = delete; // a second unmapping would be an error
  mapping& operator=(const mapping&) = delete;
  ~mapping();

  /// Ends the mapping now; the view is empty then. Throws error when the driver refuses.
  void unmap();

  [[nodiscard]] std::span<std::byte> bytes() const noexcept;
  template <class T> [[nodiscard]] std::span<T> as() const noexcept {
    return {reinterpret_cast<T*>(bytes().data()), bytes().size() / sizeof(T)};
  }

  struct state;
  explicit mapping(std::unique_ptr<state> mapped);

 private:
  std::unique_ptr<state> state_;
};

/// A region of an image: its first pixel and its size; depth counts for 3D images only.
struct image_region {
  std::array<std::size_t, 3> origin{0, 0, 0};
  std::array<std::size_t, 3> size{1, 1, 1};
};

/// Commands of one device, run in the order they are given. Move-only; one thread at a time may use it.
///
/// On a device whose driver works in the calling thread (PoCL's "basic"), a launch has run when it returns,
/// and one queue must be driven by one thread. Threads with a queue each run their launches at once, except for
/// the first launch of a kernel with a local size, and a wider one than any before: that one waits for those
/// of the same kernel which run, and they wait for it. So no kernel may wait for another launch there.
class queue {
 public:
  /// `profiling`: events of this queue carry times.
  explicit queue(const context& owner, bool profiling = false);
  queue(queue&&) noexcept;
  queue& operator=(queue&&) noexcept;
  /// Waits for everything in the queue; failures are reported to the log.
  ~queue();

  [[nodiscard]] const context& owner() const noexcept;

  /// Starts a kernel. Arguments are positional or all named, and each is checked against the signature:
  /// count, kind, type, size, access. Scalars of another type are converted when that keeps their value.
  /// Throws argument_error or capability_error before anything is enqueued, error when the driver refuses. An
  /// empty range does nothing.
  template <class... Arguments>
  void launch(const kernel& function, const nd_range& range, const Arguments&... arguments) {
    const std::array<launch_argument, sizeof...(Arguments)> list{launch_argument(arguments)...};
    launch(function, range, std::span<const launch_argument>(list));
  }
  void launch(const kernel& function, const nd_range& range, std::span<const launch_argument> arguments);
  /// Starts what was prepared in the same context.
  void launch(const prepared_launch& what);

  /// The same, and an event for it.
  template <class... Arguments>
  [[nodiscard]] event launch_with_event(const kernel& function, const nd_range& range,
                                        const Arguments&... arguments) {
    const std::array<launch_argument, sizeof...(Arguments)> list{launch_argument(arguments)...};
    return launch_with_event(function, range, std::span<const launch_argument>(list));
  }
  [[nodiscard]] event launch_with_event(const kernel& function, const nd_range& range,
                                        std::span<const launch_argument> arguments);

  /// Copies between host and device; return when the host memory may be used again (write) or holds the data
  /// (read). Throw argument_error when the bytes do not lie within the buffer.
  void write(const device_buffer& to, std::span<const std::byte> from, std::size_t offset_bytes = 0);
  void read(const device_buffer& from, std::span<std::byte> to, std::size_t offset_bytes = 0);
  template <class T> void write(const device_buffer& to, std::span<const T> from) {
    write(to, std::as_bytes(from));
  }
  template <class T> void read(const device_buffer& from, std::span<T> to) {
    read(from, std::as_writable_bytes(to));
  }

  /// Returns at once; the host memory must stay valid and untouched until the event is complete.
  [[nodiscard]] event write_async(const device_buffer& to, std::span<const std::byte> from,
                                  std::size_t offset_bytes = 0);
  [[nodiscard]] event read_async(const device_buffer& from, std::span<std::byte> to,
                                 std::size_t offset_bytes = 0);

  /// Device to device. The ranges may not overlap when both lie in one buffer.
  void copy(const device_buffer& from, const device_buffer& to, std::size_t size_bytes,
            std::size_t from_offset = 0, std::size_t to_offset = 0);
  /// Repeats `pattern` (1, 2, 4, ... 128 bytes) over the range; offset and size are multiples of its size.
  void fill(const device_buffer& to, std::span<const std::byte> pattern, std::size_t offset_bytes,
            std::size_t size_bytes);
  template <scalar_value T> void fill(const device_buffer& to, const T& value) {
    fill(to, std::as_bytes(std::span(&value, 1)), 0, to.size_bytes());
  }
  /// Lets the host see the range. Blocks until it does.
  [[nodiscard]] mapping map(const device_buffer& memory, map_access access, std::size_t offset_bytes,
                            std::size_t size_bytes);
  [[nodiscard]] mapping map(const device_buffer& memory, map_access access = map_access::read_write) {
    return map(memory, access, 0, memory.size_bytes());
  }

  /// The same for shared virtual memory; of a fine grain it only waits. Throws argument_error when it is another context's.
  [[nodiscard]] mapping map(const svm_memory& memory, map_access access = map_access::read_write);

  /// Whole pixels, rows one after the other without gaps.
  void write(const device_image& to, std::span<const std::byte> from);
  void read(const device_image& from, std::span<std::byte> to);
  void write(const device_image& to, const image_region& region, std::span<const std::byte> from);
  void read(const device_image& from, const image_region& region, std::span<std::byte> to);
  void copy(const device_image& from, const device_image& to);
  /// Sets every pixel; the value is converted to the image's format.
  void fill(const device_image& to, const std::array<float, 4>& pixel);

  /// An event that is complete when everything before it is.
  [[nodiscard]] event marker();
  /// Lets the device begin; never blocks.
  void flush();
  /// Blocks until the queue is empty. Throws error when the device was lost.
  void finish();

  explicit queue(std::unique_ptr<detail::queue_state> state);
  [[nodiscard]] detail::queue_state& state() const noexcept { return *state_; }

 private:
  std::unique_ptr<detail::queue_state> state_;
};

} // namespace clotho
