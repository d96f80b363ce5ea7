// SPDX-License-Identifier: Apache-2.0
// clotho check: compiles without running, and says what the compiler says.
#include <algorithm>
#include <memory>
#include <span>

#include <clotho/core/error.hpp>
#include <clotho/core/hash.hpp>
#include <clotho/core/source.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/selector.hpp>

#include "command.hpp"
#include "support/diagnostics.hpp"
#include "support/exit_code.hpp"
#include "support/failure.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

struct check_options {
  std::vector<std::filesystem::path> files, folders;
  std::string selector, standard, format = "human";
  std::vector<std::string> defines;
  bool all_devices = false;
  bool warnings_fail = false;
  bool json = false;
};

struct checked_device {
  context target;
  std::string selector;
};

struct verdict {
  std::string file, device;
  exit_code outcome = exit_code::ok;
  std::vector<diagnostic> diagnostics;
};

std::vector<checked_device> open_devices(const check_options& given) {
  const discovery found = discover();
  std::vector<device_info> infos;
  for (const device& d : found.devices) infos.push_back(d.info());
  std::vector<checked_device> result;
  for (const device& d : select_devices(given.all_devices ? "all" : given.selector, found)) {
    const auto at = std::find(found.devices.begin(), found.devices.end(), d) - found.devices.begin();
    result.push_back({context(d), canonical_selector(static_cast<std::size_t>(at), infos)});
  }
  return result;
}

// A compiler that fails without a message it can be quoted with still has to be heard.
std::vector<diagnostic> diagnostics_of(const build_error& failure, const std::string& file) {
  const auto& all = failure.diagnostics();
  if (std::any_of(all.begin(), all.end(), [](const auto& d) { return d.level >= severity::error; }))
    return all;
  std::vector<diagnostic> result = all;
  const std::string log(trim(failure.log()));
  result.push_back(
      {{file, 0, 0},
       severity::error,
       "does not build: " + code_name(failure.code())
           + (log.empty() ? "; the compiler left no log" : "; the compiler's log: " + printable(log))});
  return result;
}

// PoCL goes by the tokens of a program and gives a second file with the same ones the log of the first. A
// declaration that depends on every character keeps apart what must not be mixed up.
source_text distinct(source_text source) {
  const digest whole = hash_of(std::as_bytes(std::span(source.text)));
  source.text = "void clotho_check_" + to_hex(std::span(whole).first(8)) + "(void);\n" + source.text;
  return source;
}

void compile(verdict& result, const context& target, const source_text& source, const check_options& given) {
  build_options options;
  options.defines = parse_defines(given.defines);
  options.standard = given.standard;
  options.use_cache = false;
  try {
    result.diagnostics = program::build(target, source, options).messages();
    const bool warned = std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                                    [](const auto& d) { return d.level >= severity::warning; });
    if (warned && given.warnings_fail) result.outcome = exit_code::build;
  } catch (const build_error& failure) {
    result.diagnostics = diagnostics_of(failure, result.file);
    result.outcome = exit_code::build;
  }
}

// A file that cannot be checked is a finding like any other; the remaining files still get their turn.
verdict unreadable(const std::filesystem::path& file) {
  try {
    throw;
  } catch (const io_error& failure) {
    return {file.string(), "", exit_code::io, {{{file.string(), 0, 0}, severity::fatal, failure.what()}}};
  } catch (const argument_error& failure) {
    return {file.string(), "", exit_code::usage, {{{file.string(), 0, 0}, severity::fatal, failure.what()}}};
  }
}

std::vector<verdict> check_file(const std::filesystem::path& file, const std::vector<checked_device>& devices,
                                const check_options& given) {
  std::vector<verdict> results;
  try {
    const source_text source = distinct(load_source(file, given.folders));
    for (const auto& [target, selector] : devices) {
      verdict result{file.string(), selector, exit_code::ok, {}};
      compile(result, target, source, given);
      results.push_back(std::move(result));
    }
  } catch (const error&) {
    results.push_back(unreadable(file));
  }
  return results;
}

nlohmann::json to_document(const std::vector<verdict>& verdicts) {
  nlohmann::json files = nlohmann::json::array();
  for (const verdict& v : verdicts) {
    nlohmann::json messages = nlohmann::json::array();
    for (const diagnostic& d : v.diagnostics) messages.push_back(to_json(d));
    files.push_back({{"file", v.file},
                     {"device", v.device.empty() ? nlohmann::json() : nlohmann::json(v.device)},
                     {"ok", v.outcome == exit_code::ok},
                     {"diagnostics", messages}});
  }
  return {{"schema", "clotho.check/1"}, {"files", files}};
}

// As GitHub's workflow commands want their text and their properties.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    if (c == '%')
      result += "%25";
    else if (c == '\r')
      result += "%0D";
    else if (c == '\n')
      result += "%0A";
    else if (property && c == ':')
      result += "%3A";
    else if (property && c == ',')
      result += "%2C";
    else
      result += c;
  }
  return result;
}

std::string github_line(const diagnostic& d) {
  const char* const kind = d.level >= severity::error     ? "error"
                           : d.level == severity::warning ? "warning"
                                                          : "notice";
  std::string line = std::string("::") + kind + " file=" + escaped(d.where.file, true);
  if (d.where.line > 0) line += ",line=" + std::to_string(d.where.line);
  if (d.where.column > 0) line += ",col=" + std::to_string(d.where.column);
  return line + "::" + escaped(d.text, false) + "\n";
}

void print_human(const verdict& v, bool several_devices) {
  std::string text;
  for (const diagnostic& d : v.diagnostics)
    text += d.level == severity::fatal && d.where.line == 0 ? d.text + "\n" // It names the file itself.
                                                            : excerpt(d, 1);
  if (several_devices && !v.device.empty())
    text += v.file + ": " + (v.outcome == exit_code::ok ? "ok" : "fails") + " on " + v.device + "\n";
  print(text);
}

void report(const std::vector<verdict>& verdicts, const check_options& given, bool several_devices) {
  if (given.json || given.format == "json") return print_json(to_document(verdicts));
  for (const verdict& v : verdicts) {
    if (given.format == "human")
      print_human(v, several_devices);
    else
      for (const diagnostic& d : v.diagnostics) print(github_line(d));
  }
}

int run(const check_options& given) {
  const stdout_guard guard;
  (void)parse_defines(given.defines); // A wrong -D is the caller's mistake, not a file's.
  const std::vector<checked_device> devices = open_devices(given);
  std::vector<verdict> verdicts;
  for (const auto& file : given.files)
    for (verdict& v : check_file(file, devices, given)) verdicts.push_back(std::move(v));
  report(verdicts, given, devices.size() > 1);
  for (const exit_code worst : {exit_code::io, exit_code::usage, exit_code::build})
    if (std::any_of(verdicts.begin(), verdicts.end(), [&](const auto& v) { return v.outcome == worst; })) {
      const auto failed = std::count_if(verdicts.begin(), verdicts.end(),
                                        [](const auto& v) { return v.outcome != exit_code::ok; });
      print_error(std::to_string(failed) + " of " + std::to_string(verdicts.size()) + " checks failed");
      return status(worst);
    }
  return status(exit_code::ok);
}

} // namespace

void add_check(CLI::App& program, action& chosen) {
  auto given = std::make_shared<check_options>();
  CLI::App* command = program.add_subcommand("check", "Compile kernel files without running them");
  command->add_option("files", given->files, "the kernel files")->required()->type_name("FILE.cl");
  add_device_option(*command, given->selector);
  command->add_flag("--all-devices", given->all_devices, "for every device there is")->excludes("--device");
  add_define_option(*command, given->defines);
  add_include_option(*command, given->folders);
  command->add_option("--std", given->standard, "the language: CL1.2, CL3.0, ...")->type_name("VERSION");
  command->add_flag("--werror", given->warnings_fail, "warnings fail the check");
  command->add_option("--format", given->format, "human, json, or github (annotations of a workflow)")
      ->check(CLI::IsMember({"human", "json", "github"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  add_json_flag(*command, given->json);
  set_examples(*command,
               {"clotho check saxpy.cl", "clotho check src/*.cl -D TILE=16 --all-devices --werror"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
