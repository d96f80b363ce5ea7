// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/range_use.hpp>

#include <algorithm>
#include <span>

namespace clotho {
namespace {

using enum range_query;

// What is another in a part of a launch than in the whole.
constexpr std::array changed_by_cutting{group_id,      num_groups,       global_size,
                                        global_offset, global_linear_id, unknown};
// What tells that a group is smaller. An index within the group counts: tables of a group's size go by it.
constexpr std::array changed_in_a_tail{local_id, local_size, enqueued_local_size, local_linear_id,
                                       group_function};
constexpr std::array changed_by_widening{global_id, global_offset};

std::string describe(range_query query, unsigned dimension) {
  if (query == unknown) return "it may ask for its place in the range in a way that clotho does not know";
  if (query == group_function) return "the work-items of its groups work together";
  return std::string("it asks for ") + to_string(query) + "("
         + (takes_dimension(query) ? std::to_string(dimension) : "") + ")";
}

std::string first_asked(const range_use& use, std::span<const range_query> queries, unsigned dimension) {
  const auto found = std::find_if(queries.begin(), queries.end(),
                                  [&](range_query query) { return use.asks(query, dimension); });
  return found == queries.end() ? "" : describe(*found, dimension);
}

} // namespace

const char* to_string(range_query query) noexcept {
  switch (query) {
  case work_dim: return "get_work_dim";
  case global_id: return "get_global_id";
  case global_offset: return "get_global_offset";
  case global_size: return "get_global_size";
  case global_linear_id: return "get_global_linear_id";
  case group_id: return "get_group_id";
  case num_groups: return "get_num_groups";
  case local_id: return "get_local_id";
  case local_size: return "get_local_size";
  case enqueued_local_size: return "get_enqueued_local_size";
  case local_linear_id: return "get_local_linear_id";
  case group_function: return "group function";
  case unknown: break;
  }
  return "unknown";
}

bool takes_dimension(range_query query) noexcept {
  return query != work_dim && query != global_linear_id && query != local_linear_id && query < group_function;
}

range_use range_use::nothing() {
  range_use made;
  made.known_ = true;
  return made;
}

void range_use::add(range_query query, unsigned dimension) {
  asked_[index(query)] |= takes_dimension(query) ? bit(dimension) : all_dimensions;
}

void range_use::add(const range_use& other) {
  known_ = known_ && other.known_;
  for (std::size_t i = 0; i < asked_.size(); ++i) asked_[i] |= other.asked_[i];
}

bool range_use::may_widen() const noexcept {
  const auto asks_third = [this](range_query query) { return asks(query, 2); };
  return !asks(work_dim, 0) && !asks(unknown, 0)
         && std::none_of(changed_by_widening.begin(), changed_by_widening.end(), asks_third);
}

std::string range_use::why_not_cut(unsigned dimension) const {
  return known_ ? first_asked(*this, changed_by_cutting, dimension) : "its source is not known";
}

std::string range_use::why_no_tail(unsigned dimension) const {
  return known_ ? first_asked(*this, changed_in_a_tail, dimension) : "its source is not known";
}

} // namespace clotho
