#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <utility>
#include <vector>

#include <clotho/flow/access.hpp>
#include <clotho/flow/detail/interval_map.hpp>

namespace clotho::detail {

/// Who is to wait for whom about one piece of memory: for every part the last task that writes it and those that read
/// it since. Sequential task flow, as in StarPU. `Task` names one: empty by default, with `has_finished(const Task&)`.
/// Not safe from several threads.
template <class Task> class access_history {
 public:
  explicit access_history(std::size_t size_bytes) : parts_(size_bytes) {}

  /// `task` is next to access `where`. Adds whom it has to wait for to `before`; twice, perhaps.
  void record(const Task& task, region where, access_mode mode, std::vector<Task>& before) {
    if (where.empty()) return;
    parts_.visit(where, [&](region, users& part) {
      if (part.writer) before.push_back(part.writer);
      if (writes(mode)) {
        for (Task& reader : part.readers) before.push_back(std::move(reader));
        part.readers.clear();
      } else {
        drop_finished(part.readers);
        part.readers.push_back(task);
      }
    });
    if (writes(mode)) parts_.unite(where).writer = task;
  }

 private:
  struct users {
    Task writer;
    std::vector<Task> readers;
  };

  // Many may read what nobody writes any more.
  static void drop_finished(std::vector<Task>& readers) {
    if (readers.size() < 16 || readers.size() != readers.capacity()) return;
    std::erase_if(readers, [](const Task& one) { return has_finished(one); });
  }

  interval_map<users> parts_;
};

} // namespace clotho::detail
