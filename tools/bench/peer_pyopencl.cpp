// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

#include "conversation.hpp"
#include "launch_peer.hpp"

namespace clotho::bench {
namespace {

// Says "ready VERSION" or "missing WHY"; then answers "PATTERN ARGUMENTS EVENT LAUNCHES" with seconds a
// launch. Types are declared once (set_scalar_arg_dtypes), which is PyOpenCL's fastest way to pass numbers.
constexpr const char* script = R"python(
import os, sys, time
os.environ["PYOPENCL_NO_CACHE"] = "1"
platform, device, source = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
elements = int(sys.argv[4])
try:
    import numpy as np
    import pyopencl as cl
    on = cl.get_platforms()[platform].get_devices()[device]
    context = cl.Context([on])
    queue = cl.CommandQueue(context)
    program = cl.Program(context, source).build()
    a, b, c, d = (cl.Buffer(context, cl.mem_flags.READ_WRITE, 4 * elements) for _ in range(4))
    none, one, four, eight = program.none, program.one, program.four, program.eight
    four.set_scalar_arg_dtypes([None, None, np.float32, np.uint32])
    eight.set_scalar_arg_dtypes([None] * 4 + [np.float32, np.float32, np.uint32, np.int64])
except Exception as why:
    print("missing", str(why).replace("\n", " "), flush=True)
    sys.exit()
print("ready", cl.VERSION_TEXT, flush=True)
calls = {0: (none, ()), 1: (one, (a,)), 4: (four, (a, b, 2.0, 1)), 8: (eight, (a, b, c, d, 2.0, 3.0, 1, 4))}
size = (1,)
for line in sys.stdin:
    pattern, arguments, launches = line.split()
    kernel, values = calls[int(arguments)]
    launches = int(launches)
    begin = time.perf_counter()
    if pattern == "round_trip":
        for _ in range(launches):
            kernel(queue, size, size, *values)
            queue.finish()
    else:
        for _ in range(launches):
            kernel(queue, size, size, *values)
    end = time.perf_counter()
    queue.finish()
    if pattern == "queued":
        end = time.perf_counter()
    print((end - begin) / launches, flush=True)
)python";

const char* word(pattern what) {
  switch (what) {
  case pattern::round_trip: return "round_trip";
  case pattern::enqueue: return "enqueue";
  case pattern::queued: break;
  }
  return "queued";
}

class pyopencl_peer final : public launch_peer {
 public:
  explicit pyopencl_peer(const device& on)
      : python_({"/usr/bin/python3", "-c", script, std::to_string(on.info().platform_index),
                 std::to_string(on.info().index), launch_source, std::to_string(launch_elements)}) {
    const std::string answer = python_.ask("");
    if (!answer.starts_with("ready ")) throw io_error(answer, "/usr/bin/python3");
    version_ = answer.substr(6);
  }

  std::string name() const override { return "PyOpenCL " + version_; }

  sampler prepare(const launch_case& what) override {
    const std::string request = std::string(word(what.what)) + " " + std::to_string(what.arguments) + " ";
    return [this, request](unsigned launches) {
      const std::string answer = python_.ask(request + std::to_string(launches));
      if (const auto seconds = parse_double(answer)) return *seconds;
      throw io_error("PyOpenCL answered '" + printable(answer) + "'", "/usr/bin/python3");
    };
  }

  std::vector<pid_t> processes() const override { return {python_.process()}; }

 private:
  conversation python_;
  std::string version_;
};

} // namespace

std::unique_ptr<launch_peer> make_pyopencl_peer(const device& on) {
  return std::make_unique<pyopencl_peer>(on);
}

} // namespace clotho::bench
