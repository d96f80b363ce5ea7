// SPDX-License-Identifier: Apache-2.0
// An OpenCL layer that never releases memory. Oclgrind 21.10 gives new memory the number of what was released, and goes on
// with that one's record of what is initialised, and with its size: what lies beyond counts as never written.
#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl_layer.h>

#include <string.h>

static cl_icd_dispatch layer;

static CL_API_ENTRY cl_int CL_API_CALL keep(cl_mem memory) {
  (void)memory;
  return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t room, void* value, size_t* size) {
  const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
  if (what != CL_LAYER_API_VERSION || (value && room < sizeof version)) return CL_INVALID_VALUE;
  if (value) memcpy(value, &version, sizeof version);
  if (size) *size = sizeof version;
  return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const cl_icd_dispatch* below, cl_uint* entries_here,
                                            const cl_icd_dispatch** wrappers) {
  const cl_uint known = sizeof layer / sizeof(void*);
  if (!below || !entries_here || !wrappers || entries < known) return CL_INVALID_VALUE;
  layer = *below;
  layer.clReleaseMemObject = keep;
  *entries_here = known;
  *wrappers = &layer;
  return CL_SUCCESS;
}
