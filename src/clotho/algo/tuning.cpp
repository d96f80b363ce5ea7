// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/tuning.hpp>

#include <algorithm>
#include <array>
#include <span>

#include <clotho/algo/detail/primitive_store.hpp>
#include <clotho/algo/tuning_space.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/selector.hpp>

namespace clotho {

namespace {

constexpr std::string_view header = "# clotho tuning 1\n";

class reader {
 public:
  reader(std::string_view source, std::string_view line, int number)
      : source_(source), rest_(line), line_(line), number_(number) {}

  // The next word; empty at the end.
  std::string_view word() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r"), rest_.size()));
    const std::string_view found = rest_.substr(0, rest_.find_first_of(" \t\r"));
    at_ = rest_.data();
    rest_.remove_prefix(found.size());
    return found;
  }
  std::string_view word(const char* what) {
    const std::string_view found = word();
    if (found.empty()) refuse(std::string("here should be ") + what);
    return found;
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw format_error({std::string(source_), number_, static_cast<int>(at_ - line_.data()) + 1}, why);
  }

 private:
  std::string_view source_, rest_, line_;
  int number_;
  const char* at_ = nullptr;
};

std::optional<scalar> type_of(reader& from, std::string_view word) {
  if (word == "*") return std::nullopt;
  const std::optional<element_type> found = parse_element_type(word);
  if (!found || found->width != 1)
    from.refuse("'" + printable(word) + "' is no type: i8, u8, ..., f32, f64 or *");
  return found->base;
}

std::uint32_t number_of(reader& from, std::string_view name, std::string_view word) {
  if (name == "shape") {
    if (word == "cpu") return static_cast<std::uint32_t>(shape::cpu);
    if (word == "gpu") return static_cast<std::uint32_t>(shape::gpu);
    from.refuse("the shape is cpu or gpu, not '" + printable(word) + "'");
  }
  const std::optional<std::uint64_t> value = parse_size(word);
  if (!value || *value > UINT32_MAX) from.refuse("'" + printable(word) + "' is no number below 4G");
  return static_cast<std::uint32_t>(*value);
}

std::string spaced(std::string_view word) {
  std::string text(word);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string one_of(std::string_view wrong, const std::vector<std::string>& known) {
  const std::optional<std::string> near = did_you_mean(wrong, known);
  return near ? "did you mean '" + *near + "'?" : "there are " + join(known, ", ");
}

void check_primitive(const reader& from, std::string_view name) {
  if (name == "*" || name.find('@') != name.npos || find_tunable(name) != nullptr) return;
  std::vector<std::string> known;
  for (const tunable& one : tunable_primitives()) known.emplace_back(one.name);
  from.refuse("there is no primitive '" + printable(name) + "' in this clotho; " + one_of(name, known));
}

void check_number(const reader& from, std::string_view primitive, std::string_view name,
                  std::uint32_t value) {
  const tunable* of = find_tunable(primitive);
  if (of == nullptr || name == "shape") return;
  if (const tuning_number* number = of->find(name)) {
    if (number->allows(value)) return;
    from.refuse(std::string(name) + " of " + std::string(primitive) + " is " + allowed_text(*number));
  }
  std::vector<std::string> known{"shape"};
  for (const tuning_number& one : of->numbers) known.emplace_back(one.name);
  from.refuse(std::string(primitive) + " has no number '" + printable(name) + "'; " + one_of(name, known));
}

tuning_table::record record_of(reader& from, std::string_view selector, tuning_names names) {
  tuning_table::record made{std::string(selector), {}, {}, {}};
  if (selector != "*") try {
      (void)selector::parse(spaced(selector));
    } catch (const selection_error& thrown) {
      from.refuse(thrown.what());
    }
  made.primitive = from.word("the name of a primitive, or *");
  if (names == tuning_names::known) check_primitive(from, made.primitive);
  made.type = type_of(from, from.word("a type, or *"));
  for (std::string_view pair = from.word("NAME=NUMBER"); !pair.empty(); pair = from.word()) {
    const std::size_t split = pair.find('=');
    if (split == 0 || split == pair.npos) from.refuse("'" + printable(pair) + "' is not NAME=NUMBER");
    const std::string_view name = pair.substr(0, split);
    const std::uint32_t value = number_of(from, name, pair.substr(split + 1));
    if (names == tuning_names::known) check_number(from, made.primitive, name, value);
    made.numbers.set(name, value);
  }
  return made;
}

} // namespace

bool fits(const tuning_table::record& one, const device_info& on) {
  if (one.selector == "*") return true;
  try {
    (void)select(spaced(one.selector), std::span(&on, 1));
    return true;
  } catch (const selection_error&) {
    return false;
  }
}

std::optional<std::uint32_t> parameters::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  return std::nullopt;
}

std::uint32_t parameters::operator[](std::string_view name) const {
  if (const std::optional<std::uint32_t> found = find(name)) return *found;
  throw argument_error("the tuning says nothing about '" + std::string(name) + "'");
}

void parameters::set(std::string_view name, std::uint32_t value) {
  for (auto& [key, old] : values_)
    if (key == name) {
      old = value;
      return;
    }
  values_.emplace_back(name, value);
}

tuning_table tuning_table::parse(std::string_view text, std::string_view source, tuning_names names) {
  tuning_table made;
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    reader from(source, line, ++number);
    const std::string_view first = from.word();
    if (!first.empty() && first[0] != '#') made.records_.push_back(record_of(from, first, names));
  }
  return made;
}

void tuning_table::append(const tuning_table& more) {
  records_.insert(records_.end(), more.records_.begin(), more.records_.end());
}

parameters tuning_table::look_up(const device_info& on, std::string_view primitive, scalar type) const {
  parameters found;
  for (const record& one : records_) {
    const bool meant =
        (one.primitive == "*" || one.primitive == primitive) && (!one.type || *one.type == type);
    if (!meant || !fits(one, on)) continue;
    for (const auto& [name, value] : one.numbers.all()) found.set(name, value);
  }
  return found;
}

std::string to_string(const tuning_table& table) {
  std::string text(header);
  for (const tuning_table::record& one : table.records()) {
    text += one.selector + " " + one.primitive + " " + (one.type ? short_name(*one.type) : "*");
    for (const auto& [name, value] : one.numbers.all())
      text += " " + name + "=" + (name == "shape" ? (value == 0 ? "cpu" : "gpu") : std::to_string(value));
    text += "\n";
  }
  return text;
}

void tune(const runtime& owner, const tuning_table& more) {
  owner.core().kept().get<detail::primitive_store>().tune(more);
}

} // namespace clotho
