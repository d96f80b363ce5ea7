// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/capture.hpp>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/signature.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/table_reader.hpp>
#include <clotho/job/detail/tree.hpp>

namespace clotho::job {

namespace {

namespace fs = std::filesystem;
using clotho::detail::bound;
using detail::fail;
using detail::read_string;
using detail::table_reader;
using detail::tree;

constexpr const char* manifest_name = "launch.json";
constexpr const char* source_name = "kernel.cl";
constexpr const char* schema = "clotho.capture/1";
constexpr std::uint64_t most_text = std::uint64_t{64} << 20;

constexpr std::array kinds{std::pair("scalar", bound::scalar), std::pair("vector", bound::vector),
                           std::pair("struct", bound::opaque), std::pair("buffer", bound::buffer),
                           std::pair("image", bound::image),   std::pair("sampler", bound::sampler),
                           std::pair("local", bound::local),   std::pair("null", bound::null)};

std::size_t read_count(const tree& node) {
  const auto number = node.is(tree::kind::integer) ? parse_unsigned(node.text) : std::nullopt;
  if (!number) fail(node, std::string("a number of 0 or more expected, not ") + detail::shown(node.text));
  return static_cast<std::size_t>(*number);
}

extent read_extent(const tree& node) {
  const std::vector<tree>& items = detail::read_array(node);
  if (items.empty() || items.size() > 3) fail(node, "one to three sizes expected, not " + std::to_string(items.size()));
  std::array<std::size_t, 3> sizes{1, 1, 1};
  for (std::size_t i = 0; i < items.size(); ++i) sizes[i] = read_count(items[i]);
  return {static_cast<unsigned>(items.size()), sizes};
}

os::bytes read_hex(const tree& node) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::string& text = read_string(node);
  if (text.size() % 2 != 0 || text.find_first_not_of(digits) != std::string::npos)
    fail(node, "pairs of hexadecimal digits expected");
  os::bytes value;
  for (std::size_t i = 0; i < text.size(); i += 2)
    value.push_back(static_cast<std::byte>(digits.find(text[i]) << 4 | digits.find(text[i + 1])));
  return value;
}

element_type read_type(const tree& node) {
  const auto type = parse_element_type(read_string(node));
  if (!type) fail(node, detail::shown(node.text) + " is no type of OpenCL's numbers");
  return *type;
}

class capture_reader {
 public:
  explicit capture_reader(const fs::path& folder) { made_.folder = folder; }

  capture read() {
    const fs::path manifest = made_.folder / manifest_name;
    std::error_code ignored;
    if (fs::is_directory(made_.folder, ignored) && !fs::exists(manifest, ignored))
      throw io_error("'" + made_.folder.string() + "' is no capture: it has no " + manifest_name
                         + "; name the folder of one launch, as in clotho-capture/saxpy-0001",
                     made_.folder.string());
    const std::string text = os::read_text(manifest, most_text);
    const tree document = detail::read_json(text, manifest.string());
    table_reader top(document);
    check_schema(top.require("schema"));
    (void)top.find("clotho");
    made_.kernel = read_string(top.require("kernel"));
    read_device(top.require("device"));
    read_source(read_string(top.require("source")), top.require("build"));
    read_range(top.require("range"));
    for (const tree& item : detail::read_array(top.require("buffers"))) read_buffer(item);
    for (const tree& item : detail::read_array(top.require("arguments"))) read_argument(item);
    top.finish();
    check_kernel(top.require("arguments"));
    return std::move(made_);
  }

 private:
  static void check_schema(const tree& node) {
    if (read_string(node) != schema)
      fail(node, "this is " + detail::shown(node.text) + ", not '" + schema + "': another version of clotho wrote it");
  }

  void read_device(const tree& node) {
    table_reader table(node);
    made_.device = read_string(table.require("name"));
    made_.driver = read_string(table.require("driver"));
    for (const char* other : {"vendor", "platform"}) (void)table.find(other);
    table.finish();
  }

  void read_source(const std::string& name, const tree& build) {
    const fs::path file = made_.folder / source_name;
    check_no_link(build, file);
    made_.source = {name, os::read_text(file, most_text), {}};
    table_reader table(build);
    for (const tree& item : detail::read_array(table.require("defines"))) {
      const std::vector<tree>& pair = detail::read_array(item);
      if (pair.size() != 2) fail(item, "a name and what it stands for expected");
      made_.options.defines.emplace_back(read_string(pair[0]), read_string(pair[1]));
    }
    made_.options.flags = read_string(table.require("flags"));
    made_.options.standard = read_string(table.require("standard"));
    table.finish();
  }

  void read_range(const tree& node) {
    table_reader table(node);
    made_.range = nd_range(read_extent(table.require("global")));
    if (const tree* const offset = table.find("offset")) made_.range.offset(read_extent(*offset));
    if (const tree* const local = table.find("local")) made_.range.local(read_extent(*local));
    if (const tree* const local = table.find("preferred_local")) made_.range.preferred_local(read_extent(*local));
    if (const tree* const rounds = table.find("round_up"); rounds && detail::read_boolean(*rounds)) made_.range.rounded_up();
    table.finish();
  }

  void read_buffer(const tree& node) {
    table_reader table(node);
    const tree& type = table.require("type");
    const scalar base = read_string(type) == "bytes" ? scalar::u8 : read_type(type).base;
    const std::size_t size = read_count(table.require("size"));
    const tree& before = table.require("before");
    capture::buffer made{read_string(before), {}, read_content(before, base, size), {}};
    if (const tree* const image = table.find("image")) made.image = read_image(*image, base, size);
    made.name.erase(std::min(made.name.find('.'), made.name.size()));
    if (const tree* const after = table.find("after")) made.after = read_content(*after, base, size);
    table.finish();
    made_.buffers.push_back(std::move(made));
  }

  static clotho::detail::image_layout read_image(const tree& node, scalar type, std::size_t size) {
    table_reader table(node);
    clotho::detail::image_layout made;
    const std::size_t channels = read_count(table.require("channels"));
    made.format = {static_cast<std::uint8_t>(std::min<std::size_t>(channels, 255)), type,
                   detail::read_boolean(table.require("normalized"))};
    made.width = read_count(table.require("width"));
    made.height = read_count(table.require("height"));
    made.depth = read_count(table.require("depth"));
    table.finish();
    const std::size_t wanted = detail::located(node, [&] { return bytes_of(made); });
    if (wanted != size)
      fail(node, "such an image takes " + std::to_string(wanted) + " bytes, not " + std::to_string(size));
    return made;
  }

  [[nodiscard]] host_array read_content(const tree& node, scalar type, std::size_t size) const {
    const std::string& name = read_string(node);
    if (name.empty() || name.front() == '.' || name.find_first_of("/\\:") != std::string::npos || printable(name) != name)
      fail(node, detail::shown(name) + " is no plain file name: only files of the capture are read");
    const fs::path file = made_.folder / name;
    check_no_link(node, file);
    host_array content;
    content.data = os::read_file(file, size);
    if (content.data.size() != size)
      fail(node, "'" + name + "' has " + std::to_string(content.data.size()) + " bytes, not the " + std::to_string(size)
                     + " that it should");
    content.type = size % clotho::size_bytes(type) == 0 ? type : scalar::u8;
    content.shape = {content.element_count()};
    return content;
  }

  static void check_no_link(const tree& node, const fs::path& file) {
    std::error_code ignored;
    if (fs::is_symlink(file, ignored)) fail(node, "'" + file.filename().string() + "' is a link, which may lead anywhere");
  }

  void read_argument(const tree& node) {
    table_reader table(node);
    capture::argument made{read_string(table.require("name")), read_kind(table.require("kind"))};
    const bool is_number = made.kind == bound::scalar || made.kind == bound::vector;
    if (is_number) made.type = read_type(table.require("type"));
    if (is_number || made.kind == bound::opaque) made.value = read_hex(table.require("bytes"));
    if (is_number) check_value(table.require("bytes"), made);
    if (made.kind == bound::opaque && made.value.empty()) fail(node, "a struct has at least one byte");
    if (made.kind == bound::local) made.size = read_count(table.require("size"));
    if (made.kind == bound::buffer || made.kind == bound::image)
      made.buffer = read_buffer_index(table.require("buffer"), made.kind == bound::image);
    if (made.kind == bound::sampler) made.how = read_sampling(table);
    (void)table.find("shown");
    table.finish();
    made_.arguments.push_back(std::move(made));
  }

  static bound read_kind(const tree& node) {
    const auto known =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.first == read_string(node); });
    if (known == kinds.end()) fail(node, "there is no kind of argument " + detail::shown(node.text));
    return known->second;
  }

  static void check_value(const tree& node, const capture::argument& made) {
    const bool fits = (made.kind == bound::vector) == (made.type.width > 1);
    const std::size_t wanted = clotho::size_bytes(made.type.base) * made.type.width;
    if (!fits || made.value.size() != wanted)
      fail(node, std::to_string(made.value.size()) + " bytes are no " + opencl_name(made.type));
  }

  static sampling read_sampling(table_reader& table) {
    const tree &filter = table.require("filter"), &address = table.require("address");
    const auto filter_found = parse_filter_mode(read_string(filter));
    const auto address_found = parse_address_mode(read_string(address));
    if (!filter_found) fail(filter, "there is no filter " + detail::shown(filter.text));
    if (!address_found) fail(address, "there is no addressing mode " + detail::shown(address.text));
    return {*filter_found, *address_found, detail::read_boolean(table.require("normalized"))};
  }

  [[nodiscard]] std::size_t read_buffer_index(const tree& node, bool image) const {
    const std::size_t index = read_count(node);
    if (index >= made_.buffers.size())
      fail(node, "there is no buffer " + std::to_string(index) + "; there are " + std::to_string(made_.buffers.size()));
    if (made_.buffers[index].image.has_value() != image)
      fail(node, "buffer " + std::to_string(index) + (image ? " is no image" : " is an image"));
    return index;
  }

  void check_kernel(const tree& arguments) const {
    const auto all = parse_signatures(made_.source.text, made_.options.defines);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const kernel_signature& one) { return one.name == made_.kernel; });
    if (found == all.end())
      fail(arguments, std::string("'") + source_name + "' has no kernel " + detail::shown(made_.kernel));
    if (found->arguments.size() != made_.arguments.size())
      fail(arguments, "kernel '" + made_.kernel + "' takes " + std::to_string(found->arguments.size()) + ", here are "
                          + std::to_string(made_.arguments.size()));
  }

  capture made_;
};

} // namespace

capture read_capture(const fs::path& folder) { return capture_reader(folder).read(); }

} // namespace clotho::job
