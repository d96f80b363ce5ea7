// SPDX-License-Identifier: Apache-2.0
// clotho build: a kernel file as the device's machine code, or flattened.
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/source.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/program.hpp>

#include "command.hpp"
#include "support/diagnostics.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

struct build_command_options {
  std::filesystem::path file, output;
  std::string emit = "binary", selector, standard;
  std::vector<std::string> defines;
  std::vector<std::filesystem::path> folders;
};

void deliver(const std::filesystem::path& output, std::span<const std::byte> data) {
  if (output == "-")
    print({reinterpret_cast<const char*>(data.data()), data.size()});
  else
    os::write_file(output, data);
}

int run(const build_command_options& given) {
  const source_text source = load_source(given.file, given.folders);
  if (given.emit == "flat") {
    deliver(given.output, std::as_bytes(std::span(source.text)));
    return status(exit_code::ok);
  }
  const stdout_guard guard;
  build_options options;
  options.defines = parse_defines(given.defines);
  options.standard = given.standard;
  options.use_cache = false;
  const context device(given.selector);
  const program built = program::build(device, source, options);
  for (const diagnostic& message : built.messages()) print_plain_to_stderr(excerpt(message, 2));
  deliver(given.output, built.binary());
  return status(exit_code::ok);
}

} // namespace

void add_build(CLI::App& program, action& chosen) {
  auto given = std::make_shared<build_command_options>();
  CLI::App* command =
      program.add_subcommand("build", "Compile a kernel file for a device and keep the result");
  command->add_option("file", given->file, "the kernel file")->required()->type_name("FILE.cl");
  command->add_option("-o,--output", given->output, "where to; - is standard output")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--emit", given->emit,
                   "binary: the device's machine code; flat: the source with its includes (needs no device)")
      ->check(CLI::IsMember({"binary", "flat"}))
      ->type_name("KIND")
      ->capture_default_str();
  command->add_option("--std", given->standard, "the language: CL1.2, CL3.0, ...")->type_name("VERSION");
  add_device_option(*command, given->selector);
  add_define_option(*command, given->defines);
  add_include_option(*command, given->folders);
  set_examples(*command, {"clotho build saxpy.cl -o saxpy.clbin", "clotho build saxpy.cl --emit flat -o -"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
