// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/process.hpp>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include <clotho/core/error.hpp>

extern char** environ; // NOLINT: POSIX leaves its declaration to us

namespace clotho::job {
namespace {

using std::chrono::milliseconds;

class file_descriptor {
 public:
  file_descriptor() = default;
  explicit file_descriptor(int value) : value_(value) {}
  file_descriptor(file_descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~file_descriptor() { close(); }
  void close() noexcept {
    if (value_ >= 0) ::close(std::exchange(value_, -1));
  }
  [[nodiscard]] int get() const noexcept { return value_; }
  [[nodiscard]] bool open() const noexcept { return value_ >= 0; }

 private:
  int value_ = -1;
};

[[noreturn]] void fail(const std::string& what, const std::string& program, int error_number) {
  throw io_error(what + " '" + program + "': " + std::strerror(error_number), program);
}

struct pipe_ends {
  file_descriptor read, write;
};

// Above 2, whatever descriptors the caller has closed, so that connecting one stream cannot overwrite
// another.
file_descriptor above_standard_streams(int descriptor) {
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  ::close(descriptor);
  return file_descriptor(moved);
}

pipe_ends make_pipe(const std::string& program) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) fail("cannot make a pipe for", program, errno);
  pipe_ends result{above_standard_streams(ends[0]), above_standard_streams(ends[1])};
  if (!result.read.open() || !result.write.open()) fail("cannot make a pipe for", program, errno);
  return result;
}

std::vector<std::string> make_environment(const process_command& command) {
  std::map<std::string, std::string> values;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) values[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : command.environment) {
    if (value)
      values[name] = *value;
    else
      values.erase(name);
  }
  std::vector<std::string> result;
  for (const auto& [name, value] : values) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts)
    result.push_back(const_cast<char*>(text.c_str())); // NOLINT: posix_spawn's type
  result.push_back(nullptr);
  return result;
}

struct spawn_attributes {
  posix_spawnattr_t value{};
  spawn_attributes() {
    ::posix_spawnattr_init(&value);
    sigset_t none, all;
    ::sigemptyset(&none), ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&value, &none);
    // What the caller ignores (SIGPIPE) the child should not inherit.
    ::posix_spawnattr_setsigdefault(&value, &all);
    ::posix_spawnattr_setpgroup(&value, 0);
    ::posix_spawnattr_setflags(&value,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  spawn_attributes(const spawn_attributes&) = delete;
  ~spawn_attributes() { ::posix_spawnattr_destroy(&value); }
};

struct spawn_streams {
  posix_spawn_file_actions_t value{};
  spawn_streams(int input, int output, int errors) {
    ::posix_spawn_file_actions_init(&value);
    ::posix_spawn_file_actions_adddup2(&value, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&value, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&value, errors, STDERR_FILENO);
  }
  spawn_streams(const spawn_streams&) = delete;
  ~spawn_streams() { ::posix_spawn_file_actions_destroy(&value); }
};

void set_nonblocking(int descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

// Writing to a child that has closed its input is no reason to die: SIGPIPE is held back for this thread, and
// taken back should it have come.
ssize_t write_without_signal(int descriptor, const char* data, std::size_t size) {
  sigset_t pipe_signal, before, waiting;
  ::sigemptyset(&pipe_signal), ::sigaddset(&pipe_signal, SIGPIPE);
  ::sigpending(&waiting);
  const bool was_pending = ::sigismember(&waiting, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t count = ::write(descriptor, data, size);
  const int failure = errno;
  if (count < 0 && failure == EPIPE && !was_pending) {
    ::sigpending(&waiting);
    int taken = 0;
    if (::sigismember(&waiting, SIGPIPE) == 1) ::sigwait(&pipe_signal, &taken);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = failure;
  return count;
}

} // namespace

struct child_process::state {
  pid_t pid = -1;
  std::string input;
  std::size_t input_done = 0;
  file_descriptor to_child, from_output, from_errors;
  std::string output, errors;
  bool timed_out = false;
  bool reaped = false;
  int wait_status = 0;

  // Whether the child has ended; when so, what is left of its group ends too. It is looked at before it is
  // reaped: until then nobody else can get its number.
  [[nodiscard]] bool reap() { return reaped || (ended(WNOHANG) && finish()); }

  void reap_blocking() {
    if (!reaped && ended(0)) finish();
  }

  [[nodiscard]] bool ended(int how) const {
    siginfo_t info{};
    int result = 0;
    do result = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | how);
    while (result < 0 && errno == EINTR);
    return result < 0 || info.si_pid == pid;
  }

  bool finish() {
    ::kill(-pid, SIGKILL);
    while (::waitpid(pid, &wait_status, 0) < 0 && errno == EINTR) {
    }
    return reaped = true;
  }

  void feed() {
    while (input_done < input.size()) {
      const ssize_t count =
          write_without_signal(to_child.get(), input.data() + input_done, input.size() - input_done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count < 0) break; // The child reads no more.
      input_done += static_cast<std::size_t>(count);
    }
    to_child.close();
  }

  static void drain(file_descriptor& from, std::string& into) {
    std::array<char, 65536> piece;
    while (from.open()) {
      const ssize_t count = ::read(from.get(), piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) return from.close();
      const std::size_t room = most_output_bytes - std::min(most_output_bytes, into.size());
      into.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
    }
  }

  // Moves data until something arrives, something closes, or `wait` has passed.
  void exchange_data(milliseconds wait) {
    std::array<pollfd, 3> watched{pollfd{to_child.get(), POLLOUT, 0}, pollfd{from_output.get(), POLLIN, 0},
                                  pollfd{from_errors.get(), POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), static_cast<int>(wait.count())) <= 0) return;
    if (watched[0].revents != 0) feed();
    if (watched[1].revents != 0) drain(from_output, output);
    if (watched[2].revents != 0) drain(from_errors, errors);
  }

  [[nodiscard]] bool streams_open() const { return from_output.open() || from_errors.open(); }

  // A tick long enough to cost nothing, short enough that nobody notices the end of a child late whose own
  // children hold its streams open.
  [[nodiscard]] static milliseconds tick(clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock::now());
    return std::clamp(left, milliseconds(0), milliseconds(20));
  }

  // The child is dead: takes what it had written, without waiting for those who inherited its streams.
  void collect_rest() {
    drain(from_output, output), drain(from_errors, errors);
    from_output.close(), from_errors.close(), to_child.close();
  }
};

child_process::child_process(const process_command& command) : state_(std::make_unique<state>()) {
  if (command.arguments.empty()) throw argument_error("a process needs a program to run");
  const std::string& program = command.arguments.front();
  pipe_ends input = make_pipe(program), output = make_pipe(program), errors = make_pipe(program);
  const spawn_attributes attributes;
  const spawn_streams streams(input.read.get(), output.write.get(), errors.write.get());
  const auto environment = make_environment(command);
  const int failure = ::posix_spawnp(&state_->pid, program.c_str(), &streams.value, &attributes.value,
                                     pointers(command.arguments).data(), pointers(environment).data());
  if (failure != 0) {
    state_->reaped = true; // Nothing to wait for.
    fail("cannot start", program, failure);
  }
  state_->input = command.input;
  state_->to_child = std::move(input.write);
  state_->from_output = std::move(output.read);
  state_->from_errors = std::move(errors.read);
  set_nonblocking(state_->to_child.get());
  set_nonblocking(state_->from_output.get());
  set_nonblocking(state_->from_errors.get());
  state_->feed();
}

child_process::child_process(child_process&&) noexcept = default;

child_process::~child_process() {
  if (!state_) return;
  // The group may live on without its leader.
  kill();
  while (!state_->reaped && ::waitpid(state_->pid, &state_->wait_status, 0) < 0 && errno == EINTR) {
  }
}

void child_process::kill() noexcept {
  if (state_->reaped) return; // The number may belong to somebody else by now.
  ::kill(-state_->pid, SIGKILL);
  ::kill(state_->pid, SIGKILL);
}

bool child_process::timed_out() const noexcept { return state_->timed_out; }

std::optional<std::string> child_process::read_line(clock::time_point deadline) {
  while (true) {
    if (const std::size_t end = state_->output.find('\n'); end != std::string::npos) {
      std::string line = state_->output.substr(0, end);
      state_->output.erase(0, end + 1);
      return line;
    }
    if (!state_->from_output.open()) break;
    if (clock::now() >= deadline) return state_->timed_out = true, std::nullopt;
    const bool dead = state_->reap();
    if (dead)
      state_->collect_rest();
    else
      state_->exchange_data(state::tick(deadline));
  }
  if (state_->output.empty()) return std::nullopt;
  return std::exchange(state_->output, {});
}

process_result child_process::wait(clock::time_point deadline) {
  state& child = *state_;
  while (!child.reap()) {
    if (clock::now() >= deadline) {
      child.timed_out = true;
      kill();
      while (::waitpid(child.pid, &child.wait_status, 0) < 0 && errno == EINTR) {
      }
      child.reaped = true;
      break;
    }
    // Once both streams have closed the child is about to end: look more often.
    child.exchange_data(child.streams_open() ? state::tick(deadline) : milliseconds(1));
  }
  child.collect_rest();
  process_result result;
  result.timed_out = child.timed_out;
  if (WIFEXITED(child.wait_status))
    result.exit_status = WEXITSTATUS(child.wait_status);
  else if (WIFSIGNALED(child.wait_status))
    result.signal = WTERMSIG(child.wait_status);
  result.output = std::move(child.output), result.errors = std::move(child.errors);
  return result;
}

process_result run_process(const process_command& command, milliseconds timeout) {
  child_process child(command);
  return child.wait(child_process::clock::now() + timeout);
}

std::string signal_name(int signal) {
  constexpr std::array names{
      std::pair{SIGABRT, "SIGABRT"}, std::pair{SIGALRM, "SIGALRM"}, std::pair{SIGBUS, "SIGBUS"},
      std::pair{SIGFPE, "SIGFPE"},   std::pair{SIGHUP, "SIGHUP"},   std::pair{SIGILL, "SIGILL"},
      std::pair{SIGINT, "SIGINT"},   std::pair{SIGKILL, "SIGKILL"}, std::pair{SIGPIPE, "SIGPIPE"},
      std::pair{SIGQUIT, "SIGQUIT"}, std::pair{SIGSEGV, "SIGSEGV"}, std::pair{SIGSYS, "SIGSYS"},
      std::pair{SIGTERM, "SIGTERM"}, std::pair{SIGTRAP, "SIGTRAP"}, std::pair{SIGUSR1, "SIGUSR1"},
      std::pair{SIGUSR2, "SIGUSR2"}, std::pair{SIGXCPU, "SIGXCPU"}, std::pair{SIGXFSZ, "SIGXFSZ"}};
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.first == signal; });
  return found != names.end() ? found->second : "signal " + std::to_string(signal);
}

std::string describe(const process_result& result) {
  if (result.timed_out) return "timed out";
  if (result.exit_status) return "exit status " + std::to_string(*result.exit_status);
  return "killed by " + signal_name(result.signal);
}

} // namespace clotho::job
