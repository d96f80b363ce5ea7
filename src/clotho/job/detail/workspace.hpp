#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/signature.hpp>
#include <clotho/job/detail/step_uses.hpp>
#include <clotho/job/pipeline.hpp>
#include <clotho/runtime/device_info.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho::job::detail {

/// One array of a job: what is known of it before anything runs.
struct job_array {
  std::string name;
  value source;
  std::optional<scalar> type; ///< of its elements: declared, or what the kernels take
  std::optional<std::filesystem::path> save;
  std::string label; ///< for messages

  // What the kernels make of it.
  bool is_image = false, reads_integers = false; ///< an image of whole numbers, not of 0 to 1
  unsigned dimensions = 2;                       ///< of an image
  std::optional<element_type> element;           ///< of the pointers it is bound to
  std::size_t struct_bytes = 0;                  ///< of a pointee that is no number
  std::optional<std::size_t> first_step, last_writer;
  bool is_read = false;

  enum class state { unresolved, resolving, resolved } progress = state::unresolved;
  host_array content; ///< once resolved; its data goes when it has been uploaded
};

/// One step with its signature.
struct job_step {
  const step_spec* spec = nullptr;
  kernel_signature signature;
  std::string source; ///< flattened
  std::vector<array_binding> arrays;
};

/// The host's side of a job: names, types, shapes, contents and ranges, worked out in whatever order they
/// need each other.
class workspace {
 public:
  /// `steps` in the order of execution. Borrows `job` and `target`. Throws argument_error when two uses of an
  /// array do not go together.
  workspace(const pipeline& job, std::vector<job_step> steps, const device_info& target);

  /// Reads and generates everything. Throws io_error, format_error, argument_error, and capability_error for
  /// an array that is too large for the device, before it fills the host's memory.
  void resolve();

  [[nodiscard]] std::vector<job_array>& arrays() noexcept { return arrays_; }
  [[nodiscard]] const std::vector<job_step>& steps() const noexcept { return steps_; }
  [[nodiscard]] job_array& array(std::string_view name);
  [[nodiscard]] job_array* find_array(std::string_view name);

  /// What an expression of step `i` may name: its arguments, parameters, arrays.
  [[nodiscard]] symbol_lookup symbols_of(std::size_t i);
  /// Parameters and arrays.
  [[nodiscard]] symbol_lookup symbols();
  [[nodiscard]] nd_range range_of(std::size_t i);

 private:
  void add_uses(std::size_t step);
  void add_use(job_array& array, const kernel_argument& argument, std::size_t step);
  void check_numbers(const job_step& step);
  job_array& resolved(job_array& array);
  host_array content_of(job_array& array);
  host_array generated(job_array& array, const generator& recipe);
  void check_size(const job_array& array, scalar type, const std::vector<std::size_t>& shape) const;
  host_array listed(const job_array& array, const literal& numbers);
  std::vector<std::size_t> shape_from_range(const job_array& array);
  std::optional<double> parameter(std::string_view name);
  std::optional<double> property(std::string_view text);
  std::optional<double> argument_value(const job_step& step, std::string_view name);
  extent global_of(std::size_t step);
  extent obvious_range(const job_step& step);
  extent evaluate_extent(std::size_t step, const std::vector<expression>& sizes, const char* what);

  const pipeline& job_;
  const device_info& target_;
  std::vector<job_step> steps_;
  std::vector<job_array> arrays_;
  std::vector<std::optional<extent>> globals_;
  std::vector<bool> sizing_;     // steps whose range is being worked out
  unsigned parameter_depth_ = 0; // parameters within parameters
};

/// What "x.PROPERTY" is for an array of this shape: n, w, h, d, c; empty for a word that is none of them or
/// means nothing for the shape. Three dimensions are (h, w, c) when the last is at most 4, else (d, h, w).
[[nodiscard]] std::optional<double> shape_property(const std::vector<std::size_t>& shape,
                                                   std::string_view property);

} // namespace clotho::job::detail
