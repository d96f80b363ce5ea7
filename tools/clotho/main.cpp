// SPDX-License-Identifier: Apache-2.0
// The command `clotho`.
#include <algorithm>
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/version.hpp>

#include "command.hpp"
#include "support/failure.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "usage.hpp"

namespace clotho::tool {
namespace {

constexpr auto commands = {add_devices, add_doctor, add_inspect, add_check, add_build, add_run,
                           add_bench,   add_tune,   add_replay,  add_trace, add_cache, add_probe};

void add_color(CLI::App& program) {
  program
      .add_option_function<std::string>(
          "--color",
          [](const std::string& when) {
            set_color(when == "always"  ? color_mode::always
                      : when == "never" ? color_mode::never
                                        : color_mode::automatic);
          },
          "auto, always or never")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

int show_help(const CLI::App& program, const std::string& topic) {
  const CLI::App* subject = &program;
  if (!topic.empty()) {
    std::vector<std::string> names;
    for (const CLI::App* command : program.get_subcommands({}))
      if (command->get_name() == topic)
        subject = command;
      else if (!command->get_group().empty())
        names.push_back(command->get_name());
    if (subject == &program) {
      const auto near = did_you_mean(topic, names);
      throw argument_error("there is no command '" + printable(topic) + "'"
                           + (near ? "; did you mean '" + *near + "'?" : "; there are " + join(names, ", ")));
    }
  }
  print(subject == &program ? program.help("", CLI::AppFormatMode::Normal)
                            : subject->help("clotho", CLI::AppFormatMode::Normal));
  return status(exit_code::ok);
}

void add_help(CLI::App& program, action& chosen) {
  auto topic = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand("help", "Explain a command");
  command->add_option("command", *topic, "the command to explain");
  set_examples(*command, {"clotho help devices"});
  command->callback([&program, &chosen, topic] {
    chosen = [&program, topic] {
      program.clear(); // Help of a program with a chosen subcommand would be that subcommand's.
      return show_help(program, *topic);
    };
  });
}

// What follows "--" is never an option. CLI11 forgets that when it goes from a subcommand back to the
// program, so a file named like an option gets the same path spelled otherwise.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> result(argv + std::min(argc, 1), argv + argc);
  const auto marker = std::find(result.begin(), result.end(), "--");
  if (marker == result.end()) return result;
  for (auto i = marker + 1; i != result.end(); ++i)
    if (i->size() > 1 && i->front() == '-') *i = "./" + *i;
  result.erase(marker);
  return result;
}

int run(int argc, char** argv) {
  action chosen;
  CLI::App program("Runs OpenCL kernels on any device.", "clotho");
  program.fallthrough();
  program.require_subcommand(0, 1);
  program.get_formatter()->column_width(32);
  program.set_version_flag("--version", std::string("clotho ") + version_string);
  add_color(program);
  for (const auto add : commands) add(program, chosen);
  add_help(program, chosen);
  set_examples(program, {"clotho devices", "clotho check saxpy.cl"});
  try {
    std::vector<std::string> given = arguments(argc, argv);
    std::reverse(given.begin(), given.end()); // As CLI11 wants them.
    program.parse(std::move(given));
  } catch (const CLI::CallForHelp&) {
    print(program.help());
    return status(exit_code::ok);
  } catch (const CLI::CallForVersion& version) {
    print(std::string(version.what()) + "\n");
    return status(exit_code::ok);
  } catch (const CLI::ParseError& failure) {
    print_error(explain(failure, program));
    return status(exit_code::usage);
  }
  return chosen ? chosen() : show_help(program, {});
}

} // namespace
} // namespace clotho::tool

int main(int argc, char** argv) {
  clotho::tool::prepare_standard_streams();
  return clotho::tool::run_guarded([&] { return clotho::tool::run(argc, argv); });
}
