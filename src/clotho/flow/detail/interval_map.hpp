#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace clotho::detail {

/// The bytes [begin, end) of some memory.
struct region {
  std::size_t begin = 0, end = 0;
  [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
  [[nodiscard]] bool empty() const noexcept { return begin >= end; }
  friend bool operator==(const region&, const region&) = default;
};

/// A Value for every byte of [0, size), kept for whole parts. Few parts: a sorted vector.
template <class Value> class interval_map {
 public:
  explicit interval_map(std::size_t size, Value value = {}) : size_(size) { parts_.push_back({0, std::move(value)}); }

  /// Calls `visit(region, Value&)` for each part of `where`, in order. Parts are cut at the ends of `where`.
  template <class Visit> void visit(region where, Visit visit) {
    if (where.empty()) return;
    const std::size_t first = cut(where.begin);
    const std::size_t last = cut(where.end);
    for (std::size_t i = first; i < last; ++i) visit(region{parts_[i].begin, end_of(i)}, parts_[i].value);
  }

  /// Makes `where` one part and returns its value, which is that of its first part until it is changed.
  Value& unite(region where) {
    const std::size_t first = cut(where.begin);
    const std::size_t last = cut(where.end);
    parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                 parts_.begin() + static_cast<std::ptrdiff_t>(last));
    return parts_[first].value;
  }

  /// Makes one part of neighbours within `where` whose values are the `same`.
  template <class Same> void join(region where, Same same) {
    if (where.empty()) return;
    const std::size_t first = cut(where.begin);
    const auto end = parts_.begin() + static_cast<std::ptrdiff_t>(cut(where.end));
    parts_.erase(std::unique(parts_.begin() + static_cast<std::ptrdiff_t>(first), end,
                             [&](const part& a, const part& b) { return same(a.value, b.value); }),
                 end);
  }

  [[nodiscard]] std::size_t parts() const noexcept { return parts_.size(); }

 private:
  struct part {
    std::size_t begin;
    Value value;
  };

  [[nodiscard]] std::size_t end_of(std::size_t i) const noexcept {
    return i + 1 < parts_.size() ? parts_[i + 1].begin : size_;
  }
  /// The index of the part that begins at `at`, which is made if need be; one past the last for the end.
  std::size_t cut(std::size_t at) {
    if (at == 0) return 0;
    if (at == size_) return parts_.size();
    const auto after = std::upper_bound(parts_.begin(), parts_.end(), at,
                                        [](std::size_t value, const part& one) { return value < one.begin; });
    const auto before = after - 1;
    const auto index = static_cast<std::size_t>(after - parts_.begin());
    if (before->begin == at) return index - 1;
    parts_.insert(after, part{at, before->value});
    return index;
  }

  std::size_t size_;
  std::vector<part> parts_;
};

} // namespace clotho::detail
