#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/algo/detail/splice.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/algo/tuning.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/core/embedded_source.hpp>
#include <clotho/core/signature.hpp>
#include <clotho/flow/loaded_program.hpp>

namespace clotho::detail {

/// A program of cl/, built for a device, and what it was built with.
struct primitive {
  clotho::shape shape = shape::cpu;
  parameters tuning;
  loaded_program program;
  std::vector<loaded_kernel> kernels; ///< in the order of the description, on the device
};

/// Which variant of which source.
struct primitive_key {
  const embedded_source& source;
  std::uint64_t variant = 0;     ///< types and operators, packed as the primitive likes
  std::string_view snippet = {}; ///< text of the user's that it is built with
};

/// What a primitive is built from on a device.
struct primitive_request {
  macro_list defines;
  std::vector<std::string> kernels; ///< their names
  std::string preamble = {}; ///< text in front of the source, after the macros: functions of the user's
  std::vector<snippet> snippets = {}; ///< the user's, for the places that the source has: see splice
};

/// How to make one, asked when it is not there yet: a callable that takes const parameters& and returns a
/// primitive_request. Borrowed for the length of a call.
class primitive_maker {
 public:
  template <class F>
  primitive_maker(const F& make) // NOLINT: a callable is one
      : object_(&make), call_([](const void* object, const parameters& tuning) -> primitive_request {
          return (*static_cast<const F*>(object))(tuning);
        }) {}
  [[nodiscard]] primitive_request operator()(const parameters& tuning) const {
    return call_(object_, tuning);
  }

 private:
  const void* object_;
  primitive_request (*call_)(const void*, const parameters&);
};

/// The primitive on a device: its program with the numbers that the tuning says for `name` and elements of
/// `type`. It is built in the background the first time, and kept with the runtime: further calls cost some
/// 50 ns. The reference is valid as long as the runtime. Safe from any thread. Throws what `make` throws, and
/// the first time on a device what known_tuning() throws.
[[nodiscard]] const primitive& primitive_for(const placement& where, const primitive_key& key,
                                             std::string_view name, scalar type, primitive_maker make);

/// Macros T (the type's name), T_IS_FLOAT, T_BITS for device code, and what cl/common.h makes of them. Throws
/// capability_error that names `what` and the device when it cannot calculate with the type.
[[nodiscard]] macro_list type_macros(const placement& where, scalar type, std::string_view what,
                                     std::string_view macro = "T");
/// Throws as that does.
void require_type(const placement& where, scalar type, std::string_view what);

/// Whether a result of so many bytes, which the kernel does not read, is best written past the caches: when
/// it is larger than they are (tuning: stream_bytes).
[[nodiscard]] inline bool writes_past_caches(const parameters& tuning, std::size_t bytes) {
  return bytes >= tuning["stream_bytes"];
}

/// `items` work-items by themselves, as kernels of the CPU shape are launched.
[[nodiscard]] inline nd_range one_by_one(std::size_t items) { return nd_range(items).local(1); }
/// Groups of `size`.
[[nodiscard]] inline nd_range groups_of(std::size_t size, std::size_t groups) {
  return nd_range(groups * size).local(size);
}
[[nodiscard]] constexpr std::size_t divide_up(std::size_t a, std::size_t b) noexcept {
  return a / b + (a % b != 0 ? 1 : 0);
}

} // namespace clotho::detail
