// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/pipeline.hpp>

#include <algorithm>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/buffer_reader.hpp>
#include <clotho/job/detail/message.hpp>

namespace clotho::job {
namespace {

using detail::shown;

// Far above any pipeline; what is larger is some other file.
constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20;

value parse_source(std::string_view name, std::string_view text) {
  value source = parse_value(text);
  if (!std::holds_alternative<file_input>(source) && !std::holds_alternative<generator>(source))
    throw argument_error(shown(name) + " is a buffer; give it a file or a generator, as in " + printable(name)
                         + "=@x.npy or " + printable(name) + "=zeros:1024, not " + shown(text));
  return source;
}

void override_buffer(pipeline& job, buffer_spec& buffer, std::string_view text) {
  value before = std::exchange(buffer.source, parse_source(buffer.name, text));
  if (const auto problem = detail::check_likes(job.buffers)) {
    const std::string message = shown(problem->buffer->name) + ": " + problem->text;
    buffer.source = std::move(before);
    throw argument_error(message);
  }
}

std::vector<std::string> overridable_names(const pipeline& job) {
  std::vector<std::string> names;
  for (const auto& parameter : job.parameters) names.push_back(parameter.first);
  for (const buffer_spec& buffer : job.buffers) names.push_back(buffer.name);
  return names;
}

} // namespace

split_array parse_split_array(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto margin = colon == std::string_view::npos ? std::optional<std::uint64_t>(0)
                                                      : parse_unsigned(text.substr(colon + 1));
  if (name.empty() || !margin)
    throw argument_error(shown(text) + " is no array to be split: 'y', or 'y:2' for two more indices on either side");
  return {std::string(name), static_cast<std::size_t>(*margin)};
}

pipeline read_pipeline(const std::filesystem::path& file) {
  return parse_pipeline(os::read_text(file, most_bytes), file.string(), file.parent_path());
}

void override_value(pipeline& job, std::string_view name, std::string_view text) {
  const auto parameter =
      std::find_if(job.parameters.begin(), job.parameters.end(), [&](auto& p) { return p.first == name; });
  const auto buffer =
      std::find_if(job.buffers.begin(), job.buffers.end(), [&](auto& b) { return b.name == name; });
  if (parameter != job.parameters.end()) {
    parameter->second = text;
  } else if (buffer != job.buffers.end()) {
    override_buffer(job, *buffer, text);
  } else {
    const std::vector<std::string> known = overridable_names(job);
    throw argument_error("'" + printable(job.file) + "' has no parameter or buffer " + shown(name)
                         + detail::nearest_of(name, known));
  }
}

} // namespace clotho::job
