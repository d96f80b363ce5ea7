// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/capture_manifest.hpp>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <clotho/core/error.hpp>
#include <clotho/core/hash.hpp>
#include <clotho/flow/detail/program_set.hpp>
#include <clotho/flow/detail/trace_json.hpp>
#include <clotho/runtime/version.hpp>

namespace clotho::detail {

namespace {

std::string number_text(const std::byte* at, scalar type) {
  return visit_scalar(type, [&]<class T>(T value) {
    std::memcpy(&value, at, sizeof value);
    std::array<char, 40> digits{};
    const auto write = [&](auto number) { return std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr; };
    char* end = nullptr;
    if constexpr (std::is_same_v<T, half>)
      end = write(to_double(value));
    else if constexpr (sizeof(T) == 1)
      end = write(static_cast<int>(value));
    else
      end = write(value);
    return std::string(digits.data(), end);
  });
}

std::string value_text(const launch_argument& given) {
  std::string text;
  const std::size_t step = size_bytes(given.type.base);
  for (std::size_t i = 0; i < given.type.width; ++i)
    text += (i == 0 ? "" : ",") + number_text(static_cast<const std::byte*>(given.object) + i * step, given.type.base);
  return text;
}

/// Writes members and items with their commas, two spaces an indent.
class json_text {
 public:
  json_text& open(std::string_view key, char bracket) {
    begin(key);
    text_ += bracket;
    indent_ += 2;
    first_ = true;
    return *this;
  }
  json_text& close(char bracket) {
    indent_ -= 2;
    if (!first_) line();
    text_ += bracket;
    first_ = false;
    return *this;
  }
  json_text& add(std::string_view key, std::string_view value) {
    begin(key);
    append_json(text_, value);
    return *this;
  }
  json_text& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
  json_text& add(std::string_view key, std::size_t value) {
    begin(key);
    text_ += std::to_string(value);
    return *this;
  }
  json_text& add(std::string_view key, bool value) {
    begin(key);
    text_ += value ? "true" : "false";
    return *this;
  }
  json_text& add(std::string_view key, const extent& sizes) {
    begin(key);
    text_ += '[';
    for (unsigned i = 0; i < sizes.dimensions(); ++i) text_ += (i == 0 ? "" : ", ") + std::to_string(sizes[i]);
    text_ += ']';
    return *this;
  }
  [[nodiscard]] std::string take() && { return std::move(text_) + "\n"; }

 private:
  void line() { text_ += "\n" + std::string(indent_, ' '); }
  void begin(std::string_view key) {
    if (!first_) text_ += ',';
    if (indent_ > 0) line();
    first_ = false;
    if (key.empty()) return;
    append_json(text_, key);
    text_ += ": ";
  }

  std::string text_;
  std::size_t indent_ = 0;
  bool first_ = true;
};

void add_build(json_text& to, const build_options& options) {
  to.open("build", '{').open("defines", '[');
  for (const auto& [name, value] : options.defines) to.open({}, '[').add({}, name).add({}, value).close(']');
  to.close(']').add("flags", options.flags).add("standard", options.standard).close('}');
}

void add_device(json_text& to, const device_info& device) {
  to.open("device", '{').add("name", device.name).add("vendor", device.vendor);
  to.add("platform", device.platform_name).add("driver", device.driver_version).close('}');
}

void add_range(json_text& to, const nd_range& range) {
  to.open("range", '{').add("global", range.global());
  if (range.offset().dimensions() != 0) to.add("offset", range.offset());
  if (range.local().dimensions() != 0) to.add(range.local_is_preference() ? "preferred_local" : "local", range.local());
  to.add("round_up", range.rounds_up()).close('}');
}

void add_image(json_text& to, const image_layout& image) {
  to.open("image", '{').add("channels", std::size_t{image.format.channels}).add("normalized", image.format.normalized);
  to.add("width", image.width).add("height", image.height).add("depth", image.depth).close('}');
}

void add_buffer(json_text& to, const capture_manifest::buffer& one) {
  to.open({}, '{').add("type", one.element ? opencl_name(*one.element) : "bytes").add("size", one.size_bytes);
  if (one.image) add_image(to, *one.image);
  to.add("before", one.before);
  if (!one.after.empty()) to.add("after", one.after);
  to.close('}');
}

void add_argument(json_text& to, const capture_manifest::argument& one) {
  to.open({}, '{').add("name", one.name).add("kind", one.kind);
  if (!one.type.empty()) to.add("type", one.type);
  if (!one.bytes.empty()) to.add("bytes", one.bytes);
  if (!one.shown.empty()) to.add("shown", one.shown);
  if (one.kind == "local") to.add("size", one.size_bytes);
  if (one.kind == capture_manifest::buffer_kind || one.kind == capture_manifest::image_kind) to.add("buffer", one.buffer);
  if (one.kind == capture_manifest::sampler_kind)
    to.add("filter", to_string(one.how.filter)).add("address", to_string(one.how.address)).add("normalized", one.how.normalized_coordinates);
  to.close('}');
}

const char* kind_of(bound what) noexcept {
  switch (what) {
  case bound::scalar: return "scalar";
  case bound::vector: return "vector";
  case bound::opaque: return "struct";
  case bound::buffer: return capture_manifest::buffer_kind;
  case bound::local: return "local";
  case bound::image: return capture_manifest::image_kind;
  case bound::sampler: return capture_manifest::sampler_kind;
  case bound::svm: // tasks take none
  case bound::null: break;
  }
  return "null";
}

} // namespace

capture_manifest describe_launch(const kernel_set& kernel, const device_info& device, const nd_range& range) {
  capture_manifest made;
  made.kernel = kernel.signature.name;
  made.source = kernel.program->source.name;
  made.options = kernel.program->options;
  made.device = device;
  made.range = range;
  return made;
}

capture_manifest::argument describe_argument(const kernel_argument& argument, const launch_argument& given) {
  capture_manifest::argument made;
  made.name = argument.name;
  made.kind = kind_of(given.what);
  const bool is_number = given.what == bound::scalar || given.what == bound::vector;
  if (is_number) {
    made.type = opencl_name(given.type);
    made.shown = value_text(given);
  }
  if (is_number || given.what == bound::opaque) made.bytes = to_hex({static_cast<const std::byte*>(given.object), given.size});
  if (given.what == bound::local) made.size_bytes = given.size;
  return made;
}

std::string to_json(const capture_manifest& manifest) {
  json_text to;
  to.open({}, '{').add("schema", "clotho.capture/1").add("clotho", version_string);
  to.add("kernel", manifest.kernel).add("source", manifest.source);
  add_build(to, manifest.options);
  add_device(to, manifest.device);
  add_range(to, manifest.range);
  to.open("buffers", '[');
  for (const capture_manifest::buffer& one : manifest.buffers) add_buffer(to, one);
  to.close(']').open("arguments", '[');
  for (const capture_manifest::argument& one : manifest.arguments) add_argument(to, one);
  to.close(']').close('}');
  return std::move(to).take();
}

} // namespace clotho::detail
