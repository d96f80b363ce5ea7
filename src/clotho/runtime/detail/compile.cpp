// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/compile.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <clotho/core/build_log.hpp>
#include <clotho/core/line_map.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/state.hpp>

namespace clotho::detail {
namespace {

bool is_identifier(std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return !name.empty() && letters.find(name[0]) != std::string_view::npos
         && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
                == std::string_view::npos;
}

void check_define(const std::pair<std::string, std::string>& define) {
  const std::string_view name = std::string_view(define.first).substr(0, define.first.find('('));
  if (!is_identifier(name))
    throw argument_error("'" + printable(define.first) + "' cannot be the name of a macro");
  if (define.second.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos)
    throw argument_error("the macro '" + define.first + "' has a line break in its value");
}

void check_flags(std::string_view flags) {
  for (const std::string_view flag : split(flags, ' ')) {
    if (flag.starts_with("-I"))
      throw argument_error(
          "name include folders where the source is loaded, not by -I: clotho resolves includes itself");
    if (flag.starts_with("-D")) throw argument_error("define macros in build_options::defines, not by -D");
    if (flag.starts_with("-cl-std"))
      throw argument_error("state the language in build_options::standard, not by -cl-std");
  }
}

version standard_version(std::string_view standard) {
  if (standard.empty()) return {};
  const version wanted = standard.starts_with("CL") ? parse_version(standard) : version{};
  constexpr std::array known{version{1, 0}, version{1, 1}, version{1, 2}, version{2, 0}, version{3, 0}};
  if (std::find(known.begin(), known.end(), wanted) == known.end())
    throw argument_error("'" + printable(standard)
                         + "' is no version of OpenCL C; there are CL1.0, CL1.1, CL1.2, CL2.0 and CL3.0");
  return wanted;
}

std::string define_lines(const macro_list& defines) {
  std::string text;
  for (const auto& define : defines) {
    check_define(define);
    text += "#define " + define.first + " " + define.second + "\n";
  }
  return text;
}

// What the device needs said in the source, beyond what the caller wrote.
std::string quirk_lines(const quirk_set& quirks) {
  std::string text;
  if (quirks.has(quirk_action::define_fp16)) text += "#define cl_khr_fp16 1\n";
  if (quirks.has(quirk_action::undefine_integer_dot_product))
    text += "#undef __opencl_c_integer_dot_product_input_4x8bit\n"
            "#undef __opencl_c_integer_dot_product_input_4x8bit_packed\n";
  return text;
}

std::string read_log(cl_program program, cl_device_id device) {
  std::size_t size = 0;
  if (clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, nullptr, &size) != CL_SUCCESS)
    return {};
  std::string log(size, '\0');
  if (clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, size, log.data(), nullptr) != CL_SUCCESS)
    return {};
  return std::string(trim(log.c_str()));
}

cl_int run_compiler(cl_program program, cl_device_id device, const std::string& options) {
  return clBuildProgram(program, 1, &device, options.c_str(), nullptr, nullptr);
}

// A build that somebody may stop waiting for: it owns all it uses.
struct detached_build {
  cl::Program program;
  cl_device_id device;
  std::string options;
  std::mutex mutex;
  std::condition_variable finished;
  std::optional<cl_int> result;
};

[[noreturn]] void give_up(const program_state& program, std::chrono::milliseconds limit) {
  throw timeout_error(program.name + " did not build within " + std::to_string(limit.count()) + " ms on '"
                      + program.owner.target().name() + "'");
}

// For a driver that one thread at a time may call: nothing else could be done with it meanwhile.
cl_int run_compiler_to_its_end(program_state& program, const std::string& options,
                               std::chrono::milliseconds limit) {
  const auto begin = std::chrono::steady_clock::now();
  const cl_int code = run_compiler(program.handle(), program.owner.target().state().handle(), options);
  if (std::chrono::steady_clock::now() - begin > limit) give_up(program, limit);
  return code;
}

cl_int run_compiler_within(program_state& program, const std::string& options,
                           std::chrono::milliseconds limit) {
  context_state& owner = *program.owner.state();
  auto build = std::make_shared<detached_build>();
  build->program = share<cl::Program>(program.handle(), "clRetainProgram");
  build->device = owner.target.state().handle();
  build->options = options;
  os::thread worker([build] {
    const cl_int code = run_compiler(build->program(), build->device, build->options);
    const std::lock_guard lock(build->mutex);
    build->result = code;
    build->finished.notify_all();
  });
  std::unique_lock lock(build->mutex);
  if (build->finished.wait_for(lock, limit, [&] { return build->result.has_value(); })) return *build->result;
  {
    const std::lock_guard owned(owner.mutex);
    owner.late_builds.push_back(std::move(worker));
  }
  give_up(program, limit);
}

cl_int attempt(program_state& program, const std::string& options, const build_options& wish) {
  const cl_device_id device = program.owner.target().state().handle();
  const bool one_thread = program.owner.target().quirks().has(quirk_action::serialise_all_calls);
  const cl_int code = !wish.timeout ? run_compiler(program.handle(), device, options)
                      : one_thread  ? run_compiler_to_its_end(program, options, *wish.timeout)
                                    : run_compiler_within(program, options, *wish.timeout);
  program.log = read_log(program.handle(), device);
  return code;
}

// Compilers that follow #line name the real file; from one that does not, the line is one of the flattened
// text.
std::vector<diagnostic> read_messages(const program_state& program, const build_plan& plan) {
  constexpr std::string_view flattened = "(flattened text)";
  std::vector<diagnostic> messages = parse_build_log(program.log, flattened);
  const auto foreign = [&](const diagnostic& message) {
    return message.where.file != flattened
           && plan.text.find('"' + message.where.file + '"') == std::string::npos;
  };
  if (program.owner.target().quirks().has(quirk_action::log_of_other_source))
    std::erase_if(messages, foreign);
  for (diagnostic& message : messages) {
    if (message.where.file != flattened) continue;
    const int column = message.where.column;
    message.where = original_place(plan.text, message.where.line);
    if (message.where.file.empty())
      message.where = {program.name, 0, 0};
    else
      message.where.column = column;
  }
  return messages;
}

bool is_build_failure(cl_int code) { return code == CL_BUILD_PROGRAM_FAILURE || code == CL_OUT_OF_RESOURCES; }

} // namespace

build_plan plan_build(const device& target, const source_text& source, const build_options& options) {
  check_flags(options.flags);
  const version language = standard_version(options.standard);
  build_plan plan;
  // Definitions go into the text: no driver agrees with another on how to quote them in an option string.
  plan.text = quirk_lines(target.quirks()) + define_lines(options.defines) + source.text;
  plan.options = "-cl-kernel-arg-info";
  if (!options.standard.empty()) plan.options += " -cl-std=" + options.standard;
  if (!options.flags.empty()) plan.options += " " + options.flags;
  plan.non_uniform_groups = target.info().non_uniform_groups && language >= version{2, 0}
                            && options.flags.find("-cl-uniform-work-group-size") == std::string::npos;
  return plan;
}

void compile(program_state& program, const build_plan& plan, const build_options& options) {
  const device& target = program.owner.target();
  cl_int code = attempt(program, plan.options, options);
  // PoCL's own cache has a race between processes that shows as a failure without a word; it does not repeat.
  if (code == CL_BUILD_PROGRAM_FAILURE && program.log.empty()) {
    program.owner.state()->options.log(
        log_level::warning,
        program.name + " fails to build without a word (CL_BUILD_PROGRAM_FAILURE); trying again");
    code = attempt(program, plan.options, options);
  }
  if (is_build_failure(code) && target.quirks().has(quirk_action::retry_without_optimisation)) {
    program.owner.state()->options.log(log_level::warning,
                                       program.name + " fails to build; trying without optimisation");
    code = attempt(program, plan.options + " -cl-opt-disable", options);
  }
  program.messages = read_messages(program, plan);
  if (code == CL_SUCCESS) return;
  if (code == CL_INVALID_BUILD_OPTIONS)
    throw argument_error(code, "clBuildProgram",
                         "'" + printable(plan.options) + "' on '" + target.name() + "'");
  // Without a word from the compiler it was not the program that failed.
  const bool silent = code == CL_OUT_OF_RESOURCES && program.log.empty();
  if (!is_build_failure(code) || silent)
    throw error(code, "clBuildProgram", program.name + " on '" + target.name() + "'");
  throw build_error(code, program.name, target.name(), program.messages, program.log);
}

} // namespace clotho::detail

namespace clotho {

macro_list macros_for(const device& target, const build_options& options) {
  const device_info& info = target.info();
  const auto number = [](version v) { return std::to_string(v.major * 100 + v.minor * 10); };
  const version language = options.standard.empty() ? version{1, 2} : detail::standard_version(options.standard);
  macro_list macros{{"__OPENCL_VERSION__", number(info.opencl)},
                    {"__OPENCL_C_VERSION__", number(language)},
                    {"CL_VERSION_1_0", "100"},
                    {"CL_VERSION_1_1", "110"},
                    {"CL_VERSION_1_2", "120"},
                    {"CL_VERSION_2_0", "200"},
                    {"CL_VERSION_3_0", "300"}};
  if (info.little_endian) macros.emplace_back("__ENDIAN_LITTLE__", "1");
  if (info.images) macros.emplace_back("__IMAGE_SUPPORT__", "1");
  for (const std::string& extension : info.extensions) macros.emplace_back(extension, "1");
  if (target.quirks().has(quirk_action::define_fp16)) macros.emplace_back("cl_khr_fp16", "1");
  macros.insert(macros.end(), options.defines.begin(), options.defines.end());
  return macros;
}

} // namespace clotho
