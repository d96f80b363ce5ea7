// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/step_source.hpp>

#include <algorithm>

#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>

namespace clotho::job::detail {
namespace {

// What a step leaves open, its file may answer.
void complete(step_spec& step, const front_matter& notes) {
  if (step.global.empty()) {
    step.global = notes.global;
    if (step.local.empty()) step.local = notes.local;
  }
  if (!step.flops) step.flops = notes.flops;
  if (!step.bytes) step.bytes = notes.bytes;
}

} // namespace

std::string choose_kernel(std::string_view wanted, std::span<const kernel_signature> kernels,
                          const std::string& file) {
  std::vector<std::string> names;
  for (const kernel_signature& kernel : kernels) names.push_back(kernel.name);
  if (names.empty()) throw argument_error(file + " has no kernels");
  if (wanted.empty()) {
    if (names.size() == 1) return names[0];
    throw argument_error(file + " has several kernels: " + join(names, ", ") + "; name one, as in " + file
                         + ":" + names[0]);
  }
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return std::string(wanted);
  const std::optional<std::string> near = did_you_mean(wanted, names);
  throw argument_error("there is no kernel '" + printable(wanted) + "' in " + file + "; it has "
                       + join(names, ", ") + (near ? ". Did you mean '" + *near + "'?" : ""));
}

std::vector<kernel_signature> signatures_of(const source_text& source, const macro_list& defines,
                                            const device_info* target) {
  const version opencl = target ? target->opencl : version{1, 2};
  macro_list macros{{"__OPENCL_VERSION__", std::to_string(opencl.major * 100 + opencl.minor * 10)},
                    {"__OPENCL_C_VERSION__", "120"},
                    {"CL_VERSION_1_0", "100"},
                    {"CL_VERSION_1_1", "110"},
                    {"CL_VERSION_1_2", "120"}};
  if (!target || target->images) macros.emplace_back("__IMAGE_SUPPORT__", "1");
  if (target)
    for (const std::string& extension : target->extensions) macros.emplace_back(extension, "1");
  macros.insert(macros.end(), defines.begin(), defines.end());
  return parse_signatures(source.text, macros);
}

bool speaks_of(const front_matter& notes, std::string_view kernel) {
  return notes.kernel.empty() || notes.kernel == kernel;
}

std::string label_of(const step_spec& step) {
  if (step.where.file.empty()) return {};
  return to_string(step.where) + ": step '" + step.id + "': ";
}

step_source read_step(const step_spec& step, const device_info* target) {
  step_source made{step, {}, {}};
  made.request.source = load_source(step.file, step.include_folders);
  made.request.options.defines = step.defines;
  made.request.options.flags = step.options;
  made.request.options.standard = step.standard;
  made.kernels = signatures_of(made.request.source, step.defines, target);

  const std::optional<front_matter> notes = read_front_matter(os::read_text(step.file), step.file.string());
  if (made.step.kernel.empty() && notes) made.step.kernel = notes->kernel;
  made.step.kernel = choose_kernel(made.step.kernel, made.kernels, step.file.string());
  if (notes && speaks_of(*notes, made.step.kernel)) complete(made.step, *notes);
  return made;
}

} // namespace clotho::job::detail
