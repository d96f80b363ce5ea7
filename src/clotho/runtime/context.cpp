// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/context.hpp>

#include <algorithm>

#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/binary.hpp>
#include <clotho/runtime/detail/state.hpp>

namespace clotho {
namespace detail {
namespace {

// Leaving must not take seconds: larger programs, and what there is no time for, are stored only where that can happen in
// the background, or by the next run.
constexpr std::size_t most_kernels_at_exit = 8;
constexpr std::chrono::milliseconds enough_at_exit{300};

// A program that was just built is launched for the first time soon, and that needs the compiler too.
constexpr std::chrono::seconds quiet_before_storing{1};

cl::Context open_context(const device& target) {
  const device_state& on = target.state();
  const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM,
                                              reinterpret_cast<cl_context_properties>(on.platform), 0};
  const cl_device_id id = on.handle();
  cl_int code = CL_SUCCESS;
  const cl_context made = clCreateContext(properties, 1, &id, nullptr, nullptr, &code);
  check(code, "clCreateContext", "'" + target.name() + "'");
  return cl::Context(made);
}

} // namespace

std::string describe_size(std::uint64_t bytes, const device& target) {
  return format_size(bytes) + " on '" + target.name() + "'";
}

context_state::context_state(const device& target_device, cl::Context context_handle, context_options chosen)
    : target(target_device), handle(std::move(context_handle)), options(std::move(chosen)) {
  const quirk_set& quirks = target.quirks();
  explicit_local = quirks.has(quirk_action::explicit_local_size);
  private_on_stack = quirks.has(quirk_action::private_arrays_on_stack);
  guards_code = quirks.has(quirk_action::serialise_launches);
  if (guards_code || quirks.has(quirk_action::synchronous_device)) gate = launch_gate::of_process();
  // Some drivers report too little, and the table may be older than the driver: the larger number is the
  // limit.
  max_parameter_bytes =
      std::max(target.info().max_parameter_bytes,
               static_cast<std::size_t>(quirks.value(quirk_action::max_parameter_bytes).value_or(0)));
}

context_state::~context_state() {
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < enough_at_exit && store_one(most_kernels_at_exit)) {
  }
  late_builds.clear(); // joins: a build that timed out still runs in the driver
}

void context_state::add_pending(pending_binary binary) {
  const std::lock_guard lock(mutex);
  const auto smaller = [](const pending_binary& a, const pending_binary& b) { return a.kernels < b.kernels; };
  pending.insert(std::upper_bound(pending.begin(), pending.end(), binary, smaller), std::move(binary));
  last_build = std::chrono::steady_clock::now();
  has_pending = true;
}

bool context_state::store_one(std::size_t most_kernels) noexcept {
  std::unique_lock lock(mutex);
  if (pending.empty() || pending.front().kernels > most_kernels) return false;
  const pending_binary program = std::move(pending.front());
  pending.erase(pending.begin());
  has_pending = !pending.empty();
  lock.unlock();
  try {
    options.cache->store(program.key, fetch_binary(*this, program.program()), program.label);
  } catch (const std::exception& failure) {
    options.log(log_level::warning, "cannot keep the binary of " + program.label + ": " + failure.what());
  }
  return true;
}

void context_state::store_all() noexcept {
  while (store_one()) {
  }
}

void context_state::store_in_background(const std::shared_ptr<context_state>& self) {
  if (!self->has_pending || !self->options.background) return;
  {
    const std::lock_guard lock(self->mutex);
    if (std::chrono::steady_clock::now() - self->last_build < quiet_before_storing) return;
  }
  self->options.background->submit([self] { self->store_one(); });
}

} // namespace detail

context::context(const device& target, context_options options)
    : state_(
        std::make_shared<detail::context_state>(target, detail::open_context(target), std::move(options))) {}

const device& context::target() const noexcept { return state_->target; }

void context::store_binaries() const { state_->store_all(); }

} // namespace clotho
