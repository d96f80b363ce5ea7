// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/buffer_reader.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/step_reader.hpp>
#include <clotho/job/detail/table_reader.hpp>
#include <clotho/job/detail/value_syntax.hpp>
#include <clotho/job/pipeline.hpp>

namespace clotho::job {
namespace {

using detail::shown;
using detail::table_reader;
using detail::tree;

constexpr const char* version = "1";

void check_version(table_reader& document) {
  const tree* given = document.find("clotho");
  if (!given)
    detail::fail(document.node(), std::string("'clotho = ") + version
                                      + "' is missing: the version of the format; this program reads version "
                                      + version);
  if (!given->is(tree::kind::integer) || given->text != version)
    detail::fail(*given,
                 "this program reads version " + std::string(version) + " of the format, not "
                     + (given->is(tree::kind::integer) ? given->text : detail::to_string(given->what)));
}

// A number, a text, or an array of numbers, which becomes "1,2,3".
std::string read_parameter(const tree& node) {
  return node.is(tree::kind::array) ? join(detail::read_texts(node), ",") : detail::read_text(node);
}

void read_parameters(pipeline& job, const tree& node) {
  const table_reader table(node);
  for (const tree& member : node.children) {
    if (member.key.empty()) detail::fail(member, "a parameter needs a name");
    job.parameters.emplace_back(member.key, read_parameter(member));
  }
}

bool has_buffer(const pipeline& job, std::string_view name) {
  return std::any_of(job.buffers.begin(), job.buffers.end(), [&](auto& b) { return b.name == name; });
}

// Also for the buffers that steps' arguments make on the spot.
void add_buffer(pipeline& job, const tree& node, const std::string& name, detail::content demand) {
  if (name.empty()) detail::fail(node, "a buffer needs a name");
  if (has_buffer(job, name)) detail::fail(node, "there are two buffers " + shown(name));
  for (const auto& parameter : job.parameters)
    if (parameter.first == name) detail::fail(node, shown(name) + " is a parameter as well as a buffer");
  job.buffers.push_back(detail::read_buffer(node, name, demand, job.folder));
}

void read_buffers(pipeline& job, const tree& node) {
  const table_reader table(node);
  for (const tree& member : node.children) add_buffer(job, member, member.key, detail::content::required);
}

void add_argument_buffers(pipeline& job, const tree& step) {
  const tree* arguments = step.find("args");
  if (!arguments) return;
  for (const tree& argument : arguments->children)
    if (argument.is(tree::kind::table))
      add_buffer(job, argument, detail::argument_buffer_name(step, argument.key), detail::content::optional);
}

void check_ids(const pipeline& job, const std::vector<tree>& nodes) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (!ids.insert(job.steps[i].id).second)
      detail::fail(nodes[i], "there are two steps " + shown(job.steps[i].id));
  const std::vector<std::string> known(ids.begin(), ids.end());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const std::string& id : job.steps[i].after)
      if (!ids.contains(id))
        detail::fail(*nodes[i].find("after"),
                     "there is no step " + shown(id) + detail::nearest_of(id, known));
}

void read_steps(pipeline& job, const tree& node) {
  const std::vector<tree>& nodes = detail::read_array(node);
  // All buffers first: a step may use one that a later step's argument makes.
  for (const tree& step : nodes) add_argument_buffers(job, step);
  for (const tree& step : nodes) job.steps.push_back(detail::read_step(step, job));
  check_ids(job, nodes);
}

// "ref.png", without the '@' that the command line needs.
bool is_file_name(const tree& node) {
  if (!node.is(tree::kind::string) || node.text.starts_with('@')) return false;
  const std::string extension = detail::parse_file_input(node.text).path.extension().string();
  return extension.size() > 1 && (extension[1] < '0' || extension[1] > '9');
}

value read_expected(const tree& node, const pipeline& job) {
  const auto parse_name = [&] { return value(detail::parse_file_input(node.text)); };
  value expected =
      detail::located(node, [&] { return is_file_name(node) ? parse_name() : detail::read_value(node); });
  if (!std::holds_alternative<literal>(expected) && !std::holds_alternative<file_input>(expected)
      && !std::holds_alternative<generator>(expected))
    detail::fail(node, "a file, a generator or numbers expected, not " + shown(node.text));
  detail::check_parameters(node, expected, job);
  detail::resolve(expected, job.folder);
  return expected;
}

double read_tolerance(const tree& node) {
  const double tolerance = detail::read_number(node);
  if (!(tolerance >= 0)) detail::fail(node, "a tolerance is 0 or more");
  return tolerance;
}

expectation read_expectation(const tree& node, const pipeline& job) {
  expectation result;
  result.where = node.where;
  table_reader table(node);
  const tree& buffer = table.require("buffer");
  const tree& equals = table.require("equals");
  table.read("atol", result.absolute, read_tolerance);
  table.read("rtol", result.relative, read_tolerance);
  table.finish();
  result.buffer = detail::read_string(buffer);
  if (!has_buffer(job, result.buffer))
    detail::fail(buffer, detail::unknown_buffer(result.buffer, job.buffers));
  result.equals = read_expected(equals, job);
  return result;
}

void check_likes(const pipeline& job) {
  if (const auto problem = detail::check_likes(job.buffers))
    throw format_error(problem->buffer->where, shown(problem->buffer->name) + ": " + problem->text);
}

bool is_json(std::string_view name) { return to_lower(name).ends_with(".json"); }

} // namespace

pipeline parse_pipeline(std::string_view text, std::string_view name, const std::filesystem::path& folder) {
  const tree document = is_json(name) ? detail::read_json(text, name) : detail::read_toml(text, name);
  pipeline job;
  job.file = name;
  job.folder = folder;
  table_reader table(document);
  check_version(table);
  const tree *parameters = table.find("params"), *buffers = table.find("buffers");
  const tree *steps = table.find("steps"), *expectations = table.find("expect");
  table.finish();
  if (parameters) read_parameters(job, *parameters);
  if (buffers) read_buffers(job, *buffers);
  if (steps) read_steps(job, *steps);
  check_likes(job);
  if (expectations)
    for (const tree& node : detail::read_array(*expectations))
      job.expectations.push_back(read_expectation(node, job));
  return job;
}

} // namespace clotho::job
