// SPDX-License-Identifier: Apache-2.0
#include "algo_process.hpp"

namespace clotho::bench {
namespace {

// What PyOpenCL ships, in its usual form; it answers as algo_process.hpp says. Arrays that results go to are
// made once where the call allows that.
constexpr const char* script = R"python(
import os, sys, time, warnings
warnings.simplefilter("ignore")
os.environ["PYOPENCL_NO_CACHE"] = "1"
platform, device = int(sys.argv[1]), int(sys.argv[2])
try:
    import numpy as np
    import pyopencl as cl
    import pyopencl.array as ca
    from pyopencl.algorithm import RadixSort
    from pyopencl.clrandom import PhiloxGenerator
    from pyopencl.elementwise import ElementwiseKernel
    from pyopencl.scan import ExclusiveScanKernel
    on = cl.get_platforms()[platform].get_devices()[device]
    context = cl.Context([on])
    queue = cl.CommandQueue(context)
except Exception as why:
    print("missing", str(why).replace("\n", " "), flush=True)
    sys.exit()

def array(folder, index, kind):
    return ca.to_device(queue, np.fromfile(f"{folder}/{index}", dtype=kind))

def saxpy(n, folder):
    x, y = (array(folder, i, np.float32) for i in range(2))
    kernel = ElementwiseKernel(context, "float a, float *x, float *y", "y[i] = a * x[i] + y[i]")
    def run():
        kernel(np.float32(0.5), x, y)
        return y
    return run

def fused(n, folder):
    a, b, c, d, e = (array(folder, i, np.float32) for i in range(5))
    half = np.float32(0.5)
    return lambda: (a + b) * (c - d) + half * e

def reduce(n, folder):
    x = array(folder, 0, np.float32)
    return lambda: ca.sum(x).get()

def scan(n, folder):
    x = array(folder, 0, np.uint32)
    y = ca.empty_like(x)
    kernel = ExclusiveScanKernel(context, np.uint32, "a+b", "0")
    def run():
        kernel(x, y)
        return y
    return run

def sort(n, folder):
    x = array(folder, 0, np.uint32)
    sorter = RadixSort(context, "unsigned int *ary", key_expr="ary[i]", sort_arg_names=["ary"], key_dtype=np.uint32)
    return lambda: sorter(x)[0][0]

def random(fill):
    def prepare(n, folder):
        y = ca.empty(queue, n, np.float32)
        generator = PhiloxGenerator(context)
        def run():
            getattr(generator, fill)(y, queue=queue)
            return y
        return run
    return prepare

cases = {"saxpy": saxpy, "fused": fused, "reduce": reduce, "scan": scan, "sort_u32": sort,
         "uniform": random("fill_uniform"), "normal": random("fill_normal")}
run = None
print("ready PyOpenCL", cl.VERSION_TEXT, flush=True)
for line in sys.stdin:
    verb, *rest = line.split(" ", 4)
    try:
        if verb == "can":
            answer = "yes" if rest[0].strip() in cases else "no"
        elif verb == "prepare":
            kind, n, _, folder = rest
            run = cases[kind](int(n), folder.strip())
            result = run()
            if hasattr(result, "get"):
                result = result.get()
            np.asarray(result).tofile(f"{folder.strip()}/result")
            answer = "ready"
        elif verb == "run":
            times = int(rest[0])
            begin = time.perf_counter()
            for _ in range(times):
                run()
                queue.finish()
            answer = (time.perf_counter() - begin) / times
        else:
            run = result = None
            answer = "dropped"
    except Exception as why:
        answer = "failed " + str(why).replace("\n", " ")
    print(answer, flush=True)
)python";

} // namespace

algo_peer_pointer make_pyopencl_algo(const device& on, const std::string& suffix) {
  return std::make_unique<process_algo>("PyOpenCL" + suffix,
                                        std::vector<std::string>{"/usr/bin/python3", "-c", script,
                                                                 std::to_string(on.info().platform_index),
                                                                 std::to_string(on.info().index)});
}

} // namespace clotho::bench
