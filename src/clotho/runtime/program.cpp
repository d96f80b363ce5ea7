// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/program.hpp>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <exception>

#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/binary.hpp>
#include <clotho/runtime/detail/compile.hpp>
#include <clotho/runtime/detail/state.hpp>
#include <clotho/runtime/version.hpp>

namespace clotho {
namespace {

using detail::check;
using detail::program_state;

using clock = std::chrono::steady_clock;

cache_key key_of(const device& target, const detail::build_plan& plan) {
  const device_info& info = target.info();
  sha256 hash;
  for (const std::string_view part :
       {std::string_view(version_string), std::string_view(info.platform_name),
        std::string_view(info.platform_version), std::string_view(info.name), std::string_view(info.vendor),
        std::string_view(info.device_version), std::string_view(info.driver_version),
        std::string_view(info.uuid), std::string_view(plan.options), std::string_view(plan.text)})
    hash.field(part);
  return {hash.finish()};
}

cl::Program create_from_source(const context& owner, const std::string& text, const std::string& name) {
  const char* start = text.data();
  const std::size_t length = text.size();
  cl_int code = CL_SUCCESS;
  const cl_program made = clCreateProgramWithSource(owner.state()->handle(), 1, &start, &length, &code);
  check(code, "clCreateProgramWithSource", name);
  return cl::Program(made);
}

cl::Program create_from_binary(const context& owner, std::span<const std::byte> binary) {
  const auto* start = reinterpret_cast<const unsigned char*>(binary.data());
  const std::size_t length = binary.size();
  const cl_device_id device = owner.target().state().handle();
  cl_int status = CL_SUCCESS, code = CL_SUCCESS;
  const cl_program made =
      clCreateProgramWithBinary(owner.state()->handle(), 1, &device, &length, &start, &status, &code);
  cl::Program program(made);
  check(code != CL_SUCCESS ? code : status, "clCreateProgramWithBinary",
        "for '" + owner.target().name() + "'");
  return program;
}

// The program of an earlier run. Empty when there is none; one that the driver refuses is forgotten.
cl::Program take_from_cache(const context& owner, const cache_key& key, const std::string& options) {
  binary_cache& cache = *owner.state()->options.cache;
  const std::optional<os::bytes> binary = cache.load(key);
  if (!binary) return {};
  try {
    cl::Program program = create_from_binary(owner, *binary);
    const cl_device_id device = owner.target().state().handle();
    check(clBuildProgram(program(), 1, &device, options.c_str(), nullptr, nullptr), "clBuildProgram",
          "from the cache");
    return program;
  } catch (const error& refused) {
    owner.state()->options.log(log_level::warning,
                               std::string("a cached program is of no use: ") + refused.what());
    cache.remove(key);
    return {};
  }
}

bool caches(const context& owner, const build_options& options) {
  return options.use_cache && owner.state()->options.cache
         && !owner.target().quirks().has(quirk_action::skip_binary_cache);
}

void compile_source(program_state& program, const detail::build_plan& plan, const build_options& options) {
  program.handle = create_from_source(program.owner, plan.text, program.name);
  detail::compile(program, plan, options);
  program.origin = program_origin::source;
}

void keep(const program_state& program, const cache_key& key) {
  detail::context_state& owner = *program.owner.state();
  if (owner.options.cache->mode() == cache_mode::read_only) return;
  const std::string label = program.name + " for " + owner.target.name();
  try {
    owner.add_pending({detail::share<cl::Program>(program.handle(), "clRetainProgram"), key, label,
                       program.signatures.size()});
  } catch (const error& failure) {
    owner.options.log(log_level::warning, "cannot keep the binary of " + label + ": " + failure.what());
    return;
  }
  // Where the driver has the binary at hand, keeping it costs next to nothing; elsewhere it waits.
  if (!owner.target.quirks().has(quirk_action::defer_binary_store))
    owner.store_all();
}

void build_with_cache(program_state& program, const detail::build_plan& plan, const build_options& options) {
  const cache_key key = key_of(program.owner.target(), plan);
  const auto from_cache = [&] {
    program.handle = take_from_cache(program.owner, key, plan.options);
    return program.handle() != nullptr;
  };
  program.origin = program_origin::cache;
  if (from_cache()) return;
  // One process or thread compiles, the others wait and find the result.
  const auto lock = program.owner.state()->options.cache->lock(key);
  if (lock && from_cache()) return;
  compile_source(program, plan, options);
  keep(program, key);
}

} // namespace

program program::build(const context& owner, const source_text& source, const build_options& options) {
  const clock::time_point begin = clock::now();
  const device& target = owner.target();
  if (!target.info().compiler_available)
    throw capability_error(CL_COMPILER_NOT_AVAILABLE, "clBuildProgram",
                           "'" + target.name() + "' has no compiler; give it a binary");
  const detail::build_plan plan = detail::plan_build(target, source, options);
  auto state = std::make_shared<program_state>(owner);
  state->name = source.name;
  state->non_uniform_groups = plan.non_uniform_groups;
  state->signatures = parse_signatures(source.text, macros_for(target, options));
  if (caches(owner, options))
    build_with_cache(*state, plan, options);
  else
    compile_source(*state, plan, options);
  state->build_time = clock::now() - begin;
  return program(std::move(state));
}

program program::from_binary(const context& owner, std::span<const std::byte> code) {
  const clock::time_point begin = clock::now();
  if (code.empty()) throw argument_error("a program cannot be made of an empty binary");
  auto state = std::make_shared<program_state>(owner);
  state->name = "binary";
  state->handle = create_from_binary(owner, code);
  state->origin = program_origin::binary;
  detail::compile(*state, {}, {});
  state->build_time = clock::now() - begin;
  return program(std::move(state));
}

program program::from_spirv(const context& owner, std::span<const std::byte> code,
                            const build_options& options) {
  const clock::time_point begin = clock::now();
  std::uint32_t magic = 0;
  if (code.size() >= sizeof magic) std::memcpy(&magic, code.data(), sizeof magic);
  if (magic != 0x07230203 && magic != 0x03022307)
    throw argument_error("this is not SPIR-V: it does not begin with its magic number");
  if (!owner.info().spirv || owner.info().opencl < version{2, 1})
    throw capability_error("'" + owner.info().name + "' takes no SPIR-V; give it OpenCL C source");
  auto state = std::make_shared<program_state>(owner);
  state->name = "SPIR-V";
  cl_int status = CL_SUCCESS;
  state->handle =
      cl::Program(clCreateProgramWithIL(owner.state()->handle(), code.data(), code.size(), &status));
  check(status, "clCreateProgramWithIL", "for '" + owner.info().name + "'");
  state->origin = program_origin::spirv;
  detail::compile(*state, detail::plan_build(owner.target(), {}, options), options);
  state->build_time = clock::now() - begin;
  return program(std::move(state));
}

std::vector<std::string> program::kernel_names() const {
  std::size_t size = 0;
  check(clGetProgramInfo(state_->handle(), CL_PROGRAM_KERNEL_NAMES, 0, nullptr, &size), "clGetProgramInfo",
        state_->name);
  std::string joined(size, '\0');
  check(clGetProgramInfo(state_->handle(), CL_PROGRAM_KERNEL_NAMES, size, joined.data(), nullptr),
        "clGetProgramInfo", state_->name);
  std::vector<std::string> names;
  for (const std::string_view name : split(joined.c_str(), ';'))
    if (!name.empty()) names.emplace_back(name);
  return names;
}

kernel program::get_kernel(std::string_view name) const {
  const std::lock_guard lock(state_->mutex);
  const auto known = state_->kernels.find(name);
  if (known != state_->kernels.end())
    if (auto living = known->second.lock()) return kernel(std::move(living));

  const std::vector<std::string> names = kernel_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    const std::optional<std::string> near = did_you_mean(name, names);
    throw argument_error("there is no kernel '" + printable(name) + "' in " + state_->name
                         + (names.empty() ? "; it has no kernels" : "; it has " + join(names, ", "))
                         + (near ? ". Did you mean '" + *near + "'?" : ""));
  }
  auto made = detail::make_kernel(state_, std::string(name));
  state_->kernels[std::string(name)] = made;
  return kernel(std::move(made));
}

program_origin program::origin() const noexcept { return state_->origin; }
std::chrono::nanoseconds program::build_time() const noexcept { return state_->build_time; }
const std::vector<diagnostic>& program::messages() const noexcept { return state_->messages; }
const std::string& program::log() const noexcept { return state_->log; }

os::bytes program::binary() const { return detail::fetch_binary(*state_->owner.state(), state_->handle()); }

namespace {

// Requests that threads take one by one; whoever comes too late finds none left.
struct build_queue {
  build_queue(context in, std::span<const build_request> all)
      : owner(std::move(in)), requests(all.begin(), all.end()), results(all.size()) {}

  void work() {
    for (std::size_t i = next++; i < requests.size(); i = next++) {
      outcome made;
      try {
        made.built = program::build(owner, requests[i].source, requests[i].options);
      } catch (...) {
        made.failure = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      results[i] = std::move(made);
      if (++done == requests.size()) finished.notify_all();
    }
  }

  struct outcome {
    std::optional<program> built;
    std::exception_ptr failure;
  };

  context owner;
  std::vector<build_request> requests;
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::condition_variable finished;
  std::size_t done = 0;
  std::vector<outcome> results;
};

} // namespace

std::vector<program> build_all(const context& owner, std::span<const build_request> requests,
                               executor& builders) {
  // Shared: a helper that starts late looks for work when this function has long returned.
  auto queue = std::make_shared<build_queue>(owner, requests);
  const quirk_set& quirks = owner.target().quirks();
  const bool parallel =
      !quirks.has(quirk_action::serial_builds) && !quirks.has(quirk_action::serialise_all_calls);
  const std::size_t helpers = parallel ? std::min<std::size_t>(builders.concurrency(), requests.size()) : 0;
  for (std::size_t i = 1; i < helpers; ++i) builders.submit([queue] { queue->work(); });
  queue->work();
  std::unique_lock lock(queue->mutex);
  queue->finished.wait(lock, [&] { return queue->done == queue->requests.size(); });
  std::vector<program> programs;
  for (build_queue::outcome& made : queue->results) {
    if (made.failure) std::rethrow_exception(made.failure);
    programs.push_back(std::move(*made.built));
  }
  return programs;
}

} // namespace clotho
