// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/flat.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

bool is_aligned(const placement& where, const flat& what) noexcept {
  const std::size_t align = std::max<std::size_t>(where.target().info().base_address_align_bytes, 1);
  return what.bytes.access(access_mode::in).where.begin % align == 0;
}

} // namespace

flat temporary(const placement& where, scalar type, std::size_t count) {
  return {buffer<std::byte>(where.owner(), bytes_of<std::byte>(count * size_bytes(type))), type};
}

flat readable(const placement& where, const flat& what) {
  if (is_aligned(where, what)) return what;
  flat copy = temporary(where, what.type, what.size());
  where.owner().copy(what.bytes, copy.bytes);
  return copy;
}

writable::writable(const placement& where, flat target, bool keeps)
    : where_(where), target_(std::move(target)), memory_(target_), is_copy_(!is_aligned(where, target_)) {
  if (!is_copy_) return;
  memory_ = keeps ? readable(where, target_) : temporary(where, target_.type, target_.size());
}

future<void> writable::finish(future<void> last) const {
  if (!is_copy_) return last;
  return where_.owner().copy(memory_.bytes, target_.bytes);
}

bool overlap(const flat& a, const flat& b) noexcept {
  const flow_access one = a.bytes.access(access_mode::in), other = b.bytes.access(access_mode::in);
  return one.memory == other.memory && one.where.begin < other.where.end && other.where.begin < one.where.end;
}

void check_apart(std::string_view what, const flat& a, const flat& b) {
  if (overlap(a, b)) throw argument_error(std::string(what) + " overlap");
}

void check_same_count(std::string_view what, std::string_view a_name, const flat& a, std::string_view b_name,
                      const flat& b) {
  if (a.size() == b.size()) return;
  throw argument_error(std::string(what) + ": " + std::string(a_name) + " has " + std::to_string(a.size())
                       + " elements and " + std::string(b_name) + " " + std::to_string(b.size()));
}

future<void> nothing_to_do(const placement& where) {
  return where.owner().host([] {}, run_inline);
}

} // namespace clotho::detail
