#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <vector>

#include <clotho/flow/access.hpp>
#include <clotho/flow/detail/interval_map.hpp>
#include <clotho/flow/detail/node_ref.hpp>

namespace clotho::detail {

/// Who is to wait for whom about one piece of memory: for every part the last task that writes it and those that read
/// it since. Sequential task flow, as in StarPU. Guarded by the lock of the flow.
class access_history {
 public:
  explicit access_history(std::size_t size_bytes) : parts_(size_bytes) {}

  /// `task` is next to access `where`. Adds whom it has to wait for to `before`; twice, perhaps.
  void record(flow_node& task, region where, access_mode mode, std::vector<node_ref>& before);

 private:
  struct users {
    node_ref writer;
    std::vector<node_ref> readers;
  };

  static void drop_finished(std::vector<node_ref>& readers);

  interval_map<users> parts_;
};

} // namespace clotho::detail
