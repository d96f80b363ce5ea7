// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/device.hpp>

#include <map>
#include <mutex>
#include <utility>

#include <clotho/core/os/environment.hpp>
#include <clotho/core/os/signal_guard.hpp>
#include <clotho/runtime/detail/device_lease.hpp>
#include <clotho/runtime/detail/device_state.hpp>
#include <clotho/runtime/selector.hpp>

namespace clotho {
namespace {

using detail::check;
using detail::device_state;

device make_device(cl_platform_id platform, detail::device_handle handle, device_info info,
                   std::string_view overrides) {
  auto state = std::make_shared<device_state>();
  state->handle = std::move(handle);
  state->platform = platform;
  state->quirks = quirks_for(info, overrides);
  state->info = std::move(info);
  state->quirk_overrides = overrides;
  return device(std::move(state));
}

// Until the process ends, where whoever looks for leaks finds them.
void keep(const std::vector<cl_device_id>& sub_devices) {
  static std::mutex mutex;
  static auto* const kept = new std::vector<cl_device_id>;
  const std::lock_guard lock(mutex);
  kept->insert(kept->end(), sub_devices.begin(), sub_devices.end());
}

std::string name_of(cl_platform_id platform, std::size_t index) {
  std::array<char, 256> name{};
  if (clGetPlatformInfo(platform, CL_PLATFORM_NAME, name.size() - 1, name.data(), nullptr) == CL_SUCCESS
      && name[0])
    return name.data();
  return "platform " + std::to_string(index);
}

std::vector<cl_platform_id> list_platforms(discovery& found) {
  cl_uint count = 0;
  cl_int code = clGetPlatformIDs(0, nullptr, &count);
  std::vector<cl_platform_id> platforms(code == CL_SUCCESS ? count : 0);
  if (!platforms.empty()) code = clGetPlatformIDs(count, platforms.data(), nullptr);
  if (!platforms.empty() && code == CL_SUCCESS) return platforms;
  found.problems.push_back(
      {"", (platforms.empty() ? "no OpenCL platform is installed (clGetPlatformIDs: "
                              : "the OpenCL platforms cannot be listed (clGetPlatformIDs: ")
               + code_name(code) + ")"});
  return {};
}

std::vector<cl_device_id> list_devices(cl_platform_id platform, const std::string& name, discovery& found) {
  cl_uint count = 0; // Some drivers report success and leave it untouched.
  const cl_int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count);
  if (code == CL_DEVICE_NOT_FOUND || (code == CL_SUCCESS && count == 0)) {
    const bool rusticl = name == "rusticl";
    found.problems.push_back(
        {name, std::string("it has no devices")
                   + (rusticl ? "; name a driver in RUSTICL_ENABLE, for example llvmpipe" : "")});
    return {};
  }
  std::vector<cl_device_id> devices(count);
  const cl_int listed = code == CL_SUCCESS
                            ? clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices.data(), nullptr)
                            : code;
  if (listed == CL_SUCCESS) return devices;
  found.problems.push_back({name, "clGetDeviceIDs: " + code_name(listed)});
  return {};
}

void describe_platform(cl_platform_id platform, std::size_t index, std::string_view overrides,
                       discovery& found) {
  const std::string name = name_of(platform, index);
  const std::vector<cl_device_id> devices = list_devices(platform, name, found);
  for (std::size_t i = 0; i < devices.size(); ++i) try {
      device_info info = detail::describe_device(platform, devices[i]);
      info.platform_index = index;
      info.index = i;
      found.devices.push_back(
          make_device(platform, detail::device_handle(devices[i]), std::move(info), overrides));
    } catch (const error& failure) {
      if (failure.call().empty()) throw; // not the driver's fault: the overrides make no sense
      found.problems.push_back({name, "device " + std::to_string(i) + ": " + failure.what()});
    }
}

} // namespace

const device_info& device::info() const noexcept { return state_->info; }
const quirk_set& device::quirks() const noexcept { return state_->quirks; }

bool operator==(const device& a, const device& b) noexcept {
  return a.state_->handle() == b.state_->handle();
}

std::vector<device> device::partition(unsigned compute_units) const {
  const device_info& parent = info();
  const std::string wish = std::to_string(compute_units) + " compute units each, of '" + parent.name
                           + "' with " + std::to_string(parent.compute_units);
  if (compute_units == 0 || parent.max_sub_devices < 2)
    throw capability_error("cannot make sub-devices of " + wish
                           + (compute_units ? ": the device does not divide" : ": ask for at least one"));
  const std::array<cl_device_partition_property, 3> how{
      CL_DEVICE_PARTITION_EQUALLY, static_cast<cl_device_partition_property>(compute_units), 0};
  std::vector<cl_device_id> parts(parent.compute_units / compute_units);
  const cl_int code = parts.empty()
                          ? CL_DEVICE_PARTITION_FAILED
                          : clCreateSubDevices(state_->handle(), how.data(),
                                               static_cast<cl_uint>(parts.size()), parts.data(), nullptr);
  if (code != CL_SUCCESS) throw capability_error(code, "clCreateSubDevices", wish);

  std::vector<detail::device_handle> handles; // all of them, before any can fail
  const bool kept = quirks().has(quirk_action::keep_sub_devices);
  for (const cl_device_id part : parts)
    handles.push_back(kept ? detail::device_handle(part) : detail::device_handle::owning(part));
  if (kept) keep(parts);
  std::vector<device> result;
  for (detail::device_handle& part : handles) {
    device_info described = detail::describe_device(state_->platform, part());
    described.sub_device = true;
    described.platform_index = parent.platform_index;
    described.index = parent.index;
    result.emplace_back(
        make_device(state_->platform, std::move(part), std::move(described), state_->quirk_overrides), lease_);
  }
  return result;
}

discovery discover(std::string_view quirk_overrides) {
  const os::signal_guard handlers;
  discovery found;
  const std::vector<cl_platform_id> platforms = list_platforms(found);
  for (std::size_t i = 0; i < platforms.size(); ++i)
    describe_platform(platforms[i], i, quirk_overrides, found);
  return found;
}

discovery discover() { return discover(os::environment("CLOTHO_QUIRKS").value_or("")); }

std::vector<device> select_devices(std::string_view text, const discovery& found) {
  const std::string wish = text.empty() ? os::environment("CLOTHO_DEVICES").value_or("") : std::string(text);
  std::vector<device_info> infos;
  for (const device& candidate : found.devices) infos.push_back(candidate.info());
  const std::string overrides = found.devices.empty() ? "" : found.devices.front().state().quirk_overrides;
  std::map<std::size_t, std::shared_ptr<const detail::device_lease>> leases;
  const auto claim = [&](std::size_t i) {
    std::string holder;
    leases[i] = detail::device_lease::try_take(infos[i], holder);
    return leases[i] ? std::string() : "in use by " + holder;
  };
  std::vector<device> chosen;
  for (const std::size_t i : select(wish, infos, overrides, claim))
    chosen.emplace_back(found.devices[i], std::move(leases[i]));
  return chosen;
}

std::vector<device> select_devices(std::string_view text) { return select_devices(text, discover()); }

device select_device(std::string_view text) { return select_devices(text).front(); }

} // namespace clotho
