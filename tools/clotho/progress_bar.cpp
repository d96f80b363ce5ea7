// SPDX-License-Identifier: Apache-2.0
#include "progress_bar.hpp"

#include <unistd.h>

#include <algorithm>

#include <clotho/core/os/environment.hpp>
#include <clotho/core/text.hpp>

#include "support/output.hpp"

namespace clotho::tool {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet_time = 500ms, least_interval = 100ms;
constexpr std::size_t width = 30;
constexpr const char* clear_line = "\r\033[K";

} // namespace

progress_bar::progress_bar()
    : enabled_(::isatty(STDERR_FILENO) == 1 && !os::environment("CI")), next_(clock::now() + quiet_time) {}

progress_bar::~progress_bar() {
  if (visible_) print_plain_to_stderr(clear_line);
}

void progress_bar::show(std::size_t done, std::size_t all, const std::string& what) {
  if (!enabled_ || all == 0 || clock::now() < next_) return;
  next_ = clock::now() + least_interval;
  visible_ = true;
  const std::size_t filled = std::min(width, width * done / all);
  print_plain_to_stderr(clear_line
                        + ("[" + std::string(filled, '#') + std::string(width - filled, '.') + "] ")
                        + std::to_string(done) + "/" + std::to_string(all) + " " + printable(what));
}

} // namespace clotho::tool
