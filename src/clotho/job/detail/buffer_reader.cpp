// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/buffer_reader.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/table_reader.hpp>
#include <clotho/job/detail/value_syntax.hpp>

namespace clotho::job::detail {
namespace {

const buffer_spec* find(std::span<const buffer_spec> buffers, std::string_view name) {
  const auto found =
      std::find_if(buffers.begin(), buffers.end(), [&](const buffer_spec& b) { return b.name == name; });
  return found == buffers.end() ? nullptr : &*found;
}

// The buffer whose shape `buffer` takes; null when it has its own.
const std::string* followed(const buffer_spec& buffer) {
  const generator* recipe = std::get_if<generator>(&buffer.source);
  return recipe && recipe->what == generator::kind::like ? &recipe->like : nullptr;
}

bool comes_back(const buffer_spec& start, std::span<const buffer_spec> buffers) {
  const buffer_spec* at = &start;
  for (std::size_t steps = 0; steps < buffers.size(); ++steps) {
    const std::string* next = followed(*at);
    if (!next) return false;
    at = find(buffers, *next);
    if (at == &start) return true;
  }
  return false; // It leads into a circle of others.
}

value read_load(const tree& node) {
  return located(node, [&] { return parse_file_input(read_string(node)); });
}

value read_source(const tree& node) {
  value source = located(node, [&] { return parse_value(read_string(node)); });
  if (!std::holds_alternative<file_input>(source) && !std::holds_alternative<generator>(source))
    fail(node, "a file or a generator expected, as in '@x.npy' or 'zeros:1024', not " + shown(node.text));
  return source;
}

value read_like(const tree& node) {
  generator recipe;
  recipe.what = generator::kind::like;
  recipe.like = read_string(node);
  return recipe;
}

value read_shape(const tree& node) {
  generator recipe;
  if (!node.is(tree::kind::array)) {
    recipe.shape = {read_expression(node)};
  } else {
    for (const tree& item : node.children) recipe.shape.push_back(read_expression(item));
    if (recipe.shape.empty()) fail(node, "at least one size expected");
  }
  return recipe;
}

using content_reader = value (*)(const tree&);
constexpr std::array<std::pair<std::string_view, content_reader>, 4> contents{
    {{"load", read_load}, {"source", read_source}, {"like", read_like}, {"shape", read_shape}}};

value read_content(table_reader& table, content demand) {
  std::optional<value> source;
  std::string_view first;
  for (const auto& [key, read] : contents) {
    const tree* node = table.find(key);
    if (!node) continue;
    if (source)
      fail(*node, "a buffer has '" + std::string(first) + "' or '" + std::string(key) + "', not both");
    source = read(*node);
    first = key;
  }
  if (!source && demand == content::required)
    fail(table.node(), "where does its content come from? Give one of load, source, like, shape");
  return source.value_or(generator{});
}

scalar read_type(const tree& node) {
  return located(node, [&] { return parse_scalar_type(read_string(node)); });
}

} // namespace

buffer_spec read_buffer(const tree& node, std::string name, content demand,
                        const std::filesystem::path& folder) {
  buffer_spec buffer;
  buffer.name = std::move(name);
  buffer.where = node.where;
  table_reader table(node);
  // First, so that a slip in 'load' is reported as such and not as missing content.
  for (const char* key : {"type", "save"}) (void)table.find(key);
  for (const auto& entry : contents) (void)table.find(entry.first);
  table.finish();
  buffer.source = read_content(table, demand);
  table.read("type", buffer.type, read_type);
  table.read("save", buffer.save, [&](const tree& save) { return resolve(read_string(save), folder); });
  resolve(buffer.source, folder);
  return buffer;
}

std::filesystem::path resolve(const std::filesystem::path& file, const std::filesystem::path& folder) {
  return file == "-" ? file : folder / file;
}

void resolve(value& what, const std::filesystem::path& folder) {
  if (file_input* file = std::get_if<file_input>(&what)) file->path = resolve(file->path, folder);
}

std::vector<std::string> names_of(std::span<const buffer_spec> buffers) {
  std::vector<std::string> names;
  for (const buffer_spec& buffer : buffers) names.push_back(buffer.name);
  return names;
}

std::string unknown_buffer(std::string_view name, std::span<const buffer_spec> buffers) {
  const std::vector<std::string> names = names_of(buffers);
  return "there is no buffer " + shown(name) + nearest_of(name, names);
}

std::optional<like_problem> check_likes(std::span<const buffer_spec> buffers) {
  for (const buffer_spec& start : buffers) {
    const std::string* like = followed(start);
    if (like && !find(buffers, *like)) return like_problem{&start, unknown_buffer(*like, buffers)};
  }
  for (const buffer_spec& start : buffers)
    if (comes_back(start, buffers))
      return like_problem{&start, "its shape would follow from itself: 'like' goes round in a circle"};
  return std::nullopt;
}

} // namespace clotho::job::detail
