#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace clotho::job {

/// A program to start.
struct process_command {
  std::vector<std::string> arguments; ///< the program first; looked up in PATH when it has no '/'
  /// Changes to the caller's environment, in order: a value sets, none removes.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment;
  std::string input; ///< its standard input
};

/// How a process ended, and what it wrote.
struct process_result {
  std::optional<int> exit_status; ///< when it ended by itself
  int signal = 0;                 ///< when it was killed; the SIGKILL of a time-out included
  bool timed_out = false;
  std::string output, errors;

  [[nodiscard]] bool succeeded() const noexcept { return exit_status == 0; }
};

/// "SIGSEGV"; "signal 40" for one without a name.
[[nodiscard]] std::string signal_name(int signal);
/// "exit status 3", "killed by SIGSEGV", "timed out".
[[nodiscard]] std::string describe(const process_result& result);

/// A running process in a process group of its own, its standard streams connected to this object. Killed
/// with its group, and waited for, on destruction. Move-only; one thread at a time may use it.
class child_process {
 public:
  using clock = std::chrono::steady_clock;
  /// Output beyond this is read and dropped, so that a child that floods us neither blocks nor fills memory.
  static constexpr std::size_t most_output_bytes = std::size_t{64} << 20;

  /// Throws io_error when the program cannot be started.
  explicit child_process(const process_command& command);
  child_process(child_process&&) noexcept;
  child_process& operator=(child_process&&) = delete;
  ~child_process();

  /// The next line of its standard output, without the line's end; what is read so no longer counts as output
  /// of wait(). Empty when there is no further line, or none by `deadline`: then timed_out() says which.
  [[nodiscard]] std::optional<std::string> read_line(clock::time_point deadline);
  [[nodiscard]] bool timed_out() const noexcept;

  /// Blocks until it has ended, or kills it at the deadline. Once.
  [[nodiscard]] process_result wait(clock::time_point deadline);
  /// Ends it and its group by SIGKILL; never blocks.
  void kill() noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Runs a program to its end, or kills it when `timeout` has passed. Throws io_error when it cannot be
/// started.
[[nodiscard]] process_result run_process(const process_command& command, std::chrono::milliseconds timeout);

} // namespace clotho::job
