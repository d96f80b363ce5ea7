// SPDX-License-Identifier: Apache-2.0
#include "support/machine_load.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace clotho::bench {
namespace {

double ticks_to_seconds(double ticks) { return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)); }

// Everything but idle and waiting for disks; time stolen by the hypervisor counts as busy.
double busy_seconds() {
  std::ifstream file("/proc/stat");
  std::string label;
  double user = 0, nice = 0, system = 0, idle = 0, disk = 0, irq = 0, soft_irq = 0, stolen = 0;
  file >> label >> user >> nice >> system >> idle >> disk >> irq >> soft_irq >> stolen;
  return ticks_to_seconds(user + nice + system + irq + soft_irq + stolen);
}

double seconds_of(const rusage& usage) {
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double seconds_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  // The name, in parentheses, may hold anything; fields 14 and 15 are 11 further.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return ticks_to_seconds(user + system);
}

} // namespace

load_meter::load_meter(std::vector<pid_t> peers)
    : peers_(std::move(peers)), begin_(std::chrono::steady_clock::now()), busy_(busy_seconds()),
      own_(own_seconds()) {}

double load_meter::own_seconds() const {
  rusage self{}, children{};
  ::getrusage(RUSAGE_SELF, &self);
  ::getrusage(RUSAGE_CHILDREN, &children);
  double seconds = seconds_of(self) + seconds_of(children);
  for (const pid_t peer : peers_) seconds += seconds_of(peer);
  return seconds;
}

double load_meter::others() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin_;
  const double seconds = busy_seconds() - busy_ - (own_seconds() - own_);
  return passed.count() > 0 ? std::max(0.0, seconds / passed.count()) : 0;
}

} // namespace clotho::bench
