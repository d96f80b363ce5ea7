// SPDX-License-Identifier: Apache-2.0
// One start of a process of its own: how long until a program is there, or has run.
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <clotho/core/error.hpp>
#include <clotho/core/source.hpp>
#include <clotho/runtime/binary_cache.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/queue.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "first_call.hpp"
#include "raw_opencl.hpp"
#include "suite.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t items = 1024, group = 64;

// Every kernel of the file in turn, each waited for, as a program that needs each result does.
void run_all(queue& q, const program& code, const device_buffer& y, const device_buffer& x) {
  for (const std::string& name : code.kernel_names()) {
    q.launch(code.get_kernel(name), nd_range(items).local(group), y, x, 2.5f, cl_uint{items});
    q.finish();
  }
}

void run_all(cl_command_queue q, cl_program code, cl_mem y, cl_mem x) {
  cl_uint count = 0;
  raw_check(clCreateKernelsInProgram(code, 0, nullptr, &count), "clCreateKernelsInProgram");
  std::vector<cl_kernel> kernels(count);
  raw_check(clCreateKernelsInProgram(code, count, kernels.data(), nullptr), "clCreateKernelsInProgram");
  const float f = 2.5f;
  const cl_uint n = items;
  for (const cl_kernel made : kernels) {
    const raw_kernel kernel(made);
    raw_check(clSetKernelArg(made, 0, sizeof y, &y), "clSetKernelArg");
    raw_check(clSetKernelArg(made, 1, sizeof x, &x), "clSetKernelArg");
    raw_check(clSetKernelArg(made, 2, sizeof f, &f), "clSetKernelArg");
    raw_check(clSetKernelArg(made, 3, sizeof n, &n), "clSetKernelArg");
    raw_check(clEnqueueNDRangeKernel(q, made, 1, nullptr, &items, &group, 0, nullptr, nullptr),
              "clEnqueueNDRangeKernel");
    raw_check(clFinish(q), "clFinish");
  }
}

// Times begin before the file is read and end before anything is torn down.
double clotho_sample(const std::string& file, bool run, bool must_be_cached, bool store = false) {
  thread_pool background(1);
  const context in(select_device(), {.cache = binary_cache::from_environment(), .background = &background});
  queue q(in);
  const auto y = device_buffer::of<float>(in, items), x = device_buffer::of<float>(in, items);
  const clock::time_point begin = clock::now();
  const program code = program::build(in, load_source(file));
  if (run) run_all(q, code, y, x);
  const double seconds = seconds_since(begin);
  if (must_be_cached && code.origin() != program_origin::cache)
    throw error("the program did not come from clotho's cache");
  if (store) in.store_binaries();
  return seconds;
}

double raw_sample(const std::string& file, bool run) {
  const cl_device_id on = native::handle(select_device());
  const raw_context in = make_raw_context(on);
  const raw_queue q = make_raw_queue(in.get(), on);
  const raw_buffer y = make_raw_buffer(in.get(), items * 4), x = make_raw_buffer(in.get(), items * 4);
  const clock::time_point begin = clock::now();
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  const raw_program code = build_raw_program(in.get(), on, text.str().c_str());
  if (run) run_all(q.get(), code.get(), y.get(), x.get());
  return seconds_since(begin);
}

} // namespace

int run_sample(const std::string& what, const std::string& file) {
  const std::map<std::string, std::function<double()>> kinds = {
      {"raw-load", [&] { return raw_sample(file, false); }},
      {"raw-run", [&] { return raw_sample(file, true); }},
      {"clotho-load", [&] { return clotho_sample(file, false, false); }},
      {"clotho-run", [&] { return clotho_sample(file, true, false); }},
      {"clotho-fill", [&] { return clotho_sample(file, true, false, true); }},
      {"cached-load", [&] { return clotho_sample(file, false, true); }},
      {"cached-run", [&] { return clotho_sample(file, true, true); }},
      {"first-call", [&] { return first_call_sample(file); }}};
  const tool::stdout_guard guard;
  char text[32];
  std::snprintf(text, sizeof text, "%.9f\n", kinds.at(what)());
  tool::print(text);
  return 0;
}

} // namespace clotho::bench
