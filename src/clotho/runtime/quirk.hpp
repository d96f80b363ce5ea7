#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/runtime/device_info.hpp>

namespace clotho {

/// What to do differently on a device. One action may have several causes in the table.
enum class quirk_action {
  // Choosing a device.
  hide_device,            ///< never chosen unless named
  choose_last,            ///< the default only when there is nothing else
  board_name_attribute,   ///< the name is a code; ask CL_DEVICE_BOARD_NAME_AMD
  unreliable_memory_size, ///< the reported memory may be wrong; let the user override it
  compute_unit_factor,    ///< value: real compute units per reported one

  // Building programs.
  max_cl_std,                   ///< value: highest -cl-std, 120 means CL1.2
  no_cl30_build,                ///< -cl-std=CL3.0 is refused
  retry_without_optimisation,   ///< a failed build may pass with -cl-opt-disable
  extra_build_timeout,          ///< the compiler may never return
  compile_in_child,             ///< the compiler may kill the process
  serial_builds,                ///< builds in threads of one process do not overlap
  lock_cold_builds,             ///< two processes building one kernel may fail: lock between them
  preflight_build,              ///< the compiler may not know this processor: try a tiny kernel first
  log_of_other_source,          ///< logs of equal token streams are mixed up: drop what is about other files
  skip_binary_cache,            ///< our cache gains nothing, or the driver cannot load a binary again
  defer_binary_store,           ///< asking for a binary is expensive: later, in the background
  binaries_after_kernels,       ///< a binary is complete only when every kernel has been created
  verify_binary_first,          ///< a damaged binary ends the process: check it before loading
  define_fp16,                  ///< half precision works; cl_khr_fp16 has to be defined by hand
  fp64_by_amd_extension,        ///< double precision under cl_amd_fp64
  undefine_integer_dot_product, ///< the compiler claims it, the device has it not
  avoid_inline_keyword,         ///< a plain `inline` function is not found when linking
  avoid_fma,                    ///< fma() is slow: write a * b + c
  omit_reqd_work_group_size,    ///< the attribute makes kernels slower
  arg_info_needs_option,        ///< clGetKernelArgInfo needs -cl-kernel-arg-info
  no_spirv_argument_names,      ///< argument names are missing for SPIR-V programs
  query_kernel_after_create,    ///< clCreateKernel accepts a wrong name; the first query fails
  cache_kernel_objects,         ///< clCreateKernel is slow

  // Memory.
  check_allocation_size_first,        ///< clCreateBuffer accepts too large a size
  large_buffer_flags,                 ///< value: cl_mem_flags for buffers above 4 GiB; also a build option
  no_implicit_zero_copy,              ///< CL_MEM_USE_HOST_PTR is not coherent: copy, or map and unmap
  host_memory_itself,                 ///< CL_MEM_USE_HOST_PTR is used as it is: host and device see each other's writes
  zero_copy_alignment,                ///< value: bytes that pointer and size must be multiples of
  largest_fill,                       ///< value: bytes; larger fills go in pieces
  fill_by_write,                      ///< fills go unnoticed: write the pattern from the host
  single_fill_by_write,               ///< a fill of one element goes wrong: write it
  rect_copy_by_rows,                  ///< rectangular copies go wrong: copy row by row
  svm_copy_by_map,                    ///< clEnqueueSVMMemcpy goes wrong: map and memcpy
  serialise_transfers,                ///< transfers from several threads at once go wrong
  context_per_device,                 ///< a shared context wastes memory on the devices not used
  check_local_memory_first,           ///< a launch with too much local memory ends the process
  private_arrays_on_stack,            ///< private arrays times work-items live on a worker's stack
  max_parameter_bytes,                ///< value: real limit, whatever is reported
  names_unsafe_struct_args,           ///< structs passed by value are counted or copied wrongly
  avoid_create_queue_with_properties, ///< use clCreateCommandQueue

  // Launching and waiting.
  explicit_local_size,              ///< never pass a NULL local size
  local_size_one_with_local_memory, ///< kernels that use local memory run in groups of one
  synchronous_device,               ///< work runs in the thread that submits it
  serialise_launches,               ///< concurrent launches need the launch gate
  serialise_all_calls,              ///< the runtime is not thread-safe
  no_user_event_gate,               ///< waiting for an unfinished user event hangs
  callbacks_untrusted,              ///< event callbacks get lost, hang or crash
  null_kernel_after_launch,         ///< results are wrong unless an empty kernel follows
  blocking_wait_spins,              ///< waiting calls keep a core busy
  release_events_early,             ///< many live events slow every call down
  profiling_useless,                ///< event times say nothing: measure on the host
  profiling_untrusted,              ///< reject times that are unset or run backwards
  printf_to_host_stdout,            ///< kernel printf mixes with the program's own output

  // The process.
  restore_signal_handlers, ///< the driver replaces signal handlers
  no_use_after_fork,       ///< calls in a forked child hang or fail
  release_nothing_at_exit, ///< the driver may be gone before static destructors run
  keep_sub_devices,        ///< what works on a sub-device does not count it: never release one
};

/// The enumerator's name.
[[nodiscard]] const char* to_string(quirk_action action) noexcept;

enum class operating_system { any, gnu_linux, android, windows, macos };
[[nodiscard]] const char* to_string(operating_system os) noexcept;
/// The one this library was compiled for.
[[nodiscard]] operating_system this_system() noexcept;

/// Which devices a quirk concerns: every field that is set must hold. Texts match anywhere, ignoring case;
/// '|' separates alternatives and '^' ties one to the beginning. A driver without a readable version is in
/// every range.
struct quirk_condition {
  std::string_view platform{}; ///< in the platform's name or version
  std::string_view device{};   ///< in the device's name
  std::string_view vendor{};   ///< in the device's vendor
  std::optional<device_type> type{};
  std::string_view driver_from{};   ///< this driver version or newer
  std::string_view driver_before{}; ///< older than this one
  std::optional<version> opencl_from{};
  std::optional<version> opencl_before{};
  operating_system os = operating_system::any;
  std::optional<bool> full_profile{};
  std::optional<bool> unified_memory{};
  std::uint64_t memory_above_bytes = 0;
  std::string_view extension{};         ///< is reported
  std::string_view missing_extension{}; ///< is not reported
};

/// One entry of the table: on devices like `when`, do `action`, because of `reason`, as seen in `source`.
struct quirk {
  std::string_view id; ///< a kebab-case word, for CLOTHO_QUIRKS
  quirk_condition when{};
  quirk_action action;
  std::optional<std::uint64_t> value{};
  std::string_view reason;
  std::string_view source;
};

/// Everything clotho knows about drivers. Where two entries could give one action different values the more
/// particular one comes first.
[[nodiscard]] std::span<const quirk> quirk_table() noexcept;

/// Orders version texts by their dotted numbers: "3.1+debian" is 3.1, "535.104.05" is newer than 535.54,
/// "6.0-pre" is older than 6.0, and what comes before the first digit does not count ("Oclgrind 21.10").
/// Missing numbers are zero; a text without a digit is 0.
[[nodiscard]] std::strong_ordering compare_driver_versions(std::string_view a, std::string_view b);

[[nodiscard]] bool matches(const quirk_condition& when, const device_info& device, operating_system os);

/// "pocl-explicit-local-size: explicit_local_size when platform 'pocl', cpu; <reason> (<source>)".
[[nodiscard]] std::string describe(const quirk& entry);

/// The quirks of one device. A value; refers to the table only.
class quirk_set {
 public:
  quirk_set() = default;

  [[nodiscard]] bool has(quirk_action action) const noexcept { return find(action) != nullptr; }
  /// The value of the first quirk with that action; empty when there is none or it needs no value.
  [[nodiscard]] std::optional<std::uint64_t> value(quirk_action action) const noexcept;
  /// The first quirk with that action: says why.
  [[nodiscard]] const quirk* find(quirk_action action) const noexcept;
  /// Forced quirks first, then in the table's order.
  [[nodiscard]] std::span<const quirk* const> all() const noexcept { return active_; }

 private:
  friend quirk_set quirks_for(const device_info&, std::string_view, operating_system);
  std::vector<const quirk*> active_;
};

/// The quirks that hold for a device, changed by `overrides` as CLOTHO_QUIRKS takes them: words separated by
/// commas, applied from left to right: "+id" forces a quirk on, "-id" drops it, "none" drops all.
/// Throws argument_error for a word that is none of these.
[[nodiscard]] quirk_set quirks_for(const device_info& device, std::string_view overrides = {},
                                   operating_system os = this_system());

} // namespace clotho
