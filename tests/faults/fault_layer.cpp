// SPDX-License-Identifier: Apache-2.0
// An OpenCL layer that fails the N-th call of a program on purpose, or all calls of one context, as if its device
// were gone, and counts its living handles. The loader takes it from OPENCL_LAYERS; a test reaches it through
// fault_layer.hpp.
//
// A failing call does not reach the driver, with two exceptions. A call that waits has waited when it fails,
// so that no command still uses memory which its owner, told of the failure, gives back; and an unmapping has
// unmapped, or the driver would keep the memory for ever. Releases never fail: nothing could be done about
// it.
#define CL_TARGET_OPENCL_VERSION 300
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl_layer.h>

#include <array>
#include <atomic>
#include <cstring>
#include <type_traits>

// What src/clotho/runtime calls, in the order of its use; retains are those of the C++ bindings.
#define CLOTHO_FALLIBLE_CALLS(CALL)                                                                          \
  CALL(clGetPlatformIDs)                                                                                     \
  CALL(clGetPlatformInfo)                                                                                    \
  CALL(clGetDeviceIDs)                                                                                       \
  CALL(clGetDeviceInfo)                                                                                      \
  CALL(clCreateSubDevices)                                                                                   \
  CALL(clCreateContext)                                                                                      \
  CALL(clGetContextInfo)                                                                                     \
  CALL(clCreateCommandQueue)                                                                                 \
  CALL(clCreateCommandQueueWithProperties)                                                                   \
  CALL(clGetCommandQueueInfo)                                                                                \
  CALL(clCreateBuffer)                                                                                       \
  CALL(clCreateSubBuffer)                                                                                    \
  CALL(clCreateImage)                                                                                        \
  CALL(clCreateSampler)                                                                                      \
  CALL(clGetSupportedImageFormats)                                                                           \
  CALL(clGetMemObjectInfo)                                                                                   \
  CALL(clCreateProgramWithSource)                                                                            \
  CALL(clCreateProgramWithBinary)                                                                            \
  CALL(clCreateProgramWithIL)                                                                                \
  CALL(clBuildProgram)                                                                                       \
  CALL(clGetProgramInfo)                                                                                     \
  CALL(clGetProgramBuildInfo)                                                                                \
  CALL(clCreateKernel)                                                                                       \
  CALL(clGetKernelInfo)                                                                                      \
  CALL(clGetKernelArgInfo)                                                                                   \
  CALL(clGetKernelWorkGroupInfo)                                                                             \
  CALL(clSetKernelArg)                                                                                       \
  CALL(clEnqueueNDRangeKernel)                                                                               \
  CALL(clEnqueueReadBuffer)                                                                                  \
  CALL(clEnqueueWriteBuffer)                                                                                 \
  CALL(clEnqueueCopyBuffer)                                                                                  \
  CALL(clEnqueueFillBuffer)                                                                                  \
  CALL(clEnqueueMapBuffer)                                                                                   \
  CALL(clEnqueueUnmapMemObject)                                                                              \
  CALL(clEnqueueReadImage)                                                                                   \
  CALL(clEnqueueWriteImage)                                                                                  \
  CALL(clEnqueueCopyImage)                                                                                   \
  CALL(clEnqueueFillImage)                                                                                   \
  CALL(clEnqueueMarkerWithWaitList)                                                                          \
  CALL(clGetEventInfo)                                                                                       \
  CALL(clGetEventProfilingInfo)                                                                              \
  CALL(clFlush)                                                                                              \
  CALL(clFinish)                                                                                             \
  CALL(clWaitForEvents)                                                                                      \
  CALL(clRetainDevice)                                                                                       \
  CALL(clRetainContext)                                                                                      \
  CALL(clRetainCommandQueue)                                                                                 \
  CALL(clRetainMemObject)                                                                                    \
  CALL(clRetainSampler)                                                                                      \
  CALL(clRetainProgram)                                                                                      \
  CALL(clRetainKernel)                                                                                       \
  CALL(clRetainEvent)

#define CLOTHO_RELEASE_CALLS(CALL)                                                                           \
  CALL(clReleaseDevice)                                                                                      \
  CALL(clReleaseContext)                                                                                     \
  CALL(clReleaseCommandQueue)                                                                                \
  CALL(clReleaseMemObject)                                                                                   \
  CALL(clReleaseSampler)                                                                                     \
  CALL(clReleaseProgram)                                                                                     \
  CALL(clReleaseKernel)                                                                                      \
  CALL(clReleaseEvent)

namespace {

const cl_icd_dispatch* target = nullptr;
cl_icd_dispatch layer{};

std::atomic<long> calls{0}, injected{0}, live{0};
std::atomic<long> fail_at{0}; // 0: never
std::atomic<bool> persistent{false};
std::atomic<cl_int> fault{CL_SUCCESS};
std::atomic<const char*> last_failed{""};

// Of the context that is doomed.
std::atomic<long> contexts{0}, doomed_at{0}; // those made since, and which of them; 0: none
std::atomic<cl_context> doomed{nullptr};
std::atomic<long> doomed_calls{0}, good_calls{0};
std::atomic<cl_int> loss{CL_SUCCESS};

cl_int fail_call(const char* name, cl_int code) {
  ++injected;
  last_failed = name;
  return code;
}

// Of one entry point.
std::atomic<const char*> refused_entry{""};
std::atomic<long> refusals{0};
std::atomic<long> memories{0}; // made so far

/// Counts a call; the code it fails with, or CL_SUCCESS.
cl_int next_call(const char* name) {
  if (refusals > 0 && std::strcmp(name, refused_entry) == 0) {
    --refusals;
    return fail_call(name, fault);
  }
  const long call = ++calls, at = fail_at;
  if (at == 0 || call < at || (call > at && !persistent)) return CL_SUCCESS;
  return fail_call(name, fault);
}

template <class Handle, class Query>
cl_context asked(Handle of, Query query, cl_uint what) {
  cl_context found = nullptr;
  if (of) query(of, what, sizeof found, &found, nullptr);
  return found;
}

/// The context that an argument of a call belongs to; null: none.
cl_context context_of(cl_context one) { return one; }
cl_context context_of(cl_command_queue one) { return asked(one, target->clGetCommandQueueInfo, CL_QUEUE_CONTEXT); }
cl_context context_of(cl_mem one) { return asked(one, target->clGetMemObjectInfo, CL_MEM_CONTEXT); }
cl_context context_of(cl_program one) { return asked(one, target->clGetProgramInfo, CL_PROGRAM_CONTEXT); }
cl_context context_of(cl_kernel one) { return asked(one, target->clGetKernelInfo, CL_KERNEL_CONTEXT); }
cl_context context_of(cl_event one) { return asked(one, target->clGetEventInfo, CL_EVENT_CONTEXT); }
cl_context context_of(const cl_event* list) { return list ? context_of(*list) : nullptr; }
template <class T> cl_context context_of(T) { return nullptr; }

/// The code that a call about the doomed context fails with, or CL_SUCCESS.
template <class... Arguments> cl_int call_when_doomed(const char* name, Arguments... arguments) {
  const cl_context victim = doomed;
  if (!victim) return CL_SUCCESS;
  cl_context found = nullptr;
  ((found = found ? found : context_of(arguments)), ...);
  if (found != victim || ++doomed_calls <= good_calls) return CL_SUCCESS;
  return fail_call(name, loss);
}

void note_made(cl_context made) {
  if (made && ++contexts == doomed_at) doomed = made;
}
void note_made(cl_mem made) { memories += made != nullptr; }
template <class T> void note_made(T) {}

enum class role { fails, acts_and_fails, retains, releases };

template <class T> constexpr bool is_handle = std::is_pointer_v<T> && !std::is_same_v<T, void*>;

/// The last argument of a call that creates something.
void set_code(cl_int* to, cl_int code) {
  if (to) *to = code;
}
template <class T> void set_code(T, cl_int) {}

/// Events that a call returns through a pointer; lists of events to wait for are const.
void count_event(cl_event* made) {
  if (made && *made) ++live;
}
template <class T> void count_event(T) {}

/// Sub-devices are not: PoCL's, and no other driver here has any, are never released (quirk keep_sub_devices).
template <class... Arguments> constexpr bool is_counted = !(std::is_same_v<Arguments, cl_device_id> || ...);

template <auto Entry, role Role, class Pointer = std::remove_cvref_t<decltype(target->*Entry)>>
struct wrapped;

template <auto Entry, role Role, class Result, class... Arguments>
struct wrapped<Entry, Role, Result (*)(Arguments...)> {
  static inline const char* name = "";

  static Result CL_API_CALL call(Arguments... arguments) {
    if constexpr (Role == role::releases) {
      const Result result = (target->*Entry)(arguments...);
      if (is_counted<Arguments...> && result == CL_SUCCESS) --live;
      return result;
    } else if (const cl_int code = code_for(arguments...); code != CL_SUCCESS) {
      if constexpr (Role == role::acts_and_fails) (target->*Entry)(arguments...);
      return fail(code, arguments...);
    } else {
      const Result result = (target->*Entry)(arguments...);
      count(result, arguments...);
      return result;
    }
  }

 private:
  // The host counts references, also of what is gone.
  static cl_int code_for(Arguments... arguments) {
    const cl_int code = next_call(name);
    return code != CL_SUCCESS || Role == role::retains ? code : call_when_doomed(name, arguments...);
  }

  static Result fail(cl_int code, Arguments... arguments) {
    if constexpr (std::is_same_v<Result, cl_int>) return code;
    (set_code(arguments, code), ...);
    return Result{};
  }

  static void count(Result result, Arguments... arguments) {
    if constexpr (is_handle<Result>) live += result != nullptr;
    note_made(result);
    if constexpr (Role == role::retains && is_counted<Arguments...>) live += result == CL_SUCCESS;
    (count_event(arguments), ...);
  }
};

cl_int CL_API_CALL create_sub_devices(cl_device_id device, const cl_device_partition_property* properties,
                                      cl_uint room, cl_device_id* parts, cl_uint* made) {
  if (const cl_int code = next_call("clCreateSubDevices"); code != CL_SUCCESS) return code;
  return target->clCreateSubDevices(device, properties, room, parts, made);
}

constexpr role role_of(const char* name) {
  const auto begins = [name](const char* with) {
    const char* at = name;
    while (*with && *at == *with) ++at, ++with;
    return *with == '\0';
  };
  if (begins("clRelease")) return role::releases;
  if (begins("clRetain")) return role::retains;
  const bool acts = begins("clFinish") || begins("clWaitForEvents") || begins("clEnqueueUnmap");
  return acts ? role::acts_and_fails : role::fails;
}

void fill_in_layer() {
#define CLOTHO_WRAP(entry)                                                                                   \
  {                                                                                                          \
    using wrapper = wrapped<&cl_icd_dispatch::entry, role_of(#entry)>;                                       \
    wrapper::name = #entry;                                                                                  \
    layer.entry = &wrapper::call;                                                                            \
  }
  CLOTHO_FALLIBLE_CALLS(CLOTHO_WRAP)
  CLOTHO_RELEASE_CALLS(CLOTHO_WRAP)
#undef CLOTHO_WRAP
  layer.clCreateSubDevices = &create_sub_devices;
}

} // namespace

extern "C" {

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void* value, size_t* size) {
  if (what != CL_LAYER_API_VERSION) return CL_INVALID_VALUE;
  const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
  if (value && room < sizeof version) return CL_INVALID_VALUE;
  if (value) std::memcpy(value, &version, sizeof version);
  if (size) *size = sizeof version;
  return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const cl_icd_dispatch* below,
                                            cl_uint* entries_here, const cl_icd_dispatch** wrappers) {
  constexpr cl_uint known = sizeof(cl_icd_dispatch) / sizeof(void*);
  if (!below || !entries_here || !wrappers || entries < known) return CL_INVALID_VALUE;
  target = below;
  fill_in_layer();
  *entries_here = known;
  *wrappers = &layer;
  return CL_SUCCESS;
}

/// Zeroes the counts of calls and faults; from now on the `nth` call (from 1; 0: none) fails with `code`, and
/// if `lasting` every one after it.
void clotho_fault_arm(long nth, cl_int code, int lasting) {
  fail_at = 0;
  calls = 0, injected = 0;
  last_failed = "";
  fault = code;
  persistent = lasting != 0;
  fail_at = nth;
  doomed_at = 0, doomed = nullptr;
  refusals = 0;
}
/// The next calls of one entry point, a string that lasts, fail with `code`, so many of them.
void clotho_fault_refuse(const char* entry, long times, cl_int code) {
  refusals = 0;
  refused_entry = entry;
  fault = code;
  refusals = times;
}
/// Memory objects made since the program began.
long clotho_fault_memories(void) { return memories; }
/// The `which`-th context made from now (from 1) is of a device that will be lost: all calls about it, or what was made in
/// it, fail with `code` after so many.
void clotho_fault_doom(long which, long after, cl_int code) {
  contexts = 0, doomed_calls = 0;
  good_calls = after;
  loss = code;
  doomed_at = which;
}
/// It is lost after so many, counted from then.
void clotho_fault_lose(long after) { good_calls = after; }
/// Calls about the context that is doomed.
long clotho_fault_doomed_calls(void) { return doomed_calls; }
long clotho_fault_calls(void) { return calls; }
long clotho_fault_injected(void) { return injected; }
/// References to handles of all kinds that are still held.
long clotho_fault_live(void) { return live; }
/// The entry point that failed last.
const char* clotho_fault_entry(void) { return last_failed; }

} // extern "C"
