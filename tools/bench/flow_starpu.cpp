// SPDX-License-Identifier: Apache-2.0
#include <starpu.h>
#include <stdlib.h>

#include <numeric>
#include <vector>

#include <clotho/core/error.hpp>

#include "flow_peer.hpp"
#include "temporary_folder.hpp"

namespace clotho::bench {
namespace {

void check(int code, const char* call) {
  if (code != 0) throw error(std::string(call) + " failed: " + std::to_string(code));
}

void add_one(void* buffers[], void*) {
  ++*reinterpret_cast<std::uint32_t*>(STARPU_VECTOR_GET_PTR(buffers[0]));
}
void only_read(void*[], void*) {}

starpu_codelet codelet(starpu_cpu_func_t function, starpu_data_access_mode mode) {
  starpu_codelet made;
  starpu_codelet_init(&made);
  made.where = STARPU_CPU;
  made.cpu_funcs[0] = function;
  made.nbuffers = 1;
  made.modes[0] = mode;
  return made;
}

// Its workers look for work all the time, so they are paused between cases.
class starpu_library {
 public:
  explicit starpu_library(unsigned threads) {
    ::setenv("STARPU_SILENT", "1", 1);
    ::setenv("STARPU_HOME", folder_.path().c_str(), 1); // it measures the bus once, and keeps that
    starpu_conf conf;
    starpu_conf_init(&conf);
    conf.precedence_over_environment_variables = 1;
    conf.ncpus = static_cast<int>(threads);
    conf.ncuda = conf.nopencl = conf.nmic = conf.nmpi_ms = 0;
    conf.calibrate = 0;
    conf.catch_signals = 0;
    check(starpu_init(&conf), "starpu_init");
    starpu_pause();
  }
  ~starpu_library() {
    starpu_resume(); // it does not end paused
    starpu_shutdown();
  }
  starpu_library(const starpu_library&) = delete;
  starpu_library& operator=(const starpu_library&) = delete;

 private:
  temporary_folder folder_;
};

class starpu_tasks final : public task_peer {
 public:
  explicit starpu_tasks(unsigned threads) : library_(threads), counters_(1 + independent_buffers) {
    for (std::uint32_t& one : counters_) {
      handles_.emplace_back();
      starpu_vector_data_register(&handles_.back(), STARPU_MAIN_RAM, reinterpret_cast<std::uintptr_t>(&one),
                                  1, sizeof one);
    }
  }
  ~starpu_tasks() override {
    starpu_resume();
    for (const starpu_data_handle_t one : handles_) starpu_data_unregister(one);
    starpu_pause();
  }

  std::string name() const override { return starpu_name(); }

  double chain(std::size_t tasks) override {
    const double seconds = timed(tasks, [this](std::size_t) { submit(write_, 0); });
    check_writes("StarPU, a chain of tasks", tasks);
    return seconds;
  }

  double independent(std::size_t tasks) override {
    const double seconds =
        timed(tasks, [this](std::size_t i) { submit(write_, 1 + i % independent_buffers); });
    independent_.expect(tasks);
    independent_.check("StarPU, independent tasks",
                       std::accumulate(counters_.begin() + 1, counters_.end(), std::uint32_t{0}));
    return seconds;
  }

  double fan(std::size_t tasks) override {
    const double seconds =
        timed(tasks, [this](std::size_t i) { submit(i % (readers + 1) == 0 ? write_ : read_, 0); });
    check_writes("StarPU, fans of tasks", (tasks + readers) / (readers + 1));
    return seconds;
  }

 private:
  void submit(starpu_codelet& what, std::size_t on) {
    starpu_task* const task = starpu_task_create(); // it frees it
    task->cl = &what;
    task->handles[0] = handles_[on];
    check(starpu_task_submit(task), "starpu_task_submit");
  }

  template <class Submit> double timed(std::size_t tasks, const Submit& submit) {
    starpu_resume();
    const double seconds =
        time_each(tasks, submit, [] { check(starpu_task_wait_for_all(), "starpu_task_wait_for_all"); });
    starpu_pause();
    return seconds;
  }

  void check_writes(const char* what, std::size_t more) {
    writes_.expect(more);
    writes_.check(what, counters_[0]); // CPU workers work in place
  }

  starpu_library library_;
  std::vector<std::uint32_t> counters_;
  std::vector<starpu_data_handle_t> handles_;
  starpu_codelet write_ = codelet(add_one, STARPU_RW), read_ = codelet(only_read, STARPU_R);
  counted writes_, independent_;
};

} // namespace

std::string starpu_name() {
  int major = 0, minor = 0, release = 0;
  starpu_get_version(&major, &minor, &release);
  return "StarPU " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

std::unique_ptr<task_peer> make_starpu_tasks(unsigned threads) {
  return std::make_unique<starpu_tasks>(threads);
}

} // namespace clotho::bench
