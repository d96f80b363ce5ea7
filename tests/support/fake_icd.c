// SPDX-License-Identifier: Apache-2.0
// An OpenCL driver that misbehaves on purpose, for tests of device discovery. FAKE_ICD_MODE says how:
//
//   empty           one platform without devices: CL_DEVICE_NOT_FOUND, the count left untouched
//   error           clGetDeviceIDs returns CL_OUT_OF_HOST_MEMORY
//   crash           clGetDeviceIDs aborts
//   crash-platform  clIcdGetPlatformIDsKHR raises SIGSEGV
//   hang            clGetDeviceIDs never returns
//   sick            one device that answers for its name and type, and CL_INVALID_VALUE to everything else
//
// Without a mode there is no platform. Beside other platforms ocl-icd calls clGetDeviceIDs to sort them
// (OCL_ICD_PLATFORM_SORT=none turns it off), so a crash or hang there may strike inside clGetPlatformIDs.
#define _POSIX_C_SOURCE 200809L
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl_icd.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct _cl_platform_id {
  const cl_icd_dispatch* dispatch; // The loader demands it first.
};
struct _cl_device_id {
  const cl_icd_dispatch* dispatch;
};

static const cl_icd_dispatch dispatch_table;
static struct _cl_platform_id the_platform = {&dispatch_table};
static struct _cl_device_id the_device = {&dispatch_table};

static int mode_is(const char* name) {
  const char* const mode = getenv("FAKE_ICD_MODE");
  return mode && strcmp(mode, name) == 0;
}

static cl_int answer(const void* data, size_t size, size_t capacity, void* value, size_t* size_ret) {
  if (value && capacity < size) return CL_INVALID_VALUE;
  if (value) memcpy(value, data, size);
  if (size_ret) *size_ret = size;
  return CL_SUCCESS;
}

static cl_int answer_text(const char* text, size_t capacity, void* value, size_t* size_ret) {
  return answer(text, strlen(text) + 1, capacity, value, size_ret);
}

static cl_int CL_API_CALL get_platform_info(cl_platform_id platform, cl_platform_info what, size_t capacity,
                                            void* value, size_t* size_ret) {
  if (platform != &the_platform) return CL_INVALID_PLATFORM;
  switch (what) {
  case CL_PLATFORM_PROFILE: return answer_text("FULL_PROFILE", capacity, value, size_ret);
  case CL_PLATFORM_VERSION: return answer_text("OpenCL 1.2 fake", capacity, value, size_ret);
  case CL_PLATFORM_NAME: return answer_text("Fake platform", capacity, value, size_ret);
  case CL_PLATFORM_VENDOR: return answer_text("clotho tests", capacity, value, size_ret);
  case CL_PLATFORM_EXTENSIONS: return answer_text("cl_khr_icd", capacity, value, size_ret);
  case CL_PLATFORM_ICD_SUFFIX_KHR: return answer_text("FAKE", capacity, value, size_ret);
  default: return CL_INVALID_VALUE;
  }
}

static cl_int CL_API_CALL get_device_ids(cl_platform_id platform, cl_device_type type, cl_uint capacity,
                                         cl_device_id* devices, cl_uint* count) {
  if (platform != &the_platform) return CL_INVALID_PLATFORM;
  if (mode_is("error")) return CL_OUT_OF_HOST_MEMORY;
  if (mode_is("crash")) abort();
  while (mode_is("hang")) pause();
  if (!mode_is("sick") || !(type & (CL_DEVICE_TYPE_DEFAULT | CL_DEVICE_TYPE_GPU))) return CL_DEVICE_NOT_FOUND;
  if (devices && capacity > 0) devices[0] = &the_device;
  if (count) *count = 1;
  return CL_SUCCESS;
}

static cl_int CL_API_CALL get_device_info(cl_device_id device, cl_device_info what, size_t capacity,
                                          void* value, size_t* size_ret) {
  const cl_device_type type = CL_DEVICE_TYPE_GPU;
  if (device != &the_device) return CL_INVALID_DEVICE;
  if (what == CL_DEVICE_TYPE) return answer(&type, sizeof type, capacity, value, size_ret);
  if (what == CL_DEVICE_NAME) return answer_text("Fake device", capacity, value, size_ret);
  return CL_INVALID_VALUE;
}

static cl_int CL_API_CALL retain_or_release(cl_device_id device) {
  return device == &the_device ? CL_SUCCESS : CL_INVALID_DEVICE;
}

static cl_context CL_API_CALL
create_context(const cl_context_properties* properties, cl_uint count, const cl_device_id* devices,
               void(CL_CALLBACK* notify)(const char*, const void*, size_t, void*), void* data, cl_int* code) {
  (void)properties, (void)count, (void)devices, (void)notify, (void)data;
  if (code) *code = CL_DEVICE_NOT_AVAILABLE;
  return NULL;
}

static const cl_icd_dispatch dispatch_table = {
    .clGetPlatformInfo = get_platform_info,
    .clGetDeviceIDs = get_device_ids,
    .clGetDeviceInfo = get_device_info,
    .clRetainDevice = retain_or_release,
    .clReleaseDevice = retain_or_release,
    .clCreateContext = create_context,
};

static cl_int CL_API_CALL get_platform_ids(cl_uint capacity, cl_platform_id* platforms, cl_uint* count) {
  if (mode_is("crash-platform")) raise(SIGSEGV);
  if (!getenv("FAKE_ICD_MODE")) return CL_PLATFORM_NOT_FOUND_KHR;
  if (platforms && capacity > 0) platforms[0] = &the_platform;
  if (count) *count = 1;
  return CL_SUCCESS;
}

/// The one symbol the loader looks up; it asks this for the two functions it needs before there is a dispatch
/// table.
CL_API_ENTRY void* CL_API_CALL clGetExtensionFunctionAddress(const char* name) {
  // ISO C has no cast from a function to void*.
  union {
    cl_int(CL_API_CALL* get_platform_ids)(cl_uint, cl_platform_id*, cl_uint*);
    cl_int(CL_API_CALL* get_platform_info)(cl_platform_id, cl_platform_info, size_t, void*, size_t*);
    void* address;
  } function = {.address = NULL};
  if (strcmp(name, "clIcdGetPlatformIDsKHR") == 0) function.get_platform_ids = get_platform_ids;
  if (strcmp(name, "clGetPlatformInfo") == 0) function.get_platform_info = get_platform_info;
  return function.address;
}
