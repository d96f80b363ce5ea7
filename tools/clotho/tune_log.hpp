#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include <clotho/job/tuning_space.hpp>

#include "support/statistics.hpp"

namespace clotho::tool {

/// What became of a choice.
struct tune_outcome {
  double seconds = 0;       ///< the median of its launches; 0: refused
  interval likely;          ///< of the median, at 95 %
  std::size_t launches = 0; ///< that were timed
  std::string refusal;      ///< why it does not count
  [[nodiscard]] bool counts() const noexcept { return refusal.empty(); }
};

/// What is being tuned: outcomes of anything else are of no use.
struct tune_subject {
  std::string name, device, driver, values;
};

/// A file of JSON lines: the subject, then for each choice one line before it is tried and one with what
/// became of it. A later run for the same subject goes on from there; a choice that was tried without an
/// outcome ended its process, and is refused for it. An unfinished last line does not count.
class tune_log {
 public:
  /// Keeps nothing.
  tune_log() = default;
  /// Reads what is there, or begins the file. Throws io_error, and format_error for another subject's file or
  /// one that is no log.
  tune_log(std::filesystem::path file, const tune_subject& subject);

  /// From here on of one of several things that are tuned one after the other; each has its own choices.
  void turn_to(std::string part) { part_ = std::move(part); }

  /// What is known of a choice from former runs; null: nothing.
  [[nodiscard]] const tune_outcome* find(const job::tuning_choice& choice) const;
  void begin(const job::tuning_choice& choice);
  void end(const job::tuning_choice& choice, const tune_outcome& outcome);
  /// It was begun, and broken off: nothing is known of it.
  void forget(const job::tuning_choice& choice);

 private:
  void read(const std::string& text, const tune_subject& subject);
  void append(nlohmann::json line);

  std::filesystem::path file_;
  std::ofstream out_;
  std::string part_;
  std::map<std::string, tune_outcome> known_; ///< by the part and to_string of the choice
};

/// An object; `shape`, which primitives have, is a word.
[[nodiscard]] nlohmann::json to_json(const job::tuning_choice& choice);

} // namespace clotho::tool
