// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/host_call.hpp>

#include <string>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/flow_memory.hpp>

namespace clotho::detail {

void obey(flow_node& task, const flow_argument& said) {
  if (said.after() != nullptr) task.add_after(task.flow().checked_after(said.after()->task()));
  if (said.is_run_inline()) task.set_inline();
  if (!said.urgency()) return;
  if (static_cast<std::size_t>(*said.urgency()) >= priorities) throw argument_error("there is no such priority");
  task.set_urgency(*said.urgency());
}

void check_owner(const flow_access& access, const flow_core& flow) {
  if (!access.memory->belongs_to(flow)) throw argument_error("the buffer belongs to another runtime");
}

} // namespace clotho::detail
