// SPDX-License-Identifier: Apache-2.0
// The hidden subcommand `clotho __probe`: does what may crash, hang or abort, and says on a pipe, one JSON
// document a line, what it is about to do and what came of it. Whoever reads it knows what it was doing when
// it died.
#include <dlfcn.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/device.hpp>

#include "command.hpp"
#include "doctor_check.hpp"
#include "support/device_json.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

using nlohmann::json;
using steady = std::chrono::steady_clock;

struct probe_options {
  std::string library;           ///< load it first, to learn why it cannot be loaded
  bool check = false;            ///< check one device instead of listing all
  std::size_t device = 0;        ///< its position in the loader's list
  std::vector<std::string> done; ///< checks that are not to be run again
  double patience_seconds = 60;
};

void say(const json& what) { print(what.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"); }

void die_with_parent() {
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
}

void load_library(const std::string& name) {
  say({{"begin", "loading the library"}});
  void* const library = ::dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (!library) return say({{"library_problem", ::dlerror()}});
  if (!::dlsym(library, "clGetExtensionFunctionAddress") && !::dlsym(library, "clIcdGetPlatformIDsKHR"))
    say({{"library_problem", name + " is no OpenCL driver: it has no clGetExtensionFunctionAddress"}});
}

int list_devices(const probe_options& given) {
  if (!given.library.empty()) load_library(given.library);
  say({{"begin", "listing the devices"}});
  const discovery found = discover();
  json devices = json::array();
  for (const device& d : found.devices) devices.push_back(d.info());
  say({{"devices", devices}, {"problems", found.problems}});
  return status(exit_code::ok);
}

const char* to_text(check_outcome::result what) {
  switch (what) {
  case check_outcome::result::passed: return "passed";
  case check_outcome::result::failed: return "failed";
  case check_outcome::result::skipped: break;
  }
  return "skipped";
}

check_outcome run_check(const device_check& check, const device& target, std::chrono::milliseconds patience) {
  try {
    return check.run(target, patience);
  } catch (const std::exception& failure) {
    return {check_outcome::result::failed, failure.what()};
  }
}

int check_device(const probe_options& given) {
  say({{"begin", "opening the device"}});
  const discovery found = discover();
  const device target = found.devices.at(given.device);
  const std::chrono::milliseconds patience(static_cast<std::int64_t>(given.patience_seconds * 1000));
  for (const device_check& check : device_checks()) {
    if (std::find(given.done.begin(), given.done.end(), check.name) != given.done.end()) continue;
    say({{"begin", check.name}, {"check", true}});
    const auto start = steady::now();
    const check_outcome outcome = run_check(check, target, patience);
    const std::chrono::duration<double, std::milli> took = steady::now() - start;
    say({{"end", check.name},
         {"result", to_text(outcome.what)},
         {"text", outcome.text},
         {"ms", took.count()}});
  }
  say({{"begin", "ending the process"}});
  return status(exit_code::ok);
}

int run(const probe_options& given) {
  die_with_parent();
  const stdout_guard guard;
  return given.check ? check_device(given) : list_devices(given);
}

} // namespace

void add_probe(CLI::App& program, action& chosen) {
  auto given = std::make_shared<probe_options>();
  CLI::App* command = program.add_subcommand("__probe", "Used by clotho doctor")->group("");
  command->add_option("--library", given->library);
  command->add_option("--check", given->device)->each([given](const std::string&) { given->check = true; });
  command->add_option("--done", given->done)->allow_extra_args(false);
  command->add_option("--patience", given->patience_seconds);
  set_examples(*command, {"clotho doctor"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
