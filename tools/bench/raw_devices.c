// SPDX-License-Identifier: Apache-2.0
// What `clotho devices` does, by hand: every platform and device with the facts a list shows.
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdio.h>

enum { most = 16 };

static void show(cl_device_id device) {
  char name[256] = "", version[256] = "", driver[256] = "";
  cl_device_type type = 0;
  cl_uint units = 0;
  cl_ulong memory = 0;
  clGetDeviceInfo(device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
  clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof name, name, NULL);
  clGetDeviceInfo(device, CL_DEVICE_VERSION, sizeof version, version, NULL);
  clGetDeviceInfo(device, CL_DRIVER_VERSION, sizeof driver, driver, NULL);
  clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
  clGetDeviceInfo(device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory, NULL);
  printf("%llu %s %u %llu %s %s\n", (unsigned long long)type, name, units, (unsigned long long)memory,
         version, driver);
}

int main(void) {
  cl_platform_id platforms[most];
  cl_uint platform_count = 0;
  if (clGetPlatformIDs(most, platforms, &platform_count) != CL_SUCCESS) return 4;
  for (cl_uint p = 0; p < platform_count && p < most; ++p) {
    cl_device_id devices[most];
    cl_uint count = 0;
    if (clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, most, devices, &count) != CL_SUCCESS) continue;
    for (cl_uint d = 0; d < count && d < most; ++d) show(devices[d]);
  }
  return 0;
}
