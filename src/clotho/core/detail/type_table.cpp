// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/type_table.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <clotho/core/checked.hpp>

namespace clotho::detail::clc {
namespace {

constexpr std::array<const char*, 13> image_names{"image1d_t",
                                                  "image1d_array_t",
                                                  "image1d_buffer_t",
                                                  "image2d_t",
                                                  "image2d_array_t",
                                                  "image2d_depth_t",
                                                  "image2d_array_depth_t",
                                                  "image2d_msaa_t",
                                                  "image2d_array_msaa_t",
                                                  "image2d_msaa_depth_t",
                                                  "image2d_array_msaa_depth_t",
                                                  "image3d_t",
                                                  "image3d_array_t"};
constexpr std::array<const char*, 6> opaque_names{"event_t",     "queue_t",      "ndrange_t",
                                                  "clk_event_t", "reserve_id_t", "pipe_t"};
constexpr std::array<const char*, 8> word_names{"size_t",          "ptrdiff_t",       "intptr_t",
                                                "uintptr_t",       "atomic_size_t",   "atomic_ptrdiff_t",
                                                "atomic_intptr_t", "atomic_uintptr_t"};
constexpr std::array<std::pair<const char*, scalar>, 8> atomic_names{{{"atomic_int", scalar::i32},
                                                                      {"atomic_uint", scalar::u32},
                                                                      {"atomic_long", scalar::i64},
                                                                      {"atomic_ulong", scalar::u64},
                                                                      {"atomic_float", scalar::f32},
                                                                      {"atomic_double", scalar::f64},
                                                                      {"atomic_half", scalar::f16},
                                                                      {"atomic_flag", scalar::i32}}};

// A declaration of a thousand stars must not make a thousand ever longer names.
constexpr std::size_t longest_name = 1000;

type_info make_scalar(std::string name, element_type element) {
  type_info made;
  made.kind = type_kind::scalar;
  made.name = std::move(name);
  made.size = made.align = element.size_bytes();
  made.element = element;
  return made;
}

type_info make_plain(type_kind kind, std::string name, std::size_t size = 0) {
  type_info made;
  made.kind = kind;
  made.name = std::move(name);
  made.size = size;
  made.align = std::max<std::size_t>(size, 1);
  return made;
}

std::size_t field_align(const record_field& field, const record_rules& rules) {
  std::size_t align = field.packed || rules.packed ? 1 : field.type.type->align;
  align = std::max(align, field.aligned);
  return rules.pack != 0 ? std::min(align, rules.pack) : align;
}

std::optional<std::size_t> round_up(std::size_t size, std::size_t align) {
  const auto padded = checked_add(size, align - 1);
  return padded ? std::optional(*padded / align * align) : std::nullopt;
}

// An array without elements ends a struct and takes no room.
bool is_flexible(const type_info& type) {
  return type.kind == type_kind::array && type.open && type.target.type->size != 0;
}

} // namespace

type_table::type_table() {
  for (const scalar base : {scalar::i8, scalar::u8, scalar::i16, scalar::u16, scalar::i32, scalar::u32,
                            scalar::i64, scalar::u64, scalar::f16, scalar::f32, scalar::f64})
    for (const int width : {1, 2, 3, 4, 8, 16}) {
      const element_type element{base, static_cast<std::uint8_t>(width)};
      add_builtin(make_scalar(opencl_name(element), element));
    }
  add_builtin(make_plain(type_kind::nothing, "void"));
  add_builtin(make_plain(type_kind::scalar, "bool", 1));
  add_builtin(make_plain(type_kind::sampler, "sampler_t"));
  for (const char* name : image_names) add_builtin(make_plain(type_kind::image, name));
  for (const char* name : opaque_names) add_builtin(make_plain(type_kind::opaque, name));
  for (const auto& [name, base] : atomic_names) add_builtin(make_scalar(name, element_type{base, 1}));
  for (const char* name : word_names) {
    type_info word = make_plain(type_kind::scalar, name, 8);
    word.portable = false;
    add_builtin(std::move(word));
  }
}

void type_table::add_builtin(type_info type) {
  const type_info& added = add(std::move(type));
  names_[added.name] = {.type = &added};
}

qualified_type type_table::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? qualified_type{} : found->second;
}

void type_table::define(std::string_view name, const qualified_type& type) {
  names_.insert_or_assign(std::string(name), type);
}

type_info& type_table::tagged(const std::string& name) {
  const auto found = tags_.find(name);
  return found == tags_.end() ? new_tagged(name) : *found->second;
}

type_info& type_table::new_tagged(const std::string& name) {
  type_info& made = add(make_plain(type_kind::record, name));
  tags_.insert_or_assign(name, &made);
  return made;
}

std::optional<constant> type_table::find_constant(std::string_view name) const {
  const auto found = constants_.find(name);
  return found == constants_.end() ? std::nullopt : std::optional(found->second);
}

const type_info* type_table::pointer_to(const qualified_type& target) {
  const std::string& name = target.type->name;
  type_info made = make_plain(type_kind::pointer, name.size() < longest_name ? name + "*" : name, 8);
  made.portable = false;
  made.target = target;
  return &add(std::move(made));
}

const type_info* type_table::array_of(const qualified_type& target, std::optional<std::uint64_t> count) {
  // The outer size stands first: an array of 2 arrays of 3 is "int[2][3]".
  std::string name = target.type->name;
  if (name.size() < longest_name)
    name.insert(std::min(name.find('['), name.size()), "[" + (count ? std::to_string(*count) : "") + "]");
  type_info made = make_plain(type_kind::array, std::move(name));
  made.target = target;
  made.align = target.type->align;
  made.portable = target.type->portable;
  made.holds_array = true;
  if (count) made.size = checked_multiply<std::size_t>(*count, target.type->size).value_or(0);
  return &add(std::move(made));
}

const type_info* type_table::open_array_of(const qualified_type& target) {
  type_info made = *array_of(target, std::nullopt);
  made.open = true;
  return &add(std::move(made));
}

const type_info* type_table::vector_of(const type_info& base, std::size_t width) {
  constexpr std::array<std::size_t, 5> widths{2, 3, 4, 8, 16};
  const bool possible = base.element && base.element->width == 1
                        && std::find(widths.begin(), widths.end(), width) != widths.end();
  if (!possible) return &add(make_plain(type_kind::unknown, base.name));
  const element_type element{base.element->base, static_cast<std::uint8_t>(width)};
  return find(opencl_name(element)).type;
}

void lay_out(type_info& record, std::span<const record_field> fields, const record_rules& rules) {
  std::optional<std::size_t> size = 0;
  record.align = std::max<std::size_t>(rules.aligned, 1);
  for (const record_field& field : fields) {
    const type_info& type = *field.type.type;
    const std::size_t align = field_align(field, rules);
    record.align = std::max(record.align, align);
    record.portable = record.portable && type.portable;
    record.holds_array = record.holds_array || type.holds_array;
    const bool known = !field.is_bits && (type.size != 0 || is_flexible(type));
    const std::optional<std::size_t> offset = size && !rules.is_union ? round_up(*size, align) : std::nullopt;
    if (!known || !size)
      size = std::nullopt;
    else if (rules.is_union)
      size = std::max(*size, type.size);
    else
      size = offset ? checked_add(*offset, type.size) : std::nullopt;
  }
  if (size) size = round_up(*size, record.align);
  record.size = size.value_or(0);
}

} // namespace clotho::detail::clc
