// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/cpu.hpp>

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <thread>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace clotho::os {

namespace {

unsigned cores_of_affinity() noexcept {
#if defined(__linux__)
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) return static_cast<unsigned>(CPU_COUNT(&allowed));
#endif
  return std::thread::hardware_concurrency();
}

// Control groups, version 2: "QUOTA PERIOD" in microseconds, or "max PERIOD".
double cores_of_quota() noexcept {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/sys/fs/cgroup/cpu.max", "re"),
                                                             &std::fclose);
  double quota = 0, period = 0;
  if (!file || std::fscanf(file.get(), "%lf %lf", &quota, &period) != 2 || period <= 0) return HUGE_VAL;
  return quota / period;
}

} // namespace

unsigned available_cores() noexcept {
  const double quota = std::ceil(std::max(1.0, cores_of_quota()));
  return static_cast<unsigned>(std::min<double>(std::max(1u, cores_of_affinity()), quota));
}

bool pin_this_thread(unsigned index) noexcept {
#if defined(__linux__)
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return false;
  index %= static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || index-- != 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one) == 0;
  }
#else
  (void)index;
#endif
  return false;
}

void name_this_thread(const std::string& name) noexcept {
#if defined(__linux__)
  char text[16] = {}; // the system takes no longer name
  name.copy(text, sizeof text - 1);
  ::pthread_setname_np(::pthread_self(), text);
#else
  (void)name;
#endif
}

std::string thread_name() {
#if defined(__linux__)
  char text[16] = {};
  if (::pthread_getname_np(::pthread_self(), text, sizeof text) == 0 && text[0] != 0) return text;
#endif
  return "thread " + std::to_string(std::hash<std::thread::id>{}(std::this_thread::get_id()));
}

void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void yield() noexcept { ::sched_yield(); }

} // namespace clotho::os
