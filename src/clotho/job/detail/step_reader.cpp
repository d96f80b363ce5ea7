// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/step_reader.hpp>

#include <algorithm>
#include <limits>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/buffer_reader.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/table_reader.hpp>
#include <clotho/job/parameters.hpp>

namespace clotho::job::detail {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_identifier(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

bool has_buffer(const pipeline& job, std::string_view name) {
  return std::any_of(job.buffers.begin(), job.buffers.end(), [&](auto& b) { return b.name == name; });
}

bool has_parameter(const pipeline& job, std::string_view name) {
  return std::any_of(job.parameters.begin(), job.parameters.end(), [&](auto& p) { return p.first == name; });
}

// "blur.cl:gauss", or the file alone. A colon before anything but an identifier belongs to the file's name.
void read_kernel(const tree& node, step_spec& step, const std::filesystem::path& folder) {
  const std::string& text = read_string(node);
  const std::size_t colon = text.rfind(':');
  const bool has_name = colon != std::string::npos && is_identifier(text.substr(colon + 1));
  const std::string file = has_name ? text.substr(0, colon) : text;
  if (file.empty() || file.ends_with(':'))
    fail(node, "a kernel file expected, as in 'blur.cl' or 'blur.cl:gauss', not " + shown(text));
  if (has_name) step.kernel = text.substr(colon + 1);
  step.file = resolve(file, folder);
}

std::vector<split_array> read_split(const tree& node) {
  std::vector<split_array> arrays;
  for (const std::string& text : read_strings(node))
    arrays.push_back(located(node, [&] { return parse_split_array(text); }));
  return arrays;
}

unsigned read_repeat(const tree& node) {
  const std::optional<std::uint64_t> count =
      node.is(tree::kind::integer) ? parse_unsigned(node.text) : std::nullopt;
  if (!count || *count < 1 || *count > std::numeric_limits<unsigned>::max())
    fail(node, "a whole number of 1 or more expected");
  return static_cast<unsigned>(*count);
}

// An unknown name reads as a value that makes no sense; say what the writer most likely meant.
[[noreturn]] void fail_unknown_name(const tree& node, const pipeline& job) {
  const std::string note =
      has_parameter(job, node.text) ? "; the parameter of that name is '$" + printable(node.text) + "'" : "";
  fail(node, note.empty() ? unknown_buffer(node.text, job.buffers)
                          : "there is no buffer " + shown(node.text) + note);
}

value read_argument_text(const tree& node, const pipeline& job) {
  if (has_buffer(job, node.text)) return buffer_name{node.text};
  try {
    return parse_value(node.text);
  } catch (const argument_error& why) {
    const bool looks_like_name = std::all_of(node.text.begin(), node.text.end(), [](char c) {
      return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
    if (looks_like_name && !node.text.empty() && is_letter(node.text[0])) fail_unknown_name(node, job);
    fail(node, why.what());
  }
}

void check_like(const tree& node, const value& what, const tree& arguments, const pipeline& job) {
  const generator* recipe = std::get_if<generator>(&what);
  if (!recipe || recipe->what != generator::kind::like) return;
  if (!has_buffer(job, recipe->like) && !arguments.find(recipe->like))
    fail(node, unknown_buffer(recipe->like, job.buffers));
}

value read_argument(const tree& node, const tree& step, const tree& arguments, const pipeline& job) {
  if (node.is(tree::kind::table)) return buffer_name{argument_buffer_name(step, node.key)};
  value result = node.is(tree::kind::string) ? read_argument_text(node, job) : read_value(node);
  check_like(node, result, arguments, job);
  check_parameters(node, result, job);
  resolve(result, job.folder);
  return result;
}

std::vector<std::pair<std::string, value>> read_arguments(const tree& step, const tree& node,
                                                          const pipeline& job) {
  const table_reader table(node);
  std::vector<std::pair<std::string, value>> arguments;
  for (const tree& member : node.children)
    arguments.emplace_back(member.key, read_argument(member, step, node, job));
  return arguments;
}

std::vector<std::filesystem::path> read_folders(const tree& node, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& name : read_strings(node)) folders.push_back(resolve(name, folder));
  return folders;
}

void check_ranges(const tree& node, const step_spec& step) {
  const auto differ = [&](const std::vector<expression>& range) {
    return !range.empty() && !step.global.empty() && range.size() != step.global.size();
  };
  const auto check = [&](const char* key, const std::vector<expression>& range) {
    if (differ(range))
      fail(*node.find(key), "has " + std::to_string(range.size()) + " of the "
                                + std::to_string(step.global.size()) + " dimensions of 'global'");
  };
  check("local", step.local);
  check("offset", step.offset);
}

} // namespace

std::string argument_buffer_name(const tree& step, std::string_view argument) {
  const tree* id = step.find("id");
  if (!id) fail(step, "'id' is missing");
  return read_string(*id) + "." + std::string(argument);
}

void check_parameters(const tree& node, const value& what, const pipeline& job) {
  const literal* numbers = std::get_if<literal>(&what);
  if (!numbers) return;
  std::vector<std::string> known;
  for (const auto& parameter : job.parameters) known.push_back(parameter.first);
  for (const std::string& number : numbers->numbers)
    for (const std::string& name : parameters_in(number))
      if (!has_parameter(job, name))
        fail(node, "there is no parameter " + shown(name) + nearest_of(name, known));
}

step_spec read_step(const tree& node, const pipeline& job) {
  step_spec step;
  step.where = node.where;
  table_reader table(node);
  const auto arguments = [&](const tree& args) { return read_arguments(node, args, job); };
  const auto folders = [&](const tree& include) { return read_folders(include, job.folder); };
  step.id = read_string(table.require("id"));
  if (step.id.empty()) fail(node, "'id' is empty");
  const tree& kernel = table.require("kernel");
  table.read("global", step.global, read_range);
  table.read("offset", step.offset, read_range);
  table.read("local", step.local, read_local_range);
  table.read("round_up", step.round_up, read_boolean);
  const tree* args = table.find("args");
  table.read("defines", step.defines, read_text_table);
  table.read("include", step.include_folders, folders);
  table.read("options", step.options, read_string);
  table.read("std", step.standard, read_string);
  table.read("split", step.split, read_split);
  table.read("after", step.after, read_strings);
  table.read("repeat", step.repeat, read_repeat);
  table.read("flops", step.flops, read_expression);
  table.read("bytes", step.bytes, read_expression);
  table.finish();
  read_kernel(kernel, step, job.folder);
  if (args) step.arguments = arguments(*args);
  check_ranges(node, step);
  return step;
}

} // namespace clotho::job::detail
