// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/job_memory.hpp>

#include <algorithm>
#include <span>
#include <utility>

#include <clotho/core/error.hpp>

namespace clotho::job::detail {
namespace {

// As a number it is neither small nor zero, as f32 and f64 it is large and negative.
constexpr std::byte guard_pattern{0xDB};

pixel_layout layout_for(const job_array& array) {
  if (!array.is_image) return {};
  try {
    return layout_of(array.content.type, array.content.shape, array.dimensions, !array.reads_integers);
  } catch (const argument_error& why) {
    throw argument_error(array.label + ": " + why.what());
  }
}

std::size_t element_bytes_of(const job_array& array) {
  if (array.element) return array.element->size_bytes();
  return array.struct_bytes != 0 ? array.struct_bytes : clotho::size_bytes(array.content.type);
}

} // namespace

template <class T>
job_memory::made job_memory::make_buffer(const runtime& rt, std::size_t count, std::size_t guard_bytes) {
  if (guard_bytes == 0) {
    const buffer<T> elements(rt, count);
    return {buffer_slice<T>(elements).as_bytes(), elements};
  }
  const std::size_t guard = guard_bytes / sizeof(T);
  const buffer<T> all(rt, count + 2 * guard);
  const buffer_slice<T> middle = all.slice(guard, count);
  return {middle.as_bytes(), middle, buffer_slice<T>(all).as_bytes()};
}

job_memory::made job_memory::make(const runtime& rt, const job_array& array, std::size_t guard_bytes) {
  const host_array& content = array.content;
  if (array.is_image) {
    const pixel_layout layout = layout_for(array);
    const image<std::byte> pixels(rt, layout.format,
                                  {.width = layout.size[0],
                                   .height = layout.size[1],
                                   .depth = array.dimensions == 3 ? layout.size[2] : 0});
    return {pixels, pixels};
  }
  // Typed, so that every launch checks the kernel's pointer; bytes of structs have no type.
  if (!array.element) return make_buffer<std::byte>(rt, content.size_bytes(), guard_bytes);
  return visit_scalar(content.type,
                      [&]<class T>(T) { return make_buffer<T>(rt, content.element_count(), guard_bytes); });
}

job_memory::job_memory(const runtime& rt, const job_array& array, std::size_t guard_bytes)
    : job_memory(rt, array, make(rt, array, guard_bytes)) {}

job_memory::job_memory(const runtime& rt, const job_array& array, made memory)
    : name_(array.name), type_(array.content.type), shape_(array.content.shape), layout_(layout_for(array)),
      element_bytes_(element_bytes_of(array)), bytes_(std::move(memory.bytes)),
      argument_(std::move(memory.argument)), guarded_(std::move(memory.guarded)) {
  if (guarded_) rt.fill(*guarded_, guard_pattern);
  if (layout_.channels == 3)
    restore(rt, to_pixels(array.content, layout_));
  else
    restore(rt, array.content.data);
}

split_argument job_memory::part(std::size_t margin) const {
  using clotho::detail::split_part;
  return {argument_, margin == 0 ? split_part::block : split_part::halo, margin, element_bytes_};
}

host_array job_memory::content(const runtime& rt) const {
  return {type_, shape_, from_pixels(save(rt), layout_)};
}

os::bytes job_memory::save(const runtime& rt) const {
  const auto copy = [](std::span<const std::byte> all) { return os::bytes(all.begin(), all.end()); };
  return rt.host(named("fetch " + name_, copy), in(bytes_)).get();
}

void job_memory::restore(const runtime& rt, const os::bytes& bytes) const {
  const auto copy = [&](std::span<std::byte> all) { std::copy(bytes.begin(), bytes.end(), all.begin()); };
  rt.host(named("load " + name_, copy), out(bytes_)).get();
}

std::string job_memory::damage(const runtime& rt) const {
  if (!guarded_) return {};
  const std::size_t guard = (guarded_->size() - bytes_.size()) / 2;
  const auto is_whole = [&](std::size_t first) {
    const auto look = [](std::span<const std::byte> all) {
      return std::all_of(all.begin(), all.end(), [](std::byte one) { return one == guard_pattern; });
    };
    return rt.host(look, in(guarded_->slice(first, guard))).get();
  };
  const bool before = is_whole(0), behind = is_whole(guard + bytes_.size());
  if (before && behind) return {};
  return before ? "behind its end" : behind ? "before its begin" : "before its begin and behind its end";
}

} // namespace clotho::job::detail
