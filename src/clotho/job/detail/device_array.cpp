// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/device_array.hpp>

#include <utility>

namespace clotho::job::detail {
namespace {

using memory = std::variant<device_buffer, device_image>;

pixel_layout layout_for(const job_array& array) {
  if (!array.is_image) return {};
  try {
    return layout_of(array.content.type, array.content.shape, array.dimensions, !array.reads_integers);
  } catch (const argument_error& why) {
    throw argument_error(array.label + ": " + why.what());
  }
}

memory allocate(const context& device, const job_array& array, const pixel_layout& layout) {
  const host_array& content = array.content;
  if (array.is_image) {
    const kernel_access access = !array.last_writer ? kernel_access::read_only
                                 : array.is_read    ? kernel_access::read_write
                                                    : kernel_access::write_only;
    return device_image(device, layout.format, layout.size[0], layout.size[1],
                        array.dimensions == 3 ? layout.size[2] : 0, access);
  }
  // Typed, so that every launch checks the kernel's pointer; bytes of structs have no type.
  if (array.element) return device_buffer::typed(device, {content.type, 1}, content.element_count());
  return device_buffer(device, content.size_bytes());
}

template <class Memory> os::bytes read_whole(queue& commands, const Memory& from) {
  os::bytes content(from.size_bytes());
  commands.read(from, content);
  return content;
}

} // namespace

device_array::device_array(const context& device, const job_array& array)
    : type_(array.content.type), shape_(array.content.shape), layout_(layout_for(array)),
      memory_(allocate(device, array, layout_)) {}

void device_array::upload(queue& commands, const host_array& from) const {
  if (layout_.channels == 3) return restore(commands, to_pixels(from, layout_));
  restore(commands, from.data);
}

host_array device_array::download(queue& commands) const {
  return {type_, shape_, from_pixels(save(commands), layout_)};
}

os::bytes device_array::save(queue& commands) const {
  return std::visit([&](const auto& from) { return read_whole(commands, from); }, memory_);
}

void device_array::restore(queue& commands, const os::bytes& content) const {
  std::visit([&](const auto& to) { commands.write(to, content); }, memory_);
}

launch_argument device_array::argument() const {
  return std::visit([](const auto& bound) { return launch_argument(bound); }, memory_);
}

std::size_t device_array::size_bytes() const {
  return std::visit([](const auto& bound) { return bound.size_bytes(); }, memory_);
}

} // namespace clotho::job::detail
