// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/run.hpp>

#include <algorithm>

#include <clotho/core/os/file.hpp>
#include <clotho/core/source.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/step_source.hpp>
#include <clotho/job/detail/step_uses.hpp>

namespace clotho::job {
namespace {

using arguments = std::vector<std::pair<std::string, value>>;
using names_list = std::vector<std::string>;

template <class List> auto find_named(List& list, std::string_view name) {
  return std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.first == name; });
}

const kernel_argument* find_argument(const kernel_signature& signature, std::string_view name) {
  const auto found = std::find_if(signature.arguments.begin(), signature.arguments.end(),
                                  [&](const kernel_argument& argument) { return argument.name == name; });
  return found == signature.arguments.end() ? nullptr : &*found;
}

bool is_array(const kernel_argument& argument) {
  return argument.kind == argument_kind::buffer || argument.kind == argument_kind::image;
}

// The command line's definitions above the file's, and those above the first choices of what is tuned.
macro_list join_defines(const front_matter& notes, const macro_list& given) {
  macro_list defines = given;
  const auto add = [&](const std::string& name, const std::string& text) {
    if (find_named(defines, name) == defines.end()) defines.emplace_back(name, text);
  };
  for (const auto& [name, text] : notes.defines) add(name, text);
  for (const auto& [name, choices] : notes.tune) add(name, choices.front());
  return defines;
}

// So that sizes may name macros that are numbers, unless an argument has the name.
void add_macros(pipeline& job, const macro_list& defines, const kernel_signature& signature) {
  for (const auto& [name, text] : defines)
    if (parse_double(text) && find_argument(signature, name) == nullptr)
      job.parameters.emplace_back(name, text);
}

arguments join_arguments(const bare_kernel& what, const front_matter& notes,
                         const kernel_signature& signature) {
  arguments all;
  for (const named_value& given : what.given) all.emplace_back(given.name, given.what);
  for (const auto& standard : notes.arguments) {
    // Defaults of a file with several kernels may be meant for another one.
    const bool concerns = find_argument(signature, standard.first) || !notes.kernel.empty();
    if (concerns && find_named(all, standard.first) == all.end()) all.push_back(standard);
  }
  return all;
}

// An image that is only written looks like what the kernel reads.
void add_write_only_images(arguments& all, const kernel_signature& signature) {
  const auto model =
      std::find_if(signature.arguments.begin(), signature.arguments.end(), [&](const kernel_argument& a) {
        return is_array(a) && find_named(all, a.name) != all.end();
      });
  if (model == signature.arguments.end()) return;
  for (const kernel_argument& argument : signature.arguments) {
    if (argument.kind != argument_kind::image || argument.access != access_qualifier::write_only) continue;
    if (find_named(all, argument.name) != all.end()) continue;
    generator like{};
    like.what = generator::kind::like;
    like.like = model->name;
    all.emplace_back(argument.name, like);
  }
}

// Arrays become buffers and numbers parameters, both under the argument's name.
void give_names(pipeline& job, step_spec& step, const kernel_signature& signature) {
  for (auto& [name, given] : step.arguments) {
    const kernel_argument& argument = *find_argument(signature, name);
    if (is_array(argument) && !std::holds_alternative<null_pointer>(given)) {
      job.buffers.push_back(
          {.name = name, .source = given, .type = std::nullopt, .save = std::nullopt, .where = {}});
      given = buffer_name{name};
    } else if (const auto* numbers = std::get_if<literal>(&given)) {
      job.parameters.emplace_back(name, join(numbers->numbers, ","));
      given = literal{{"$" + name}};
    }
  }
}

[[noreturn]] void throw_no_array(std::string_view name, const kernel_signature& signature, const char* use) {
  names_list arrays;
  for (const kernel_argument& argument : signature.arguments)
    if (is_array(argument)) arrays.push_back(argument.name);
  const auto near = did_you_mean(name, arrays);
  throw argument_error(std::string("cannot ") + use + " '" + printable(name) + "': kernel '" + signature.name
                       + (find_argument(signature, name) ? "' takes it as a value, not as an array"
                                                         : "' has no argument of that name")
                       + (arrays.empty() ? "" : "; its arrays are " + join(arrays, ", "))
                       + (near && name.size() > 1 ? ". Did you mean '" + *near + "'?" : ""));
}

buffer_spec& find_buffer(pipeline& job, const kernel_signature& signature, std::string_view name,
                         const char* use) {
  const auto found = std::find_if(job.buffers.begin(), job.buffers.end(),
                                  [&](const buffer_spec& b) { return b.name == name; });
  if (found == job.buffers.end()) throw_no_array(name, signature, use);
  return *found;
}

void add_saves(pipeline& job, const bare_kernel& what, const kernel_signature& signature) {
  for (const auto& [name, path] : what.save) {
    buffer_spec& buffer = find_buffer(job, signature, name, "save");
    if (buffer.save) throw argument_error("'" + name + "' is saved twice; one -o for each array");
    const kernel_argument& argument = *find_argument(signature, name);
    if (!detail::may_write(argument))
      throw argument_error("cannot save '" + name + "': kernel '" + signature.name + "' only reads it ("
                           + (argument.kind == argument_kind::image ? "read_only" : "const") + " "
                           + argument.type + ")");
    buffer.save = path;
  }
}

} // namespace

pipeline make_pipeline(const bare_kernel& what) {
  const std::string file = what.file.string();
  const std::optional<front_matter> found = read_front_matter(os::read_text(what.file), file);
  front_matter notes = found.value_or(front_matter{});
  const macro_list defines = join_defines(notes, what.defines);
  const source_text source = load_source(what.file, what.include_folders);
  const std::vector<kernel_signature> kernels = detail::signatures_of(source, defines);
  const std::string name =
      detail::choose_kernel(what.kernel.empty() ? notes.kernel : what.kernel, kernels, file);
  const kernel_signature& signature = *std::find_if(
      kernels.begin(), kernels.end(), [&](const kernel_signature& kernel) { return kernel.name == name; });
  // Notes on another kernel say nothing about this one, but definitions hold for the whole file.
  if (!detail::speaks_of(notes, name)) notes = {};

  pipeline job;
  job.file = file;
  step_spec step;
  step.id = step.kernel = name;
  step.file = what.file;
  step.arguments = join_arguments(what, notes, signature);
  add_write_only_images(step.arguments, signature);
  (void)detail::bind_arrays(step,
                            signature); // Complains about what is unknown, missing or of the wrong kind.
  step.global = what.global.empty() ? notes.global : what.global;
  step.local = what.local.empty() ? notes.local : what.local;
  step.offset = what.offset;
  step.round_up = what.round_up;
  step.defines = defines;
  step.include_folders = what.include_folders;
  step.options = what.options;
  step.standard = what.standard;
  step.split = what.split;
  step.flops = notes.flops;
  step.bytes = notes.bytes;
  give_names(job, step, signature);
  add_macros(job, defines, signature);
  add_saves(job, what, signature);
  for (const expectation& wanted : what.expectations) {
    (void)find_buffer(job, signature, wanted.buffer, "compare");
    job.expectations.push_back(wanted);
  }
  job.steps.push_back(std::move(step));
  return job;
}

} // namespace clotho::job
