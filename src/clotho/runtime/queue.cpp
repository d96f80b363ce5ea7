// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/queue.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include <clotho/core/checked.hpp>
#include <clotho/runtime/detail/mapping_state.hpp>
#include <clotho/runtime/detail/staging.hpp>
#include <clotho/runtime/detail/state.hpp>

namespace clotho {
namespace detail {
namespace {

// Below this a copy is all latency, and pinned memory gains nothing.
constexpr std::size_t least_staged_bytes = std::size_t{64} << 10;

// Drivers have had bugs with single transfers and fills of 2 GiB and more.
constexpr std::size_t largest_command_bytes = std::size_t{1} << 30;

bool stages(const context_state& owner, std::size_t size) {
  switch (owner.options.transfers) {
  case transfer_mode::direct: return false;
  case transfer_mode::staged: return size > 0;
  case transfer_mode::automatic: break;
  }
  const device_info& info = owner.target.info();
  return size >= least_staged_bytes && info.type != device_type::cpu && !info.unified_memory;
}

staging& stage_of(queue_state& queue) {
  if (!queue.stage)
    queue.stage = std::make_unique<staging>(queue.owner.state()->handle(), queue.handle(),
                                            queue.owner.state()->options.log);
  return *queue.stage;
}

void check_within(const device_buffer& buffer, std::size_t offset, std::size_t size, const char* what) {
  const auto end = checked_add(offset, size);
  if (!end || *end > buffer.size_bytes())
    throw argument_error(std::string("cannot ") + what + " " + std::to_string(size) + " bytes at offset "
                         + std::to_string(offset) + ": the buffer holds "
                         + std::to_string(buffer.size_bytes()));
}

event wrap(const context& owner, cl_event handle) {
  return event(std::shared_ptr<event_state>(new event_state{cl::Event(handle), owner}));
}

std::string on(const queue_state& queue) { return "on '" + queue.owner.target().name() + "'"; }

// Calls f(offset within the range, size) for pieces that every driver takes.
template <class F> void in_pieces(std::size_t size, std::size_t most, F f) {
  for (std::size_t done = 0; done < size; done += std::min(most, size - done))
    f(done, std::min(most, size - done));
}

void fill_from_host(queue& in, const device_buffer& to, std::span<const std::byte> pattern,
                    std::size_t offset, std::size_t size) {
  std::vector<std::byte> block(std::min(size, std::size_t{1} << 20));
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = pattern[i % pattern.size()];
  in_pieces(size, block.size(), [&](std::size_t at, std::size_t piece) {
    in.write(to, std::span<const std::byte>(block).first(piece), offset + at);
  });
}

} // namespace

cl::CommandQueue open_queue(const context_state& owner, bool profiling) {
  const cl_command_queue_properties wish = profiling ? CL_QUEUE_PROFILING_ENABLE : 0;
  const cl_device_id id = owner.target.state().handle();
  cl_int code = CL_SUCCESS;
  cl_command_queue made = nullptr;
  const char* call = "clCreateCommandQueueWithProperties";
  // An entry point newer than the device's version must not be called: on Oclgrind this one spins for ever.
  const bool newer = owner.target.info().opencl >= version{2, 0}
                     && !owner.target.quirks().has(quirk_action::avoid_create_queue_with_properties);
  if (newer) {
    const cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, wish, 0};
    made = clCreateCommandQueueWithProperties(owner.handle(), id, properties, &code);
  } else {
    call = "clCreateCommandQueue";
    made = clCreateCommandQueue(owner.handle(), id, wish, &code);
  }
  check(code, call, "'" + owner.target.name() + "'");
  return cl::CommandQueue(made);
}

queue_state::queue_state(context in, cl::CommandQueue queue_handle, bool measures)
    : owner(std::move(in)), handle(std::move(queue_handle)), profiling(measures) {
  if (owner.state()->gate) lane = owner.state()->gate->choose_lane();
}

queue_state::~queue_state() {
  stage.reset();
  const cl_int code = clFinish(handle());
  if (code != CL_SUCCESS)
    owner.state()->options.log(log_level::error, "a queue ended with " + code_name(code) + " " + on(*this));
}

} // namespace detail

using detail::check;

queue::queue(const context& owner, bool profiling)
    : state_(std::make_unique<detail::queue_state>(owner, detail::open_queue(*owner.state(), profiling),
                                                   profiling)) {}

queue::queue(std::unique_ptr<detail::queue_state> state) : state_(std::move(state)) {}
queue::queue(queue&&) noexcept = default;
queue& queue::operator=(queue&&) noexcept = default;
queue::~queue() = default;

const context& queue::owner() const noexcept { return state_->owner; }

void queue::write(const device_buffer& to, std::span<const std::byte> from, std::size_t offset_bytes) {
  detail::check_within(to, offset_bytes, from.size(), "write");
  const cl_mem memory = to.state().handle();
  if (detail::stages(*owner().state(), from.size()))
    return detail::stage_of(*state_).write(memory, offset_bytes, from);
  detail::in_pieces(from.size(), detail::largest_command_bytes, [&](std::size_t at, std::size_t size) {
    check(clEnqueueWriteBuffer(state_->handle(), memory, CL_TRUE, offset_bytes + at, size, from.data() + at,
                               0, nullptr, nullptr),
          "clEnqueueWriteBuffer", detail::on(*state_));
  });
}

void queue::read(const device_buffer& from, std::span<std::byte> to, std::size_t offset_bytes) {
  detail::check_within(from, offset_bytes, to.size(), "read");
  const cl_mem memory = from.state().handle();
  if (detail::stages(*owner().state(), to.size()))
    return detail::stage_of(*state_).read(memory, offset_bytes, to);
  detail::in_pieces(to.size(), detail::largest_command_bytes, [&](std::size_t at, std::size_t size) {
    check(clEnqueueReadBuffer(state_->handle(), memory, CL_TRUE, offset_bytes + at, size, to.data() + at, 0,
                              nullptr, nullptr),
          "clEnqueueReadBuffer", detail::on(*state_));
  });
}

event queue::write_async(const device_buffer& to, std::span<const std::byte> from, std::size_t offset_bytes) {
  detail::check_within(to, offset_bytes, from.size(), "write");
  if (from.empty()) return marker();
  cl_event done = nullptr;
  check(clEnqueueWriteBuffer(state_->handle(), to.state().handle(), CL_FALSE, offset_bytes, from.size(),
                             from.data(), 0, nullptr, &done),
        "clEnqueueWriteBuffer", detail::on(*state_));
  return detail::wrap(owner(), done);
}

event queue::read_async(const device_buffer& from, std::span<std::byte> to, std::size_t offset_bytes) {
  detail::check_within(from, offset_bytes, to.size(), "read");
  if (to.empty()) return marker();
  cl_event done = nullptr;
  check(clEnqueueReadBuffer(state_->handle(), from.state().handle(), CL_FALSE, offset_bytes, to.size(),
                            to.data(), 0, nullptr, &done),
        "clEnqueueReadBuffer", detail::on(*state_));
  return detail::wrap(owner(), done);
}

void queue::copy(const device_buffer& from, const device_buffer& to, std::size_t size_bytes,
                 std::size_t from_offset, std::size_t to_offset) {
  detail::check_within(from, from_offset, size_bytes, "copy");
  detail::check_within(to, to_offset, size_bytes, "copy");
  const auto root = [](const device_buffer& b) {
    return b.state().parent ? b.state().parent->handle() : b.state().handle();
  };
  const std::size_t source = from.state().parent_offset + from_offset;
  const std::size_t target = to.state().parent_offset + to_offset;
  if (root(from) == root(to) && source < target + size_bytes && target < source + size_bytes
      && size_bytes != 0)
    throw argument_error("cannot copy " + std::to_string(size_bytes) + " bytes from " + std::to_string(source)
                         + " to " + std::to_string(target) + " of one buffer: the ranges overlap");
  detail::in_pieces(size_bytes, detail::largest_command_bytes, [&](std::size_t at, std::size_t size) {
    check(clEnqueueCopyBuffer(state_->handle(), from.state().handle(), to.state().handle(), from_offset + at,
                              to_offset + at, size, 0, nullptr, nullptr),
          "clEnqueueCopyBuffer", detail::on(*state_));
  });
}

void queue::fill(const device_buffer& to, std::span<const std::byte> pattern, std::size_t offset_bytes,
                 std::size_t size_bytes) {
  detail::check_within(to, offset_bytes, size_bytes, "fill");
  const std::size_t unit = pattern.size();
  const bool power_of_two = unit != 0 && (unit & (unit - 1)) == 0 && unit <= 128;
  if (!power_of_two)
    throw argument_error("a fill pattern has 1, 2, 4, ... or 128 bytes, not " + std::to_string(unit));
  if (offset_bytes % unit != 0 || size_bytes % unit != 0)
    throw argument_error("a fill of " + std::to_string(size_bytes) + " bytes at "
                         + std::to_string(offset_bytes) + " is not made of whole patterns of "
                         + std::to_string(unit) + " bytes");
  const quirk_set& quirks = owner().target().quirks();
  // Intel's CPU driver fails to fill a single element.
  if (size_bytes == unit) return write(to, pattern, offset_bytes);
  if (quirks.has(quirk_action::fill_by_write))
    return detail::fill_from_host(*this, to, pattern, offset_bytes, size_bytes);
  const std::size_t most =
      std::min<std::size_t>(quirks.value(quirk_action::largest_fill).value_or(detail::largest_command_bytes),
                            detail::largest_command_bytes)
      / 128 * 128;
  detail::in_pieces(size_bytes, most, [&](std::size_t at, std::size_t size) {
    check(clEnqueueFillBuffer(state_->handle(), to.state().handle(), pattern.data(), unit, offset_bytes + at,
                              size, 0, nullptr, nullptr),
          "clEnqueueFillBuffer", detail::on(*state_));
  });
}

mapping queue::map(const device_buffer& memory, map_access access, std::size_t offset_bytes,
                   std::size_t size_bytes) {
  detail::check_within(memory, offset_bytes, size_bytes, "map");
  auto mapped = std::make_unique<mapping::state>(
      detail::share<cl::CommandQueue>(state_->handle(), "clRetainCommandQueue"), memory);
  if (size_bytes == 0) return mapping(std::move(mapped));
  const cl_map_flags flags = access == map_access::read    ? CL_MAP_READ
                             : access == map_access::write ? CL_MAP_WRITE
                                                           : CL_MAP_READ | CL_MAP_WRITE;
  cl_int code = CL_SUCCESS;
  mapped->host = clEnqueueMapBuffer(state_->handle(), memory.state().handle(), CL_TRUE, flags, offset_bytes,
                                    size_bytes, 0, nullptr, nullptr, &code);
  check(code, "clEnqueueMapBuffer", detail::on(*state_));
  mapped->bytes = {static_cast<std::byte*>(mapped->host), size_bytes};
  return mapping(std::move(mapped));
}

namespace {

void check_region(const device_image& image, const image_region& region, std::size_t bytes,
                  const char* what) {
  const std::array<std::size_t, 3> extent = image.extent();
  std::size_t needed = image.format().pixel_bytes();
  bool inside = true;
  for (std::size_t d = 0; d < 3; ++d) {
    const auto end = checked_add(region.origin[d], region.size[d]);
    inside = inside && end && *end <= extent[d];
    needed *= inside ? region.size[d] : 1;
  }
  if (!inside) throw argument_error(std::string("cannot ") + what + " pixels outside the image");
  if (needed != bytes)
    throw argument_error(std::string("cannot ") + what + " " + std::to_string(bytes)
                         + " bytes: the region has " + std::to_string(needed));
}

image_region whole(const device_image& image) { return {{0, 0, 0}, image.extent()}; }

} // namespace

void queue::write(const device_image& to, std::span<const std::byte> from) { write(to, whole(to), from); }
void queue::read(const device_image& from, std::span<std::byte> to) { read(from, whole(from), to); }

void queue::write(const device_image& to, const image_region& region, std::span<const std::byte> from) {
  check_region(to, region, from.size(), "write");
  if (from.empty()) return;
  check(clEnqueueWriteImage(state_->handle(), to.state().handle(), CL_TRUE, region.origin.data(),
                            region.size.data(), 0, 0, from.data(), 0, nullptr, nullptr),
        "clEnqueueWriteImage", detail::on(*state_));
}

void queue::read(const device_image& from, const image_region& region, std::span<std::byte> to) {
  check_region(from, region, to.size(), "read");
  if (to.empty()) return;
  check(clEnqueueReadImage(state_->handle(), from.state().handle(), CL_TRUE, region.origin.data(),
                           region.size.data(), 0, 0, to.data(), 0, nullptr, nullptr),
        "clEnqueueReadImage", detail::on(*state_));
}

void queue::copy(const device_image& from, const device_image& to) {
  if (from.format() != to.format() || from.extent() != to.extent())
    throw argument_error("images that are copied have the same format and size");
  const std::array<std::size_t, 3> origin{0, 0, 0}, size = from.extent();
  check(clEnqueueCopyImage(state_->handle(), from.state().handle(), to.state().handle(), origin.data(),
                           origin.data(), size.data(), 0, nullptr, nullptr),
        "clEnqueueCopyImage", detail::on(*state_));
}

void queue::fill(const device_image& to, const std::array<float, 4>& pixel) {
  const std::array<std::size_t, 3> origin{0, 0, 0}, size = to.extent();
  // Formats read as integers take their colour as integers.
  const image_format format = to.format();
  const bool integer = !is_floating(format.type) && (!format.normalized || size_bytes(format.type) == 4);
  std::array<cl_int, 4> whole_numbers{};
  for (std::size_t i = 0; i < 4; ++i) whole_numbers[i] = static_cast<cl_int>(pixel[i]);
  const void* colour = integer ? static_cast<const void*>(whole_numbers.data()) : pixel.data();
  check(clEnqueueFillImage(state_->handle(), to.state().handle(), colour, origin.data(), size.data(), 0,
                           nullptr, nullptr),
        "clEnqueueFillImage", detail::on(*state_));
}

event queue::marker() {
  cl_event done = nullptr;
  check(clEnqueueMarkerWithWaitList(state_->handle(), 0, nullptr, &done), "clEnqueueMarkerWithWaitList",
        detail::on(*state_));
  return detail::wrap(owner(), done);
}

void queue::flush() { check(clFlush(state_->handle()), "clFlush", detail::on(*state_)); }

void queue::finish() {
  check(clFinish(state_->handle()), "clFinish", detail::on(*state_));
  detail::context_state::store_in_background(owner().state());
}

} // namespace clotho
