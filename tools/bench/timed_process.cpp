// SPDX-License-Identifier: Apache-2.0
#include "timed_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

#include "race.hpp"

namespace clotho::bench {
namespace {

constexpr std::chrono::minutes patience(5);

bool assigns(std::string_view entry, std::string_view name) {
  return entry.starts_with(name) && entry.substr(name.size()).starts_with('=');
}

std::vector<std::string> environment_of(const job::process_command& command) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry; ++entry) entries.emplace_back(*entry);
  for (const auto& [name, value] : command.environment) {
    std::erase_if(entries, [&, &key = name](const std::string& entry) { return assigns(entry, key); });
    if (value) entries.push_back(name + "=" + *value);
  }
  return entries;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// The error it reported, else whatever it said last.
std::string last_words(std::string_view text) {
  std::string_view words;
  for (const std::string_view line : split(trim(text), '\n')) {
    words = line;
    if (line.find("error: ") != std::string_view::npos) break;
  }
  return printable(words);
}

[[noreturn]] void fail(const job::process_command& command, const std::string& how) {
  throw io_error("'" + join(command.arguments, " ") + "' failed: " + how, command.arguments.front());
}

job::process_result run_or_fail(const job::process_command& command) {
  job::process_result result = job::run_process(command, patience);
  if (!result.succeeded()) {
    const std::string words = last_words(result.errors);
    fail(command, words.empty() ? job::describe(result) : words);
  }
  return result;
}

} // namespace

// Not by job::run_process: its pipes and its watching are no part of what a shell's user waits for.
double time_process(const job::process_command& command) {
  const std::vector<std::string> environment = environment_of(command);
  const std::vector<char*> arguments = pointers_to(command.arguments), variables = pointers_to(environment);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO})
    ::posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  int ended = 0;
  rusage usage{};
  const auto begin = std::chrono::steady_clock::now();
  const int code = ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), variables.data());
  if (code == 0)
    while (::wait4(child, &ended, 0, &usage) < 0 && errno == EINTR) {
    }
  const double seconds = seconds_since(begin);
  ::posix_spawn_file_actions_destroy(&actions);
  if (code != 0) fail(command, std::strerror(code));
  if (WIFEXITED(ended) && WEXITSTATUS(ended) == 0) return seconds;
  (void)run_or_fail(command); // Again, to hear what it says.
  fail(command, "it fails now and then");
}

double number_from(const job::process_command& command) {
  const std::string output = run_or_fail(command).output;
  if (const auto number = parse_double(trim(output))) return *number;
  fail(command, "it printed '" + printable(output) + "'");
}

} // namespace clotho::bench
