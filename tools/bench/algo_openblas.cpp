// SPDX-License-Identifier: Apache-2.0
#include "algo_process.hpp"

#include "own_folder.hpp"

namespace clotho::bench {
namespace {

// Read when the library is loaded, hence a process for each. Its threads would spin for 25 ms after each call
// and take a core from whoever comes next: 4 is the shortest time it knows.
std::vector<std::string> command_for(const std::string& core) {
  std::vector<std::string> command{"/usr/bin/env"};
  if (core.empty())
    command.insert(command.end(), {"-u", "OPENBLAS_CORETYPE"});
  else
    command.push_back("OPENBLAS_CORETYPE=" + core);
  command.push_back("OPENBLAS_NUM_THREADS=" + std::to_string(algo_threads));
  command.emplace_back("OPENBLAS_THREAD_TIMEOUT=4");
  command.push_back((own_folder() / "clotho-bench-openblas").string());
  return command;
}

} // namespace

algo_peer_pointer make_openblas_algo(const std::string& core) {
  return std::make_unique<process_algo>(core.empty() ? "OpenBLAS as it picks" : "OpenBLAS " + core,
                                        command_for(core));
}

} // namespace clotho::bench
