// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/quirk.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho {
namespace {

constexpr std::string_view digits = "0123456789";

bool text_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return true;
  for (const std::string_view part : split(pattern, '|')) {
    const bool anchored = part.starts_with('^');
    const std::string_view wanted = part.substr(anchored ? 1 : 0);
    if (contains_ignoring_case(anchored ? text.substr(0, wanted.size()) : text, wanted)) return true;
  }
  return false;
}

template <class T> bool agrees(const std::optional<T>& wanted, const T& found) {
  return !wanted || *wanted == found;
}

bool driver_in_range(const quirk_condition& when, std::string_view driver) {
  // A workaround too many costs little, one too few costs a crash: an unreadable version is in every range.
  if (driver.find_first_of(digits) == std::string_view::npos) return true;
  if (!when.driver_from.empty() && std::is_lt(compare_driver_versions(driver, when.driver_from)))
    return false;
  return when.driver_before.empty() || std::is_lt(compare_driver_versions(driver, when.driver_before));
}

bool opencl_in_range(const quirk_condition& when, version opencl) {
  return (!when.opencl_from || opencl >= *when.opencl_from)
         && (!when.opencl_before || opencl < *when.opencl_before);
}

bool os_agrees(operating_system wanted, operating_system os) {
  return wanted == operating_system::any || wanted == os;
}

/// The dotted numbers of a version, read one by one; numbers of any length.
class version_reader {
 public:
  explicit version_reader(std::string_view text) {
    const std::size_t digit = text.find_first_of(digits);
    if (digit != std::string_view::npos) rest_ = text.substr(digit);
  }

  /// The next number without leading zeros; empty for zero and when none is left.
  std::string_view next() {
    const std::size_t end = std::min(rest_.find_first_not_of(digits), rest_.size());
    std::string_view number = rest_.substr(0, end);
    rest_.remove_prefix(end);
    more_ = rest_.size() > 1 && rest_[0] == '.' && digits.find(rest_[1]) != std::string_view::npos;
    if (more_) rest_.remove_prefix(1);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
  }

  [[nodiscard]] bool more() const { return more_; }

  /// Whether what follows the numbers says that the release is still to come.
  [[nodiscard]] bool before_release() const {
    const std::string suffix = to_lower(rest_.substr(0, 8));
    const std::size_t word = suffix.find_first_not_of("-+_~. ");
    if (word == std::string::npos) return false;
    constexpr std::string_view marks[] = {"pre", "rc", "alpha", "beta"};
    return std::any_of(std::begin(marks), std::end(marks),
                       [&](std::string_view mark) { return suffix.compare(word, mark.size(), mark) == 0; });
  }

 private:
  std::string_view rest_;
  bool more_ = true;
};

const quirk& find_quirk(std::string_view id, std::string_view word) {
  const auto table = quirk_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const quirk& q) { return q.id == id; });
  if (found != table.end()) return *found;
  std::vector<std::string> ids;
  for (const quirk& entry : table) ids.emplace_back(entry.id);
  const auto near = id.size() <= 100 ? did_you_mean(id, ids) : std::nullopt;
  throw argument_error("quirk overrides: there is no quirk '" + printable(id) + "' in '" + printable(word)
                       + "'"
                       + (near ? "; did you mean '" + *near + "'?" : "; there are: " + join(ids, ", ")));
}

void apply_override(std::string_view word, std::vector<const quirk*>& active) {
  if (word == "none") return active.clear();
  if (!word.starts_with('+') && !word.starts_with('-'))
    throw argument_error("quirk overrides: '" + printable(word) + "' is neither '+id', '-id' nor 'none'");
  const quirk* const entry = &find_quirk(trim(word.substr(1)), word);
  active.erase(std::remove(active.begin(), active.end(), entry), active.end());
  if (word[0] == '+') active.insert(active.begin(), entry);
}

std::string describe(const quirk_condition& when) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view before, std::string_view text, std::string_view after) {
    if (!text.empty()) parts.push_back(std::string(before).append(text).append(after));
  };
  const auto number = [](const std::optional<version>& v) {
    return v ? std::to_string(v->major) + "." + std::to_string(v->minor) : std::string();
  };
  add("platform '", when.platform, "'");
  add("device '", when.device, "'");
  add("vendor '", when.vendor, "'");
  add("", when.type ? to_string(*when.type) : "", "");
  add("driver >= ", when.driver_from, "");
  add("driver < ", when.driver_before, "");
  add("OpenCL >= ", number(when.opencl_from), "");
  add("OpenCL < ", number(when.opencl_before), "");
  add("", when.os == operating_system::any ? "" : to_string(when.os), "");
  if (when.full_profile) parts.emplace_back(*when.full_profile ? "full profile" : "embedded profile");
  if (when.unified_memory) parts.emplace_back(*when.unified_memory ? "unified memory" : "own memory");
  if (when.memory_above_bytes) parts.push_back("memory > " + format_size(when.memory_above_bytes));
  add("with ", when.extension, "");
  add("without ", when.missing_extension, "");
  return join(parts, ", ");
}

} // namespace

const char* to_string(quirk_action action) noexcept {
  switch (action) {
  case quirk_action::hide_device: return "hide_device";
  case quirk_action::choose_last: return "choose_last";
  case quirk_action::board_name_attribute: return "board_name_attribute";
  case quirk_action::unreliable_memory_size: return "unreliable_memory_size";
  case quirk_action::compute_unit_factor: return "compute_unit_factor";
  case quirk_action::max_cl_std: return "max_cl_std";
  case quirk_action::no_cl30_build: return "no_cl30_build";
  case quirk_action::retry_without_optimisation: return "retry_without_optimisation";
  case quirk_action::extra_build_timeout: return "extra_build_timeout";
  case quirk_action::compile_in_child: return "compile_in_child";
  case quirk_action::serial_builds: return "serial_builds";
  case quirk_action::lock_cold_builds: return "lock_cold_builds";
  case quirk_action::preflight_build: return "preflight_build";
  case quirk_action::log_of_other_source: return "log_of_other_source";
  case quirk_action::skip_binary_cache: return "skip_binary_cache";
  case quirk_action::defer_binary_store: return "defer_binary_store";
  case quirk_action::binaries_after_kernels: return "binaries_after_kernels";
  case quirk_action::verify_binary_first: return "verify_binary_first";
  case quirk_action::define_fp16: return "define_fp16";
  case quirk_action::fp64_by_amd_extension: return "fp64_by_amd_extension";
  case quirk_action::undefine_integer_dot_product: return "undefine_integer_dot_product";
  case quirk_action::avoid_inline_keyword: return "avoid_inline_keyword";
  case quirk_action::avoid_fma: return "avoid_fma";
  case quirk_action::omit_reqd_work_group_size: return "omit_reqd_work_group_size";
  case quirk_action::arg_info_needs_option: return "arg_info_needs_option";
  case quirk_action::no_spirv_argument_names: return "no_spirv_argument_names";
  case quirk_action::query_kernel_after_create: return "query_kernel_after_create";
  case quirk_action::cache_kernel_objects: return "cache_kernel_objects";
  case quirk_action::check_allocation_size_first: return "check_allocation_size_first";
  case quirk_action::large_buffer_flags: return "large_buffer_flags";
  case quirk_action::host_memory_itself: return "host_memory_itself";
  case quirk_action::no_implicit_zero_copy: return "no_implicit_zero_copy";
  case quirk_action::zero_copy_alignment: return "zero_copy_alignment";
  case quirk_action::fill_by_write: return "fill_by_write";
  case quirk_action::largest_fill: return "largest_fill";
  case quirk_action::single_fill_by_write: return "single_fill_by_write";
  case quirk_action::rect_copy_by_rows: return "rect_copy_by_rows";
  case quirk_action::svm_copy_by_map: return "svm_copy_by_map";
  case quirk_action::serialise_transfers: return "serialise_transfers";
  case quirk_action::context_per_device: return "context_per_device";
  case quirk_action::check_local_memory_first: return "check_local_memory_first";
  case quirk_action::private_arrays_on_stack: return "private_arrays_on_stack";
  case quirk_action::max_parameter_bytes: return "max_parameter_bytes";
  case quirk_action::names_unsafe_struct_args: return "names_unsafe_struct_args";
  case quirk_action::avoid_create_queue_with_properties: return "avoid_create_queue_with_properties";
  case quirk_action::explicit_local_size: return "explicit_local_size";
  case quirk_action::local_size_one_with_local_memory: return "local_size_one_with_local_memory";
  case quirk_action::synchronous_device: return "synchronous_device";
  case quirk_action::serialise_launches: return "serialise_launches";
  case quirk_action::serialise_all_calls: return "serialise_all_calls";
  case quirk_action::no_user_event_gate: return "no_user_event_gate";
  case quirk_action::callbacks_untrusted: return "callbacks_untrusted";
  case quirk_action::null_kernel_after_launch: return "null_kernel_after_launch";
  case quirk_action::blocking_wait_spins: return "blocking_wait_spins";
  case quirk_action::release_events_early: return "release_events_early";
  case quirk_action::profiling_useless: return "profiling_useless";
  case quirk_action::profiling_untrusted: return "profiling_untrusted";
  case quirk_action::printf_to_host_stdout: return "printf_to_host_stdout";
  case quirk_action::restore_signal_handlers: return "restore_signal_handlers";
  case quirk_action::no_use_after_fork: return "no_use_after_fork";
  case quirk_action::release_nothing_at_exit: return "release_nothing_at_exit";
  case quirk_action::keep_sub_devices: return "keep_sub_devices";
  }
  return "unknown";
}

const char* to_string(operating_system os) noexcept {
  switch (os) {
  case operating_system::any: return "any system";
  case operating_system::gnu_linux: return "Linux";
  case operating_system::android: return "Android";
  case operating_system::windows: return "Windows";
  case operating_system::macos: return "macOS";
  }
  return "unknown";
}

operating_system this_system() noexcept {
#if defined(_WIN32)
  return operating_system::windows;
#elif defined(__APPLE__)
  return operating_system::macos;
#elif defined(__ANDROID__)
  return operating_system::android;
#else
  return operating_system::gnu_linux;
#endif
}

std::strong_ordering compare_driver_versions(std::string_view a, std::string_view b) {
  version_reader left(a), right(b);
  while (left.more() || right.more()) {
    const std::string_view x = left.next(), y = right.next();
    // Without leading zeros the longer number is the larger one.
    if (const auto order = x.size() <=> y.size(); std::is_neq(order)) return order;
    if (const int order = x.compare(y); order != 0) return order <=> 0;
  }
  return right.before_release() <=> left.before_release();
}

bool matches(const quirk_condition& when, const device_info& device, operating_system os) {
  return (text_matches(when.platform, device.platform_name)
          || text_matches(when.platform, device.platform_version))
         && text_matches(when.device, device.name) && text_matches(when.vendor, device.vendor)
         && agrees(when.type, device.type) && driver_in_range(when, device.driver_version)
         && opencl_in_range(when, device.opencl) && os_agrees(when.os, os)
         && agrees(when.full_profile, device.full_profile)
         && agrees(when.unified_memory, device.unified_memory)
         && (when.memory_above_bytes == 0 || device.global_memory_bytes > when.memory_above_bytes)
         && (when.extension.empty() || device.has_extension(when.extension))
         && (when.missing_extension.empty() || !device.has_extension(when.missing_extension));
}

std::string describe(const quirk& entry) {
  std::string text = std::string(entry.id) + ": " + to_string(entry.action);
  if (entry.value) text += " = " + std::to_string(*entry.value);
  text += " when " + describe(entry.when) + "; ";
  return text.append(entry.reason).append(" (").append(entry.source).append(")");
}

std::optional<std::uint64_t> quirk_set::value(quirk_action action) const noexcept {
  const quirk* const found = find(action);
  return found ? found->value : std::nullopt;
}

const quirk* quirk_set::find(quirk_action action) const noexcept {
  const auto found = std::find_if(active_.begin(), active_.end(),
                                  [&](const quirk* entry) { return entry->action == action; });
  return found != active_.end() ? *found : nullptr;
}

quirk_set quirks_for(const device_info& device, std::string_view overrides, operating_system os) {
  quirk_set result;
  for (const quirk& entry : quirk_table())
    if (matches(entry.when, device, os)) result.active_.push_back(&entry);
  if (!trim(overrides).empty())
    for (const std::string_view word : split(overrides, ',')) apply_override(trim(word), result.active_);
  return result;
}

} // namespace clotho
