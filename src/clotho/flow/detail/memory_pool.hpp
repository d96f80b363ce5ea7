#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <clotho/runtime/context.hpp>
#include <clotho/runtime/memory.hpp>

namespace clotho::detail {

/// Memory of one device. What is given back is kept for who wants as much next, up to a bound. Sizes are rounded up to one of
/// eight for each power of two, so that those that are nearly alike find each other. Safe from any thread.
///
/// A buffer that comes back must not be in use: other queues than that of its last kernel will write to it. Buffers of
/// a runtime are kept by the tasks that use them until these have ended, which they do when their kernels have, as the
/// lane's waiter has seen, or their blocking transfers; of those that fail nobody knows that, so their memory does not come back.
class memory_pool : public std::enable_shared_from_this<memory_pool> {
 public:
  /// Keeps `most_bytes`; 0: nothing, and no size is rounded.
  memory_pool(context owner, std::size_t most_bytes) : owner_(std::move(owner)), most_bytes_(most_bytes) {}

  /// Some memory, given back when it is destroyed. Move-only; moved-from it is empty.
  class block {
   public:
    block() = default;
    block(block&& other) noexcept { *this = std::move(other); }
    block& operator=(block&& other) noexcept { // what it has had goes with the other
      from_.swap(other.from_);
      whole_.swap(other.whole_);
      memory_.swap(other.memory_);
      std::swap(was_dropped_, other.was_dropped_);
      return *this;
    }
    ~block() {
      if (whole_) from_->give_back(std::move(*whole_), was_dropped_);
    }
    /// Of the size that was asked for. Not when it is empty.
    [[nodiscard]] const device_buffer& memory() const noexcept { return *memory_; }
    /// It may be in use for ever: nobody gets it next.
    void drop() noexcept { was_dropped_ = true; }

   private:
    friend class memory_pool;
    std::shared_ptr<memory_pool> from_;
    std::optional<device_buffer> whole_, memory_;
    bool was_dropped_ = false;
  };

  /// Throws what device_buffer throws.
  [[nodiscard]] block take(std::size_t size_bytes);
  /// Frees what is kept.
  void empty() noexcept;
  /// Keeps nothing any more.
  void close() noexcept;
  /// "5 buffers hold 3 GiB there, the largest 1 GiB", for messages.
  [[nodiscard]] std::string describe() const;

 private:
  using buffers = std::map<std::size_t, std::vector<device_buffer>>; // by size

  [[nodiscard]] std::size_t rounded(std::size_t size_bytes) const noexcept;
  [[nodiscard]] std::optional<device_buffer> take_idle(std::size_t size_bytes);
  void give_back(device_buffer whole, bool was_dropped) noexcept;
  void forget_held(std::size_t size) noexcept;

  const context owner_;
  mutable std::mutex mutex_; // guards what is below; drivers are called without
  std::size_t most_bytes_;
  std::size_t idle_bytes_ = 0;
  buffers idle_;
  std::map<std::size_t, std::size_t> held_; // how many of each size
};

} // namespace clotho::detail
