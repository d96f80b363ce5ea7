// SPDX-License-Identifier: Apache-2.0
#include "raw_opencl.hpp"

#include <clotho/core/error.hpp>

namespace clotho::bench {

void raw_check(cl_int code, const char* call) {
  if (code != CL_SUCCESS) throw error(code, call, "of the raw peer");
}

raw_context make_raw_context(cl_device_id on) {
  cl_int code = CL_SUCCESS;
  raw_context made(clCreateContext(nullptr, 1, &on, nullptr, nullptr, &code));
  raw_check(code, "clCreateContext");
  return made;
}

raw_queue make_raw_queue(cl_context in, cl_device_id on) {
  cl_int code = CL_SUCCESS;
  raw_queue made(clCreateCommandQueue(in, on, 0, &code));
  raw_check(code, "clCreateCommandQueue");
  return made;
}

raw_program build_raw_program(cl_context in, cl_device_id on, const char* source) {
  cl_int code = CL_SUCCESS;
  raw_program made(clCreateProgramWithSource(in, 1, &source, nullptr, &code));
  raw_check(code, "clCreateProgramWithSource");
  raw_check(clBuildProgram(made.get(), 1, &on, "", nullptr, nullptr), "clBuildProgram");
  return made;
}

raw_kernel make_raw_kernel(cl_program of, const char* name) {
  cl_int code = CL_SUCCESS;
  raw_kernel made(clCreateKernel(of, name, &code));
  raw_check(code, "clCreateKernel");
  return made;
}

raw_buffer make_raw_buffer(cl_context in, std::size_t size_bytes) {
  cl_int code = CL_SUCCESS;
  raw_buffer made(clCreateBuffer(in, CL_MEM_READ_WRITE, size_bytes, nullptr, &code));
  raw_check(code, "clCreateBuffer");
  return made;
}

} // namespace clotho::bench
