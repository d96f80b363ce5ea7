// SPDX-License-Identifier: Apache-2.0
// The suite start: how long until the first result.
#include <array>
#include <filesystem>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/runtime/selector.hpp>

#include "first_call.hpp"
#include "own_folder.hpp"
#include "suite.hpp"
#include "temporary_folder.hpp"
#include "timed_process.hpp"

namespace clotho::bench {
namespace {

namespace fs = std::filesystem;

constexpr double allowed_over_raw = 0.060;
constexpr double load_goal = 3;
constexpr double first_call_cold = 0.5, first_call_warm = 0.040;

constexpr const char* saxpy = R"cl(// /// clotho
// global = ["n"]
// local = [64]
// args = { n = 1024, a = 2.5, x = "iota:n", y = "zeros:n" }
// ///
__kernel void saxpy(__global float* y, __global const float* x, const float a, const uint n) {
  const size_t i = get_global_id(0);
  if (i < n) y[i] += a * x[i];
}
)cl";

// Kernels of a usual size, none like another.
std::string program_of(unsigned kernels) {
  std::string text;
  for (unsigned k = 0; k < kernels; ++k) {
    const std::string number = std::to_string(k);
    text += "__kernel void step" + number
            + "(__global float* y, __global const float* x, const float f, const uint n) {\n"
              "  const size_t i = get_global_id(0);\n"
              "  if (i >= n) return;\n"
              "  float sum = y[i];\n"
              "  for (uint k = 0; k < "
            + number + " + 4; ++k) sum = mad(f, x[(i + k) % n], sum * " + number
            + ".5f);\n"
              "  y[i] = sum > 0.0f ? sqrt(sum) : sum;\n"
              "}\n";
  }
  return text;
}

/// Where caches live while the suite runs.
class workshop {
 public:
  [[nodiscard]] fs::path file(const std::string& name, const std::string& text) const {
    os::write_file(folder_.path() / name, text);
    return folder_.path() / name;
  }
  /// Caches of that name, made when they are not there; the driver's and clotho's are apart.
  [[nodiscard]] job::process_command with_caches(std::vector<std::string> arguments,
                                                 const std::string& name) const {
    for (const char* kind : {"driver-", "clotho-"}) fs::create_directories(folder_.path() / (kind + name));
    fs::permissions(folder_.path() / ("clotho-" + name), fs::perms::owner_all);
    return {std::move(arguments),
            {{"POCL_CACHE_DIR", (folder_.path() / ("driver-" + name)).string()},
             {"CLOTHO_CACHE_DIR", (folder_.path() / ("clotho-" + name)).string()},
             {"CLOTHO_CACHE", std::nullopt}},
            {}};
  }
  void empty_caches(const std::string& name) const {
    for (const char* kind : {"driver-", "clotho-"}) fs::remove_all(folder_.path() / (kind + name));
  }

 private:
  temporary_folder folder_;
};

class start_suite {
 public:
  start_suite(const suite_options& options, const device& on)
      : seconds_(options.seconds), device_(on), found_(report_for("start", on)), own_folder_(own_folder()) {
    const discovery all = discover();
    std::vector<device_info> infos;
    std::size_t position = 0;
    for (const device& d : all.devices) {
      if (d == on) position = infos.size();
      infos.push_back(d.info());
    }
    selector_ = canonical_selector(position, infos);
  }

  report run() {
    whole_processes();
    program_loads();
    storing();
    for (const std::string& name : first_calls()) measure_first_call(name);
    return std::move(found_);
  }

 private:
  using sample = std::function<double()>;

  // A fresh pair of empty caches for every cold sample; emptying them is not timed.
  sample cold(const std::string& name, std::vector<std::string> arguments,
              double (*timer)(const job::process_command&),
              std::optional<std::string> cache_mode = std::nullopt) {
    return [=, this] {
      workshop_.empty_caches(name);
      job::process_command command = with_device(workshop_.with_caches(arguments, name));
      command.environment.emplace_back("CLOTHO_CACHE", cache_mode);
      return timer(command);
    };
  }
  sample warm(const std::string& name, std::vector<std::string> arguments,
              double (*timer)(const job::process_command&)) {
    return [=, this] { return timer(with_device(workshop_.with_caches(arguments, name))); };
  }
  job::process_command with_device(job::process_command command) const {
    command.environment.emplace_back("CLOTHO_DEVICES", selector_);
    return command;
  }

  struct comparison {
    std::string name;
    double n;
    std::string peer;
    std::optional<double> goal;
    std::optional<double> allowed_over_peer;
    std::size_t rounds, attempts;
  };

  void compare_both(const comparison& what, const sample& clotho, const sample& peer) {
    try {
      const std::array<contender, 2> both{contender{"clotho", clotho}, contender{what.peer, peer}};
      const race_result measured = race(
          both,
          {.seconds = seconds_, .least_rounds = what.rounds, .most_attempts = what.attempts, .peers = {}});
      show_case(what.name, measured);
      found_.rows.push_back(compare(what.name, what.n, "ms", summarise(measured.samples[0]), what.peer,
                                    summarise(measured.samples[1]), what.goal));
      if (what.allowed_over_peer)
        found_.rows.push_back(compare_to_allowance(
            what.name + ", over raw", what.n, "ms",
            summarise_difference(measured.samples[0], measured.samples[1]), *what.allowed_over_peer));
    } catch (const error& why) {
      found_.missing.push_back(what.name + ": " + why.what());
    }
  }

  [[nodiscard]] std::string beside(const char* name) const { return (own_folder_ / name).string(); }

  void whole_processes() {
    const std::string file = workshop_.file("saxpy.cl", saxpy).string();
    const std::vector<std::string> run = {beside("clotho"), "run", file};
    const std::vector<std::string> raw = {beside("clotho-raw-saxpy"), file,
                                          place(device_.info().platform_index), place(device_.info().index)};
    const std::string raw_name = "raw C program";
    compare_both({"clotho run, caches warm", 1024, raw_name, {}, allowed_over_raw, 11, 3},
                 warm("run", run, time_process), warm("raw", raw, time_process));
    compare_both({"clotho run, caches cold", 1024, raw_name, {}, {}, 3, 1}, cold("run", run, time_process),
                 cold("raw", raw, time_process));
    compare_both({"clotho devices", 1, raw_name, {}, allowed_over_raw, 11, 3},
                 warm("run", {beside("clotho"), "devices"}, time_process),
                 warm("raw", {beside("clotho-raw-devices")}, time_process));
  }

  static std::vector<std::string> self(const std::string& kind, const std::string& file) {
    return {"/proc/self/exe", "--sample", kind, file};
  }

  // Both with the driver's cache warm: the usual state of a machine that has run the program before.
  void program_loads() {
    for (const unsigned kernels : {1u, 10u})
      for (const std::string what : {"load", "run"}) {
        const std::string caches = what + std::to_string(kernels);
        const std::string file = workshop_.file(caches + ".cl", program_of(kernels)).string();
        const std::string title = std::string(what == "load" ? "load" : "load and first run")
                                  + " of a program, " + std::to_string(kernels)
                                  + (kernels == 1 ? " kernel" : " kernels");
        if (!fill_cache(title, self("clotho-fill", file), caches)) continue;
        compare_both({title,
                      static_cast<double>(kernels),
                      "driver's own cache",
                      what == "load" ? std::optional(load_goal) : std::nullopt,
                      {},
                      11,
                      3},
                     warm(caches, self("cached-" + what, file), number_from),
                     warm("raw-" + caches, self("raw-" + what, file), number_from));
      }
  }

  bool fill_cache(const std::string& title, const std::vector<std::string>& command,
                  const std::string& caches) {
    try {
      (void)number_from(with_device(workshop_.with_caches(command, caches)));
      return true;
    } catch (const error& why) {
      found_.missing.push_back(title + ": " + why.what());
      return false;
    }
  }

  // Everything cold, every kernel run and waited for: what storing the binary meanwhile costs the caller.
  void storing() {
    for (const unsigned kernels : {1u, 10u}) {
      const std::string number = std::to_string(kernels);
      const std::string file = workshop_.file("store" + number + ".cl", program_of(kernels)).string();
      const std::vector<std::string> command = self("clotho-run", file);
      compare_both({"cold build and run while storing, " + number + (kernels == 1 ? " kernel" : " kernels"),
                    static_cast<double>(kernels),
                    "cache off",
                    {},
                    {},
                    3,
                    1},
                   cold("store", command, number_from), cold("no-store", command, number_from, "off"));
    }
  }

  // In a process that has built another kernel: what is cold is the primitive, not the driver's compiler.
  void measure_first_call(const std::string& name) {
    const std::vector<std::string> command = self("first-call", name);
    const std::string caches = "first-call";
    compare_to("first " + name + ", caches cold", cold(caches, command, number_from), first_call_cold, 3);
    bool filled = true; // by whole runs: when one ends it stores what there is time for
    for (int run = 0; run < 3 && filled; ++run) filled = fill_cache("first " + name, command, caches);
    if (filled)
      compare_to("first " + name + ", caches warm", warm(caches, command, number_from), first_call_warm, 7);
  }

  void compare_to(const std::string& name, const sample& clotho, double allowance, std::size_t rounds) {
    try {
      const std::array<contender, 1> alone{contender{"clotho", clotho}};
      const race_result measured =
          race(alone, {.seconds = seconds_, .least_rounds = rounds, .most_attempts = 1, .peers = {}});
      show_case(name, measured);
      found_.rows.push_back(compare_to_allowance(name, 1, "ms", summarise(measured.samples[0]), allowance));
    } catch (const error& why) {
      found_.missing.push_back(name + ": " + why.what());
    }
  }

  static std::string place(std::size_t index) { return std::to_string(index); }

  double seconds_;
  device device_;
  report found_;
  fs::path own_folder_;
  std::string selector_;
  workshop workshop_;
};

} // namespace

report run_start(const suite_options& options) {
  return start_suite(options, select_device(options.selector)).run();
}

} // namespace clotho::bench
