// SPDX-License-Identifier: Apache-2.0
// What `clotho run saxpy.cl` does, by hand and without a check too many:
//   clotho-raw-saxpy FILE PLATFORM DEVICE
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>

enum { n = 1024, group = 64, most = 16 };

static void check(cl_int code, const char* call) {
  if (code == CL_SUCCESS) return;
  fprintf(stderr, "%s: %d\n", call, code);
  exit(1);
}

static cl_device_id find_device(cl_uint platform_index, cl_uint index) {
  cl_platform_id platforms[most];
  cl_device_id devices[most];
  cl_uint count = 0;
  check(clGetPlatformIDs(most, platforms, &count), "clGetPlatformIDs");
  if (platform_index >= count) exit(4);
  check(clGetDeviceIDs(platforms[platform_index], CL_DEVICE_TYPE_ALL, most, devices, &count),
        "clGetDeviceIDs");
  if (index >= count) exit(4);
  return devices[index];
}

static char* read_text(const char* path) {
  FILE* file = fopen(path, "rb");
  char* text = calloc(1, 1 << 20);
  if (!file || !text || fread(text, 1, (1 << 20) - 1, file) == 0) exit(6);
  fclose(file);
  return text;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  cl_int code = 0;
  cl_device_id device = find_device((cl_uint)atoi(argv[2]), (cl_uint)atoi(argv[3]));
  cl_context context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
  check(code, "clCreateContext");
  cl_command_queue queue = clCreateCommandQueue(context, device, 0, &code);
  check(code, "clCreateCommandQueue");
  const char* text = read_text(argv[1]);
  cl_program program = clCreateProgramWithSource(context, 1, &text, NULL, &code);
  check(code, "clCreateProgramWithSource");
  check(clBuildProgram(program, 1, &device, "", NULL, NULL), "clBuildProgram");
  cl_kernel kernel = clCreateKernel(program, "saxpy", &code);
  check(code, "clCreateKernel");

  static float x[n], y[n];
  for (int i = 0; i < n; ++i) x[i] = (float)i;
  cl_mem on_x = clCreateBuffer(context, CL_MEM_READ_ONLY, sizeof x, NULL, &code);
  check(code, "clCreateBuffer");
  cl_mem on_y = clCreateBuffer(context, CL_MEM_READ_WRITE, sizeof y, NULL, &code);
  check(code, "clCreateBuffer");
  check(clEnqueueWriteBuffer(queue, on_x, CL_TRUE, 0, sizeof x, x, 0, NULL, NULL), "clEnqueueWriteBuffer");
  check(clEnqueueWriteBuffer(queue, on_y, CL_TRUE, 0, sizeof y, y, 0, NULL, NULL), "clEnqueueWriteBuffer");

  const float a = 2.5f;
  const cl_uint count = n;
  const size_t global = n, local = group;
  check(clSetKernelArg(kernel, 0, sizeof on_y, &on_y), "clSetKernelArg");
  check(clSetKernelArg(kernel, 1, sizeof on_x, &on_x), "clSetKernelArg");
  check(clSetKernelArg(kernel, 2, sizeof a, &a), "clSetKernelArg");
  check(clSetKernelArg(kernel, 3, sizeof count, &count), "clSetKernelArg");
  check(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &local, 0, NULL, NULL),
        "clEnqueueNDRangeKernel");
  check(clEnqueueReadBuffer(queue, on_y, CL_TRUE, 0, sizeof y, y, 0, NULL, NULL), "clEnqueueReadBuffer");
  for (int i = 0; i < n; ++i)
    if (y[i] != a * (float)i) return 1;
  printf("y[%d] = %g\n", n - 1, (double)y[n - 1]);

  clReleaseMemObject(on_x);
  clReleaseMemObject(on_y);
  clReleaseKernel(kernel);
  clReleaseProgram(program);
  clReleaseCommandQueue(queue);
  clReleaseContext(context);
  return 0;
}
