#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/tuning.hpp>

namespace clotho::detail {

/// The primitives that a runtime has built, and what they are built with. Kept with the runtime.
class primitive_store {
 public:
  [[nodiscard]] const primitive& get(const placement& where, const primitive_key& key, std::string_view name,
                                     scalar type, primitive_maker make);
  void tune(const tuning_table& more);

 private:
  struct full_key {
    const embedded_source* source;
    std::uint64_t variant;
    std::string snippet;
    std::size_t device;
    friend bool operator==(const full_key&, const full_key&) = default;
  };
  struct wanted_key { // the same, borrowed
    const embedded_source* source;
    std::uint64_t variant;
    std::string_view snippet;
    std::size_t device;
  };
  struct hash {
    using is_transparent = void;
    template <class Key> std::size_t operator()(const Key& key) const noexcept {
      const std::size_t mixed =
          std::hash<const void*>()(key.source) ^ (key.variant * 0x9E3779B97F4A7C15u) ^ (key.device << 17);
      return key.snippet.empty() ? mixed : mixed ^ std::hash<std::string_view>()(key.snippet);
    }
  };
  struct same {
    using is_transparent = void;
    template <class A, class B> bool operator()(const A& a, const B& b) const noexcept {
      return a.source == b.source && a.variant == b.variant && a.device == b.device && a.snippet == b.snippet;
    }
  };
  [[nodiscard]] parameters numbers_for(const placement& where, std::string_view name, scalar type);

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::size_t, tuning_table> known_; ///< by device: read when it is needed first
  tuning_table tuning_;                                 ///< what the program says, which wins
  std::unordered_map<full_key, const primitive*, hash, same> current_;
  std::vector<std::unique_ptr<const primitive>>
      all_; // also those that were tuned anew: callers hold references
};

} // namespace clotho::detail
