// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <clotho/core/text.hpp>
#include <clotho/job/pipeline.hpp>

namespace clotho::job {
namespace {

// Buffers that join two steps; empty for a bare `after`.
using connections = std::map<std::pair<std::size_t, std::size_t>, std::vector<std::string>>;

// Sorted by the step that waits, then by the one it waits for.
connections connections_of(const step_graph& graph) {
  connections result;
  for (const step_graph::edge& edge : graph.edges) {
    std::vector<std::string>& buffers = result[{edge.to, edge.from}];
    if (!edge.buffer.empty()) buffers.push_back(printable(edge.buffer));
  }
  return result;
}

std::string kernel_text(const step_spec& step) {
  return printable(step.file.filename().string() + (step.kernel.empty() ? "" : ":" + step.kernel));
}

std::string waits_text(const pipeline& job, const connections& all, std::size_t step) {
  std::vector<std::string> causes;
  for (const auto& [ends, buffers] : all)
    if (ends.first == step)
      causes.push_back(printable(job.steps[ends.second].id)
                       + (buffers.empty() ? "" : " (" + join(buffers, ", ") + ")"));
  return causes.empty() ? "" : "  after " + join(causes, ", ");
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string quoted_for_dot(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

} // namespace

std::string to_text(const pipeline& job, const step_graph& graph) {
  std::size_t id_width = 0, kernel_width = 0;
  for (const step_spec& step : job.steps) {
    id_width = std::max(id_width, printable(step.id).size());
    kernel_width = std::max(kernel_width, kernel_text(step).size());
  }
  const connections all = connections_of(graph);
  std::string text;
  for (const std::size_t step : graph.order) {
    const std::string waits = waits_text(job, all, step);
    const std::string kernel = kernel_text(job.steps[step]);
    text += padded(printable(job.steps[step].id), id_width) + "  "
            + (waits.empty() ? kernel : padded(kernel, kernel_width)) + waits + "\n";
  }
  return text;
}

std::string to_dot(const pipeline& job, const step_graph& graph) {
  const auto node = [](std::size_t step) { return "s" + std::to_string(step); };
  std::string text = "digraph pipeline {\n";
  for (const std::size_t step : graph.order)
    // A control character within a name is written as in to_text, so the only line break is ours.
    text += "  " + node(step) + " [label=" + quoted_for_dot(printable(job.steps[step].id)) + "];\n";
  for (const auto& [ends, buffers] : connections_of(graph)) {
    text += "  " + node(ends.second) + " -> " + node(ends.first);
    text +=
        buffers.empty() ? " [style=dashed];\n" : " [label=" + quoted_for_dot(join(buffers, ", ")) + "];\n";
  }
  return text + "}\n";
}

} // namespace clotho::job
