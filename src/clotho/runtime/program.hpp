#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/diagnostic.hpp>
#include <clotho/core/executor.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/signature.hpp>
#include <clotho/core/source.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/kernel.hpp>

namespace clotho {

namespace detail {
struct program_state;
}

struct build_options {
  macro_list defines{};   ///< -D NAME=VALUE
  std::string flags{};    ///< further options of clBuildProgram; -I, -D and -cl-std have their own fields
  std::string standard{}; ///< "CL1.2", "CL3.0"; empty leaves it to the device
  bool use_cache = true;  ///< look in and add to the context's binary cache
  std::optional<std::chrono::milliseconds>
      timeout{}; ///< give up after this; no compiler can be stopped, and one-thread drivers are waited for
};

/// The macros a compiler for this device predefines, as far as signatures may depend on them, and the
/// caller's own: for parse_signatures.
[[nodiscard]] macro_list macros_for(const device& target, const build_options& options);

/// Where a program came from.
enum class program_origin { source, cache, binary, spirv };

/// Kernels compiled for one device. A handle; safe from any thread.
class program {
 public:
  /// Compiles source text, or takes the result of an earlier run from the context's cache. Blocks.
  /// Throws build_error with the compiler's messages, timeout_error, argument_error (options that make no
  /// sense).
  [[nodiscard]] static program build(const context& owner, const source_text& source,
                                     const build_options& options = {});
  /// Machine code as binary() gave it on the same device and driver. A driver may crash on bytes that are
  /// none.
  [[nodiscard]] static program from_binary(const context& owner, std::span<const std::byte> code);
  /// Throws capability_error when the device takes no SPIR-V, argument_error when `code` is none.
  [[nodiscard]] static program from_spirv(const context& owner, std::span<const std::byte> code,
                                          const build_options& options = {});

  /// Throws argument_error that lists the kernels there are when there is none of that name.
  [[nodiscard]] kernel get_kernel(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> kernel_names() const;

  [[nodiscard]] program_origin origin() const noexcept;
  /// How long making it took: reading the cache or compiling.
  [[nodiscard]] std::chrono::nanoseconds build_time() const noexcept;
  /// What the compiler said of a successful build.
  [[nodiscard]] const std::vector<diagnostic>& messages() const noexcept;
  [[nodiscard]] const std::string& log() const noexcept;
  /// The device's machine code. Blocks; slow on PoCL, which compiles every kernel for it.
  [[nodiscard]] os::bytes binary() const;

  explicit program(std::shared_ptr<detail::program_state> state) : state_(std::move(state)) {}
  [[nodiscard]] const std::shared_ptr<detail::program_state>& state() const noexcept { return state_; }

 private:
  std::shared_ptr<detail::program_state> state_;
};

struct build_request {
  source_text source;
  build_options options;
};

/// Builds several programs at once, on `builders` and the calling thread, and waits for all of them.
/// Throws the failure of the first request that failed.
[[nodiscard]] std::vector<program> build_all(const context& owner, std::span<const build_request> requests,
                                             executor& builders);

} // namespace clotho
