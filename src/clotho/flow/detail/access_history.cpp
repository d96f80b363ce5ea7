// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/access_history.hpp>

#include <utility>

#include <clotho/flow/detail/flow_node.hpp>

namespace clotho::detail {

// Many may read what nobody writes any more.
void access_history::drop_finished(std::vector<node_ref>& readers) {
  if (readers.size() < 16 || readers.size() != readers.capacity()) return;
  std::erase_if(readers, [](const node_ref& one) { return one->core().ready(); });
}

void access_history::record(flow_node& task, region where, access_mode mode, std::vector<node_ref>& before) {
  if (where.empty()) return;
  parts_.visit(where, [&](region, users& part) {
    if (part.writer) before.push_back(part.writer);
    if (writes(mode)) {
      for (node_ref& reader : part.readers) before.push_back(std::move(reader));
      part.readers.clear();
    } else {
      drop_finished(part.readers);
      part.readers.emplace_back(task);
    }
  });
  if (writes(mode)) parts_.unite(where).writer = node_ref(task);
}

} // namespace clotho::detail
