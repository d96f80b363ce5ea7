#pragma once
// SPDX-License-Identifier: Apache-2.0
// The OpenCL API and its C++ bindings, for the runtime layer alone. The bindings' classes own handles; calls
// go through check(), so that each failure names its entry point and object.

#define CL_TARGET_OPENCL_VERSION 300
#define CL_HPP_TARGET_OPENCL_VERSION 300
// 110 although clotho needs 1.2: with 120 this generation of the bindings misses a helper it uses itself.
#define CL_HPP_MINIMUM_OPENCL_VERSION 110

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wextra"
#endif
#include <CL/opencl.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <string_view>

#include <clotho/core/error.hpp>

namespace clotho::detail {

/// Throws error{code, call, object} unless `code` is CL_SUCCESS.
inline void check(cl_int code, const char* call, std::string_view object = {}) {
  if (code != CL_SUCCESS) throw error(code, call, object);
}

/// One more owner of a driver's object, which others own too; `call` is the entry point that retains it.
/// Copies of the bindings' classes ignore a retain that fails, and then release the object once too often.
template <class Handle> [[nodiscard]] Handle share(typename Handle::cl_type object, const char* call) {
  check(cl::detail::ReferenceHandler<typename Handle::cl_type>::retain(object), call);
  return Handle(object, false);
}

} // namespace clotho::detail
