#pragma once
// SPDX-License-Identifier: Apache-2.0

#include "algo_peer.hpp"
#include "conversation.hpp"
#include "temporary_folder.hpp"

namespace clotho::bench {

/// A contender in a process of its own. It says "ready VERSION" or "missing WHY", then answers
///   can KIND                      with "yes" or "no"
///   prepare KIND N BATCH FOLDER   with "ready" or "cannot": it has read the arrays FOLDER/0, FOLDER/1, ...
///                                 and has written what it made of them to FOLDER/result
///   run TIMES                     with seconds a run
///   drop                          with "dropped": the memory of the case is free
/// KIND is the case's name with '_' for blanks. Arrays are bytes as they lie in memory.
class process_algo : public algo_peer {
 public:
  /// Throws io_error when it does not say that it is ready.
  process_algo(std::string name, const std::vector<std::string>& command);

  std::string name() const override { return name_; }
  std::string version() const override { return version_; }
  algo_sampler prepare(const algo_case& what) override;
  std::vector<pid_t> processes() const override { return {process_->process()}; }

 private:
  [[nodiscard]] bool answers_ready(const algo_case& what, const temporary_folder& folder);

  std::string name_, version_;
  std::shared_ptr<conversation> process_;
};

} // namespace clotho::bench
