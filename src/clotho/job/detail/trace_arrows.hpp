#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <clotho/job/trace_file.hpp>

namespace clotho::job::detail {

/// Where an arrow begins, passes or ends, as a file tells it.
struct arrow_end {
  std::uint32_t flow = 0; // the same for all ends of an arrow
  std::uint32_t process = 0, thread = 0;
  trace_time when{};
  bool begins = false;
  bool at_next = false; // at the next span to begin, not at the one around it
  std::optional<std::uint64_t> from, to;
};

/// Finds the spans that arrows join: by what clotho calls them, else by where and when they are.
class arrow_joiner {
 public:
  void add(const arrow_end& end) { ends_.push_back(end); }
  /// The span at `place` of `spans` has an id of its own.
  void name(std::uint32_t process, std::uint64_t id, std::uint32_t place) {
    named_.try_emplace({process, id}, place);
  }

  struct result {
    std::vector<trace_arrow> arrows;
    std::uint64_t incomplete = 0;
  };
  /// `rows_of[thread]`: the first of the thread's rows, and the one behind its last.
  [[nodiscard]] result join(const trace_data& trace,
                            const std::vector<std::pair<std::uint32_t, std::uint32_t>>& rows_of) &&;

 private:
  std::vector<arrow_end> ends_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> named_;
};

} // namespace clotho::job::detail
