// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/binary.hpp>

#include <vector>

#include <clotho/runtime/detail/state.hpp>

namespace clotho::detail {

os::bytes fetch_binary(const context_state& owner, cl_program program) {
  // PoCL compiles all kernels for it, and puts each in the cache of code that the gate is there for.
  const launch_pause pause(owner.guards_code ? owner.gate.get() : nullptr);
  const cl_device_id device = owner.target.state().handle();
  const char* const call = "clGetProgramInfo";
  std::size_t room = 0;
  check(clGetProgramInfo(program, CL_PROGRAM_DEVICES, 0, nullptr, &room), call, "CL_PROGRAM_DEVICES");
  const std::size_t count = room / sizeof(cl_device_id);
  std::vector<cl_device_id> devices(count);
  check(clGetProgramInfo(program, CL_PROGRAM_DEVICES, room, devices.data(), nullptr), call,
        "CL_PROGRAM_DEVICES");
  std::vector<std::size_t> sizes(count);
  check(
      clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, count * sizeof(std::size_t), sizes.data(), nullptr),
      call, "CL_PROGRAM_BINARY_SIZES");

  // The driver writes the binaries of all devices or none: the others' go to scratch memory.
  std::vector<os::bytes> binaries(count);
  std::vector<unsigned char*> pointers(count);
  for (std::size_t i = 0; i < count; ++i) {
    binaries[i].resize(sizes[i]);
    pointers[i] = reinterpret_cast<unsigned char*>(binaries[i].data());
  }
  check(clGetProgramInfo(program, CL_PROGRAM_BINARIES, count * sizeof(unsigned char*), pointers.data(),
                         nullptr),
        call, "CL_PROGRAM_BINARIES");
  for (std::size_t i = 0; i < count; ++i)
    if (devices[i] == device) return std::move(binaries[i]);
  throw error(CL_INVALID_DEVICE, call, "the program was not built for this device");
}

} // namespace clotho::detail
