#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <utility>

namespace clotho::detail {

class flow_node;

/// Keeps a task alive.
class node_ref {
 public:
  node_ref() = default;
  explicit node_ref(flow_node& task) noexcept;
  node_ref(const node_ref& other) noexcept;
  node_ref(node_ref&& other) noexcept : task_(std::exchange(other.task_, nullptr)) {}
  node_ref& operator=(node_ref other) noexcept { return std::swap(task_, other.task_), *this; }
  ~node_ref();

  [[nodiscard]] flow_node* get() const noexcept { return task_; }
  [[nodiscard]] flow_node* operator->() const noexcept { return task_; }
  [[nodiscard]] explicit operator bool() const noexcept { return task_ != nullptr; }
  friend bool operator==(const node_ref&, const node_ref&) = default;
  friend bool has_finished(const node_ref& one) noexcept;

 private:
  flow_node* task_ = nullptr;
};

} // namespace clotho::detail
