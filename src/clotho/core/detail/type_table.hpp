#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <clotho/core/detail/constant_expression.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/core/signature.hpp>

namespace clotho::detail::clc {

struct type_info;

struct qualified_type {
  const type_info* type = nullptr;
  bool is_const = false;
  bool is_volatile = false;
  bool is_restrict = false;
  std::optional<address_space> space = {}; ///< as stated; none means private, or generic behind a pointer
  access_qualifier access = access_qualifier::none;
};

enum class type_kind : std::uint8_t {
  unknown,
  nothing, ///< void
  scalar,  ///< vectors too
  enumeration,
  record,
  pointer,
  array,
  function,
  image,
  sampler,
  opaque ///< events, queues, pipes
};

struct type_info {
  type_kind kind = type_kind::unknown;
  std::string name = {};
  std::size_t size = 0; ///< bytes; 0 when unknown
  std::size_t align = 1;
  bool portable = true; ///< the size is the same on every device: no pointer, no size_t inside
  bool holds_array = false;
  bool open = false; ///< an array whose initialiser counts its elements
  std::optional<element_type> element = {};
  qualified_type target = {}; ///< of a pointer or an array
};

struct record_field {
  qualified_type type = {};
  bool packed = false;
  bool is_bits = false;
  std::size_t aligned = 0; ///< attribute aligned(n), 0 for none
};

struct record_rules {
  bool is_union = false;
  bool packed = false;
  std::size_t aligned = 0;
  std::size_t pack = 0; ///< #pragma pack(n), 0 for none
};

/// The types of one program. Pointers to types stay valid while the table lives.
class type_table {
 public:
  type_table();

  /// A typedef or a type of the language; a null type when `name` is neither.
  [[nodiscard]] qualified_type find(std::string_view name) const;
  void define(std::string_view name, const qualified_type& type);

  /// "struct ray": known, or now known as incomplete.
  [[nodiscard]] type_info& tagged(const std::string& name);
  /// A new type for `name`, which hides an older one.
  [[nodiscard]] type_info& new_tagged(const std::string& name);
  [[nodiscard]] type_info& add(type_info type) { return types_.emplace_back(std::move(type)); }

  [[nodiscard]] const type_info* pointer_to(const qualified_type& target);
  /// No `count`: unknown.
  [[nodiscard]] const type_info* array_of(const qualified_type& target, std::optional<std::uint64_t> count);
  [[nodiscard]] const type_info* open_array_of(const qualified_type& target);
  [[nodiscard]] const type_info* vector_of(const type_info& base, std::size_t width);

  void define_constant(std::string_view name, constant value) {
    constants_.insert_or_assign(std::string(name), value);
  }
  [[nodiscard]] std::optional<constant> find_constant(std::string_view name) const;

 private:
  void add_builtin(type_info type);

  std::deque<type_info> types_;
  std::map<std::string, qualified_type, std::less<>> names_;
  std::map<std::string, type_info*, std::less<>> tags_;
  std::map<std::string, constant, std::less<>> constants_;
};

/// Fills size, align and the flags of a record: natural alignment, a vector of 3 like one of 4.
void lay_out(type_info& record, std::span<const record_field> fields, const record_rules& rules);

} // namespace clotho::detail::clc
