// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/memory.hpp>

#include <algorithm>
#include <string>

#include <clotho/core/checked.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/state.hpp>

namespace clotho {
namespace {

using detail::check;

// CL_MEM_ALLOW_UNRESTRICTED_SIZE_INTEL: without it Intel's GPU driver refuses more than 4 GiB.
constexpr cl_mem_flags unrestricted_size = cl_mem_flags{1} << 23;
constexpr std::uint64_t large_buffer = std::uint64_t{4} << 30;

cl_mem_flags flags_for(kernel_access access) {
  switch (access) {
  case kernel_access::read_only: return CL_MEM_READ_ONLY;
  case kernel_access::write_only: return CL_MEM_WRITE_ONLY;
  case kernel_access::read_write: break;
  }
  return CL_MEM_READ_WRITE;
}

cl::Buffer create_buffer(const context& owner, cl_mem_flags flags, std::size_t size, void* host) {
  const device& target = owner.target();
  const std::uint64_t most = target.info().max_allocation_bytes;
  if (size > most && most != 0)
    throw capability_error(CL_INVALID_BUFFER_SIZE, "clCreateBuffer",
                           detail::describe_size(size, target) + ", which allocates at most "
                               + format_size(most) + " at once; split the data");
  if (size > large_buffer && target.quirks().has(quirk_action::large_buffer_flags))
    flags |= unrestricted_size;
  cl_int code = CL_SUCCESS;
  // Drivers refuse buffers of no bytes; a launch over no elements is a fine thing.
  const cl_mem made =
      clCreateBuffer(owner.state()->handle(), flags, std::max<std::size_t>(size, 1), host, &code);
  check(code, "clCreateBuffer", detail::describe_size(size, target));
  return cl::Buffer(made);
}

bool may_share(const context& owner, std::span<const std::byte> memory) {
  const device_info& info = owner.info();
  const quirk_set& quirks = owner.target().quirks();
  if (quirks.has(quirk_action::no_implicit_zero_copy)) return false;
  if (info.type != device_type::cpu && !info.unified_memory) return false;
  const auto needed =
      static_cast<std::size_t>(quirks.value(quirk_action::zero_copy_alignment)
                                   .value_or(std::max<std::size_t>(info.base_address_align_bytes, 1)));
  return reinterpret_cast<std::uintptr_t>(memory.data()) % needed == 0;
}

constexpr std::array address_names{"none", "clamp_to_edge", "clamp", "repeat", "mirrored_repeat"};
constexpr std::array filter_names{"nearest", "linear"};

// The enumerator of that name, which are counted from 0.
template <class Mode, std::size_t N>
std::optional<Mode> parse_mode(const std::array<const char*, N>& names, std::string_view name) noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Mode>(found - names.begin());
}

cl_image_format to_opencl(image_format format) {
  constexpr std::array<cl_channel_order, 5> orders{0, CL_R, CL_RG, 0, CL_RGBA};
  if (format.channels > 4 || orders[format.channels] == 0)
    throw argument_error("an image has 1, 2 or 4 channels, not " + std::to_string(format.channels));
  const bool unit = format.normalized;
  const auto type = [&]() -> cl_channel_type {
    switch (format.type) {
    case scalar::i8: return unit ? CL_SNORM_INT8 : CL_SIGNED_INT8;
    case scalar::u8: return unit ? CL_UNORM_INT8 : CL_UNSIGNED_INT8;
    case scalar::i16: return unit ? CL_SNORM_INT16 : CL_SIGNED_INT16;
    case scalar::u16: return unit ? CL_UNORM_INT16 : CL_UNSIGNED_INT16;
    case scalar::i32: return CL_SIGNED_INT32;
    case scalar::u32: return CL_UNSIGNED_INT32;
    case scalar::f16: return CL_HALF_FLOAT;
    case scalar::f32: return CL_FLOAT;
    default: throw argument_error(std::string("images cannot hold ") + opencl_name({format.type, 1}));
    }
  };
  return {orders[format.channels], type()};
}

std::string describe(image_format format, const std::array<std::size_t, 3>& size, unsigned dimensions) {
  return to_string(extent(dimensions, size)) + " image of " + std::to_string(format.channels) + " x "
         + opencl_name({format.type, 1});
}

void check_image(const context& owner, const cl_image_format& format, const detail::image_state& image) {
  const device_info& info = owner.info();
  const std::string what = describe(image.format, image.extent, image.dimensions);
  if (!info.images) throw capability_error("'" + info.name + "' has no images; use a buffer");
  const auto& e = image.extent;
  if (e[0] == 0 || e[1] == 0 || e[2] == 0)
    throw argument_error("an image has at least one pixel, not " + what);
  const bool fits = image.dimensions == 2 ? e[0] <= info.image2d_max[0] && e[1] <= info.image2d_max[1]
                                          : e[0] <= info.image3d_max[0] && e[1] <= info.image3d_max[1]
                                                && e[2] <= info.image3d_max[2];
  if (!fits) throw capability_error("'" + info.name + "' takes no " + what + "; it is too large");

  const cl_mem_object_type type = image.dimensions == 2 ? CL_MEM_OBJECT_IMAGE2D : CL_MEM_OBJECT_IMAGE3D;
  cl_uint count = 0;
  check(
      clGetSupportedImageFormats(owner.state()->handle(), flags_for(image.access), type, 0, nullptr, &count),
      "clGetSupportedImageFormats");
  std::vector<cl_image_format> formats(count);
  check(clGetSupportedImageFormats(owner.state()->handle(), flags_for(image.access), type, count,
                                   formats.data(), nullptr),
        "clGetSupportedImageFormats");
  const bool known = std::any_of(formats.begin(), formats.end(), [&](const cl_image_format& f) {
    return f.image_channel_order == format.image_channel_order
           && f.image_channel_data_type == format.image_channel_data_type;
  });
  if (!known) throw capability_error("'" + info.name + "' takes no " + what + "; try 4 channels");
}

} // namespace

device_buffer::device_buffer(const context& owner, std::size_t size_bytes, kernel_access access)
    : state_(new detail::buffer_state{.owner = owner,
                                      .handle = create_buffer(owner, flags_for(access), size_bytes, nullptr),
                                      .size_bytes = size_bytes,
                                      .access = access,
                                      .element = std::nullopt,
                                      .parent = nullptr}) {}

device_buffer device_buffer::typed(const context& owner, element_type type, std::size_t count,
                                   kernel_access access) {
  const auto size = checked_multiply(count, type.size_bytes());
  if (!size)
    throw argument_error("a buffer of " + std::to_string(count) + " " + opencl_name(type)
                         + " is larger than any memory");
  device_buffer made(owner, *size, access);
  made.state_->element = type;
  return made;
}

device_buffer device_buffer::over(const context& owner, std::span<std::byte> memory) {
  const bool share = !memory.empty() && may_share(owner, memory);
  const cl_mem_flags how = share ? CL_MEM_USE_HOST_PTR : CL_MEM_COPY_HOST_PTR;
  if (memory.empty()) return device_buffer(owner, 0);
  return device_buffer(std::shared_ptr<detail::buffer_state>(new detail::buffer_state{
      .owner = owner,
      .handle = create_buffer(owner, CL_MEM_READ_WRITE | how, memory.size(), memory.data()),
      .size_bytes = memory.size(),
      .element = std::nullopt,
      .zero_copy = share,
      .parent = nullptr}));
}

device_buffer device_buffer::slice(std::size_t offset_bytes, std::size_t size_bytes) const {
  const auto end = checked_add(offset_bytes, size_bytes);
  if (!end || *end > state_->size_bytes)
    throw argument_error("bytes " + std::to_string(offset_bytes) + " + " + std::to_string(size_bytes)
                         + " do not lie within a buffer of " + std::to_string(state_->size_bytes) + " bytes");
  if (size_bytes == 0)
    return typed(state_->owner, state_->element.value_or(element_type{scalar::u8, 1}), 0, state_->access);
  const std::size_t align = state_->owner.info().base_address_align_bytes;
  const std::size_t absolute = state_->parent_offset + offset_bytes;
  if (align > 1 && absolute % align != 0)
    throw argument_error("a part of a buffer on '" + state_->owner.info().name + "' begins at a multiple of "
                         + std::to_string(align) + " bytes, not at " + std::to_string(absolute));
  // A part of a part is a part of the whole: OpenCL does not nest sub-buffers.
  const std::shared_ptr<detail::buffer_state> whole = state_->parent ? state_->parent : state_;
  const cl_buffer_region region{absolute, size_bytes};
  cl_int code = CL_SUCCESS;
  const cl_mem part = clCreateSubBuffer(whole->handle(), flags_for(state_->access),
                                        CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
  check(code, "clCreateSubBuffer", detail::describe_size(size_bytes, state_->owner.target()));
  return device_buffer(
      std::shared_ptr<detail::buffer_state>(new detail::buffer_state{.owner = state_->owner,
                                                                     .handle = cl::Buffer(part),
                                                                     .size_bytes = size_bytes,
                                                                     .access = state_->access,
                                                                     .element = state_->element,
                                                                     .zero_copy = state_->zero_copy,
                                                                     .parent_offset = absolute,
                                                                     .parent = whole}));
}

device_buffer device_buffer::first(std::size_t size_bytes) const {
  if (size_bytes == state_->size_bytes) return *this;
  if (size_bytes > state_->size_bytes)
    throw argument_error("a buffer of " + std::to_string(state_->size_bytes) + " bytes has no first "
                         + std::to_string(size_bytes));
  return device_buffer(std::shared_ptr<detail::buffer_state>(
      new detail::buffer_state{.owner = state_->owner,
                               .handle = detail::share<cl::Buffer>(state_->handle(), "clRetainMemObject"),
                               .size_bytes = size_bytes,
                               .access = state_->access,
                               .element = state_->element,
                               .zero_copy = state_->zero_copy,
                               .parent_offset = state_->parent_offset,
                               .parent = state_->parent}));
}

std::size_t device_buffer::size_bytes() const noexcept { return state_->size_bytes; }
std::optional<element_type> device_buffer::element() const noexcept { return state_->element; }
kernel_access device_buffer::access() const noexcept { return state_->access; }
bool device_buffer::zero_copy() const noexcept { return state_->zero_copy; }
const context& device_buffer::owner() const noexcept { return state_->owner; }

device_image::device_image(const context& owner, image_format format, std::size_t width, std::size_t height,
                           std::size_t depth, kernel_access access)
    : state_(new detail::image_state{
        owner, {}, format, {width, height, depth ? depth : 1}, depth ? 3u : 2u, access}) {
  const cl_image_format pixels = to_opencl(format);
  check_image(owner, pixels, *state_);
  cl_image_desc shape{};
  shape.image_type = depth ? CL_MEM_OBJECT_IMAGE3D : CL_MEM_OBJECT_IMAGE2D;
  shape.image_width = width;
  shape.image_height = height;
  shape.image_depth = depth;
  cl_int code = CL_SUCCESS;
  const cl_mem made =
      clCreateImage(owner.state()->handle(), flags_for(access), &pixels, &shape, nullptr, &code);
  check(code, "clCreateImage",
        describe(format, state_->extent, state_->dimensions) + " on '" + owner.info().name + "'");
  state_->handle = cl::Memory(made, false);
}

image_format device_image::format() const noexcept { return state_->format; }
std::array<std::size_t, 3> device_image::extent() const noexcept { return state_->extent; }
unsigned device_image::dimensions() const noexcept { return state_->dimensions; }
std::size_t device_image::size_bytes() const noexcept {
  return state_->extent[0] * state_->extent[1] * state_->extent[2] * state_->format.pixel_bytes();
}
kernel_access device_image::access() const noexcept { return state_->access; }

const char* to_string(address_mode mode) noexcept { return address_names[static_cast<std::size_t>(mode)]; }
const char* to_string(filter_mode mode) noexcept { return filter_names[static_cast<std::size_t>(mode)]; }

std::optional<address_mode> parse_address_mode(std::string_view name) noexcept {
  return parse_mode<address_mode>(address_names, name);
}
std::optional<filter_mode> parse_filter_mode(std::string_view name) noexcept {
  return parse_mode<filter_mode>(filter_names, name);
}

sampler::sampler(const context& owner, const sampling& how) {
  constexpr std::array<cl_addressing_mode, 5> modes{CL_ADDRESS_NONE, CL_ADDRESS_CLAMP_TO_EDGE,
                                                    CL_ADDRESS_CLAMP, CL_ADDRESS_REPEAT,
                                                    CL_ADDRESS_MIRRORED_REPEAT};
  if (how.address >= address_mode::repeat && !how.normalized_coordinates)
    throw argument_error("a sampler that repeats needs normalized coordinates");
  detail::context_state& keeper = *owner.state();
  const std::lock_guard lock(keeper.mutex);
  cl::Sampler& kept = keeper.samplers[how];
  if (!kept()) {
    cl_int code = CL_SUCCESS;
    // The 1.2 call: it works on every version, and drivers before 2.0 have no other.
    const cl_sampler made =
        clCreateSampler(keeper.handle(), how.normalized_coordinates ? CL_TRUE : CL_FALSE,
                        modes[static_cast<std::size_t>(how.address)],
                        how.filter == filter_mode::nearest ? CL_FILTER_NEAREST : CL_FILTER_LINEAR, &code);
    check(code, "clCreateSampler", "on '" + owner.info().name + "'");
    kept = cl::Sampler(made);
  }
  state_.reset(new detail::sampler_state{owner, kept()});
}

} // namespace clotho
