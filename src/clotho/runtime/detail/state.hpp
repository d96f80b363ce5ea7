#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the handles of the runtime layer point to.

#include <atomic>
#include <chrono>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include <clotho/core/os/thread.hpp>
#include <clotho/runtime/binary_cache.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/detail/device_state.hpp>
#include <clotho/runtime/detail/launch_gate.hpp>
#include <clotho/runtime/detail/range.hpp>
#include <clotho/runtime/event.hpp>
#include <clotho/runtime/kernel.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/memory.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::detail {

/// A program that was compiled here and is not in the cache yet.
struct pending_binary {
  cl::Program program;
  cache_key key;
  std::string label;
  std::size_t kernels = 0;
};

struct context_state {
  context_state(const device& target_device, cl::Context context_handle, context_options chosen);
  ~context_state();

  void add_pending(pending_binary binary);
  /// Stores the smallest of what is pending. False: there is none with so few kernels.
  bool store_one(std::size_t most_kernels = std::numeric_limits<std::size_t>::max()) noexcept;
  void store_all() noexcept;
  /// Called when a queue was found empty: stores one program if none was built lately, so that nobody waits
  /// for the compiler.
  static void store_in_background(const std::shared_ptr<context_state>& self);

  device target;
  cl::Context handle;
  context_options options;

  // Facts of the device that every launch asks for.
  bool explicit_local = false;
  bool private_on_stack = false;
  std::shared_ptr<launch_gate> gate; // of synchronous devices
  bool guards_code = false;          // every launch goes through the gate, not only those that print
  std::size_t max_parameter_bytes = 0;
  std::atomic<bool> has_pending{false};

  std::mutex mutex;                    // guards what follows
  std::vector<pending_binary> pending; // by number of kernels
  std::chrono::steady_clock::time_point last_build;
  std::vector<os::thread> late_builds; // builds nobody waits for any more
  // One for each kind, until the context ends: OpenCL lets a sampler be released while a kernel that uses it
  // is queued, and PoCL 3.1 then reads freed memory.
  std::map<sampling, cl::Sampler> samplers;
};

struct event_state {
  cl::Event handle;
  context owner;
};

struct buffer_state {
  context owner;
  cl::Buffer handle;
  std::size_t size_bytes = 0;
  kernel_access access = kernel_access::read_write;
  std::optional<element_type> element;
  bool zero_copy = false;
  std::size_t parent_offset = 0; // within the buffer that owns the memory
  std::shared_ptr<buffer_state> parent;
};

struct image_state {
  context owner;
  cl::Memory handle;
  image_format format;
  std::array<std::size_t, 3> extent{1, 1, 1};
  unsigned dimensions = 2;
  kernel_access access = kernel_access::read_write;
};

struct sampler_state {
  context owner;
  cl_sampler handle = nullptr; // the context's
};

struct program_state {
  explicit program_state(context in) : owner(std::move(in)) {}

  context owner;
  cl::Program handle;
  std::string name;
  program_origin origin = program_origin::source;
  std::chrono::nanoseconds build_time{};
  std::string log;
  std::vector<diagnostic> messages;
  std::vector<kernel_signature> signatures; // from the source; empty without source
  bool non_uniform_groups = false;

  std::mutex mutex; // guards what follows
  std::map<std::string, std::weak_ptr<kernel_state>, std::less<>> kernels;
};

/// A driver's kernel object with the range it last ran over, so that repeated launches resolve it once.
struct kernel_object {
  cl::Kernel handle;
  nd_range range{0};
  resolved_range resolved;
  launch_need need; // where launches are guarded
  bool has_range = false;
};

struct kernel_state {
  std::shared_ptr<program_state> program;
  kernel_signature signature;
  kernel_limits limits;
  range_limits range;
  std::size_t parameter_bytes = 0;
  bool takes_local_memory = false;
  bool may_print = false;
  std::uint64_t number = 0; // for the launch gate

  std::mutex mutex; // guards what follows
  std::vector<std::unique_ptr<kernel_object>> idle;
};

/// A driver's kernel object for the length of one launch: argument setting is not thread-safe in OpenCL.
class kernel_lease {
 public:
  explicit kernel_lease(kernel_state& from);
  ~kernel_lease();
  kernel_lease(const kernel_lease&) = delete;
  kernel_lease& operator=(const kernel_lease&) = delete;
  kernel_object* operator->() const noexcept { return object_.get(); }
  kernel_object& operator*() const noexcept { return *object_; }

 private:
  kernel_state& from_;
  std::unique_ptr<kernel_object> object_;
};

/// Reads everything the driver knows about a kernel and joins it with the signature from the source, if any.
[[nodiscard]] std::shared_ptr<kernel_state> make_kernel(const std::shared_ptr<program_state>& program,
                                                        const std::string& name);

/// Checks every argument against the signature and hands it to the driver's kernel object.
void bind_arguments(const kernel_state& function, cl_kernel object,
                    std::span<const launch_argument> arguments);

/// Host memory the device copies from and to at full speed, in two halves: one is filled while the other
/// travels.
class staging;

struct queue_state {
  queue_state(context in, cl::CommandQueue queue_handle, bool measures);
  ~queue_state();

  context owner;
  cl::CommandQueue handle;
  bool profiling = false;
  unsigned lane = 0;              // of the launch gate
  std::unique_ptr<staging> stage; // made when first needed
};

/// Opens a queue by the newest call that the device's version has.
[[nodiscard]] cl::CommandQueue open_queue(const context_state& owner, bool profiling);

/// "8 GiB on 'pthread-...'".
[[nodiscard]] std::string describe_size(std::uint64_t bytes, const device& target);

} // namespace clotho::detail
