// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/graph_state.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/access_history.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/graph_kernel.hpp>

namespace clotho::detail {

namespace {

/// Names a node.
struct node_index {
  std::size_t value = 0;
  bool named = false;
  [[nodiscard]] explicit operator bool() const noexcept { return named; }
};
bool has_finished(const node_index&) noexcept { return false; }

/// What a run does with a part of some memory.
struct part_use {
  bool is_read = false; // what was there before the run
  bool is_written = false;

  void add(access_mode mode) noexcept {
    is_read = is_read || (reads(mode) && !is_written);
    is_written = is_written || writes(mode);
  }
  [[nodiscard]] bool any() const noexcept { return is_read || is_written; }
  [[nodiscard]] access_mode mode() const noexcept {
    return !is_written ? access_mode::in : is_read ? access_mode::inout : access_mode::out;
  }
};

struct memory_use {
  explicit memory_use(std::shared_ptr<flow_memory> used)
      : memory(std::move(used)), history(memory->size_bytes()), parts(memory->size_bytes()) {}

  std::shared_ptr<flow_memory> memory;
  access_history<node_index> history;
  interval_map<part_use> parts;
};

/// All memory that a graph uses, in the order of its first use.
class memory_table {
 public:
  memory_use& operator[](const std::shared_ptr<flow_memory>& memory) {
    const auto [found, is_new] = index_.try_emplace(memory.get(), uses_.size());
    if (is_new) uses_.push_back(std::make_unique<memory_use>(memory));
    return *uses_[found->second];
  }
  [[nodiscard]] std::vector<flow_access> accesses() {
    std::vector<flow_access> all;
    for (const auto& one : uses_)
      one->parts.visit({0, one->memory->size_bytes()}, [&](region where, const part_use& use) {
        if (use.any()) all.push_back({one->memory, where, use.mode()});
      });
    return all;
  }

 private:
  std::map<const flow_memory*, std::size_t> index_;
  std::vector<std::unique_ptr<memory_use>> uses_;
};

} // namespace

graph_state::graph_state(flow_core& flow, std::vector<lane*> lanes)
    : flow_(flow), lanes_(std::move(lanes)), turn_{std::make_shared<flow_memory>(flow, 1), {0, 1}, access_mode::inout} {}

std::size_t graph_state::add(std::unique_ptr<graph_node> node) {
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

std::unique_ptr<graph_node> graph_state::make_kernel(const loaded_kernel& kernel, const nd_range& range,
                                                     std::span<const flow_argument> arguments) const {
  check_owner(*kernel.state(), flow_);
  std::size_t where = kernel.device();
  if (where == loaded_kernel::any_device) {
    const auto open = std::find_if(lanes_.begin(), lanes_.end(), [](const lane* one) { return one->is_open(); });
    where = open != lanes_.end() ? static_cast<std::size_t>(open - lanes_.begin()) : 0;
  }
  return std::make_unique<graph_kernel>(flow_, kernel.state(), range, arguments, *lanes_[where], where);
}

void graph_state::link(std::size_t index, const std::vector<std::size_t>& before) {
  for (const std::size_t one : before) nodes_[one]->after.push_back(static_cast<std::uint32_t>(index));
  nodes_[index]->before = static_cast<std::uint32_t>(before.size());
  is_chain_ = is_chain_ && (index == 0 || (!before.empty() && before.back() == index - 1));
}

void graph_state::freeze() {
  is_chain_ = true;
  for (const auto& node : nodes_) node->after.clear();
  memory_table used;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    std::vector<node_index> named;
    for (const flow_access& one : nodes_[i]->accesses()) {
      memory_use& use = used[one.memory];
      use.history.record({i, true}, one.where, one.mode, named);
      use.parts.visit(one.where, [&](region, part_use& part) { part.add(one.mode); });
    }
    std::vector<std::size_t> before;
    for (const node_index& one : named)
      if (one.value != i) before.push_back(one.value);
    std::sort(before.begin(), before.end());
    before.erase(std::unique(before.begin(), before.end()), before.end());
    link(i, before);
  }
  accesses_ = used.accesses();
}

void graph_state::check_lanes() const {
  for (const auto& node : nodes_)
    if (const lane* const where = node->where()) where->check_open();
}

bool graph_state::memory_stays() const {
  std::map<const flow_memory*, std::size_t> places;
  const auto stays = [&](const flow_access& one, lane* where) {
    const std::size_t place = one.memory->place_on(where);
    return places.try_emplace(one.memory.get(), place).first->second == place;
  };
  for (const auto& node : nodes_) {
    lane* const where = node->where();
    try {
      for (const flow_access& one : node->accesses())
        if (!stays(one, where)) return false;
    } catch (...) {
      rethrow_examined(where);
    }
  }
  return true;
}

bool graph_state::is_serial() const noexcept {
  const auto on_one_line = [this](const std::unique_ptr<graph_node>& node) {
    return node->where() == nodes_.front()->where() && node->where() != nullptr && !node->where()->synchronous();
  };
  const auto in_this_thread = [](const std::unique_ptr<graph_node>& node) {
    return node->where() == nullptr || node->where()->synchronous();
  };
  return std::all_of(nodes_.begin(), nodes_.end(), on_one_line) ||
         ((is_chain_ || flow_.is_alone()) && std::all_of(nodes_.begin(), nodes_.end(), in_this_thread));
}

} // namespace clotho::detail
