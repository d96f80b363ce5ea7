// SPDX-License-Identifier: Apache-2.0
#include "support/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/text.hpp>

namespace clotho::tool {

int detail::data_descriptor = STDOUT_FILENO;

namespace {

color_mode chosen_color = color_mode::automatic;

// Returns the error number, 0 when all of `text` was written.
int write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count >= 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

void print_message(style how, const char* kind, std::string_view text) noexcept {
  try {
    std::string line = "clotho: " + paint(how, std::string(kind) + ":", STDERR_FILENO) + " ";
    line += visible(text);
    if (!line.ends_with('\n')) line += '\n';
    write_all(STDERR_FILENO, line);
  } catch (...) { // Out of memory: the exit status still tells.
  }
}

// Columns a text takes on a terminal, as far as counting code points goes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string aligned(std::string_view text, std::size_t room, bool right) {
  const std::string space(room > width(text) ? room - width(text) : 0, ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string table_line(const std::vector<column>& columns, const std::vector<std::size_t>& widths,
                       const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) line += "  ";
    line += aligned(i < cells.size() ? cells[i] : "", widths[i], columns[i].right);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

const char* escape_code(style how) {
  switch (how) {
  case style::bold: return "\033[1m";
  case style::red: return "\033[1;31m";
  case style::yellow: return "\033[1;33m";
  case style::green: return "\033[32m";
  case style::dim: break;
  }
  return "\033[2m";
}

} // namespace

std::string visible(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '\n' || c == '\t' ? std::string(1, c) : printable({&c, 1});
  return result;
}

void prepare_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor)
    // Opened for the wrong direction on purpose: using a stream that is not there stays an error.
    if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
      (void)::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void print(std::string_view text) {
  if (const int failure = write_all(detail::data_descriptor, text))
    throw io_error(std::string("cannot write to standard output: ") + std::strerror(failure),
                   "standard output");
}

void print_json(const nlohmann::json& document) {
  print(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void print_table(const std::vector<column>& columns, const std::vector<std::vector<std::string>>& rows,
                 int descriptor) {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const column& c : columns) titles.push_back(c.title), widths.push_back(width(c.title));
  std::vector<std::vector<std::string>> cells = rows;
  for (auto& row : cells)
    for (std::size_t i = 0; i < std::min(row.size(), columns.size()); ++i) {
      row[i] = printable(row[i]);
      widths[i] = std::max(widths[i], width(row[i]));
    }
  std::string text = paint(style::bold, table_line(columns, widths, titles), descriptor) + "\n";
  for (const auto& row : cells) text += table_line(columns, widths, row) + "\n";
  if (descriptor == STDERR_FILENO) return print_plain_to_stderr(text);
  print(text);
}

void print_note(std::string_view text) noexcept { print_message(style::bold, "note", text); }
void print_warning(std::string_view text) noexcept { print_message(style::yellow, "warning", text); }
void print_error(std::string_view text) noexcept { print_message(style::red, "error", text); }
void print_plain_to_stderr(std::string_view text) noexcept { write_all(STDERR_FILENO, text); }

void set_color(color_mode mode) noexcept { chosen_color = mode; }

bool colored(int descriptor) noexcept {
  if (chosen_color != color_mode::automatic) return chosen_color == color_mode::always;
  if (os::environment("NO_COLOR")) return false;
  for (const char* force : {"CLICOLOR_FORCE", "FORCE_COLOR"})
    if (const auto value = os::environment(force); value && *value != "0") return true;
  const auto terminal = os::environment("TERM");
  const int real = descriptor == STDOUT_FILENO ? detail::data_descriptor : descriptor;
  return ::isatty(real) == 1 && terminal && *terminal != "dumb";
}

std::string paint(style how, std::string_view text, int descriptor) {
  if (!colored(descriptor)) return std::string(text);
  return escape_code(how) + std::string(text) + "\033[0m";
}

} // namespace clotho::tool
