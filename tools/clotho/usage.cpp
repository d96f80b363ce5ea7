// SPDX-License-Identifier: Apache-2.0
#include "usage.hpp"

#include <vector>

#include <clotho/core/text.hpp>

namespace clotho::tool {
namespace {

const CLI::App& selected(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  return chosen.empty() ? program : selected(*chosen.back());
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({}))
    if (!command->get_group().empty()) names.push_back(command->get_name());
  return names;
}

void append_options(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
}

std::string full_name(const CLI::App& program, const CLI::App& app) {
  std::string name;
  for (const CLI::App* a = &app; a && a != &program; a = a->get_parent()) name = " " + a->get_name() + name;
  return "clotho" + name;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
  const auto near = did_you_mean(word, candidates);
  return near ? "; did you mean '" + *near + "'?" : "";
}

std::string about_unexpected(const std::string& word, const CLI::App& program) {
  const CLI::App& app = selected(program);
  const std::string name = full_name(program, app);
  if (word.size() > 1 && word[0] == '-') {
    std::vector<std::string> options;
    append_options(app, options);
    append_options(program, options);
    const std::string option = word.substr(0, word.find('='));
    return name + " has no option '" + printable(option) + "'" + suggestion(option, options);
  }
  const auto commands = commands_of(app);
  if (commands.empty()) return name + " does not know what to do with '" + printable(word) + "'";
  std::string text = name + " has no command '" + printable(word) + "'" + suggestion(word, commands);
  if (!text.ends_with('?')) text += "; there are " + join(commands, ", ");
  return text;
}

} // namespace

std::string explain(const CLI::ParseError& failure, const CLI::App& program) {
  const auto left_over = program.remaining(true);
  const CLI::App& app = selected(program);
  std::string text = full_name(program, app) + ": " + failure.what();
  if (!left_over.empty())
    text = about_unexpected(left_over.front(), program);
  else if (app.get_require_subcommand_min() > 0 && app.get_subcommands().empty())
    text = full_name(program, app) + " needs a command: " + join(commands_of(app), ", ");
  return text + "\nTry '" + full_name(program, app) + " --help'.";
}

} // namespace clotho::tool
