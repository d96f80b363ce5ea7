// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include <clotho/core/error.hpp>

namespace clotho::bench {
namespace {

[[noreturn]] void fail(const std::string& name, const std::string& why) {
  throw io_error("'" + name + "' " + why, name);
}

std::array<int, 2> open_pipe(const std::string& name) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(name, std::string("got no pipe: ") + std::strerror(errno));
  return ends;
}

} // namespace

conversation::conversation(const std::vector<std::string>& command) : name_(command.front()) {
  const std::array<int, 2> in = open_pipe(name_), out = open_pipe(name_);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int code = ::posix_spawnp(&process_, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]), ::close(out[1]);
  to_ = in[1], from_ = out[0];
  if (code == 0) return;
  ::close(to_), ::close(from_);
  fail(name_, std::string("cannot be started: ") + std::strerror(code));
}

conversation::~conversation() {
  ::close(to_), ::close(from_);
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string conversation::ask(const std::string& line, std::chrono::seconds patience) {
  const std::string text = line + "\n";
  // Far below what a pipe holds, so it is written whole and never blocks.
  if (!line.empty() && ::write(to_, text.data(), text.size()) < 0) fail(name_, "has ended");
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (received_.find('\n') == std::string::npos) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ready{from_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0)
      fail(name_, "does not answer");
    std::array<char, 512> part{};
    const ssize_t count = ::read(from_, part.data(), part.size());
    if (count == 0) fail(name_, "has ended");
    if (count > 0) received_.append(part.data(), static_cast<std::size_t>(count));
  }
  const std::size_t end = received_.find('\n');
  std::string answer = received_.substr(0, end);
  received_.erase(0, end + 1);
  return answer;
}

} // namespace clotho::bench
