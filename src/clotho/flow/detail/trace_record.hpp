#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <clotho/flow/trace.hpp>

namespace clotho::detail {

/// A record in a trace_buffer: this header, the name, then every argument: a trace_fact, its key, its text.
/// Nothing in between; the whole is padded to a multiple of 8 bytes.
struct trace_record {
  enum class kind : std::uint8_t { span, arrow, value };

  std::uint32_t size_bytes = 0; // with all that follows
  kind what = kind::span;
  trace_category category = trace_category::host;
  std::uint16_t facts = 0;
  std::uint32_t place = 0; // the track or counter
  std::uint32_t name_bytes = 0;
  std::int64_t begin = 0; // nanoseconds on the steady clock; an arrow has none
  std::int64_t end = 0;   // a value: its bits
  std::uint64_t id = 0;
};
static_assert(sizeof(trace_record) == 40);

/// An argument of a span.
struct trace_fact {
  std::uint32_t key_bytes = 0;
  std::uint32_t type = 0;  // the index of the alternative in trace_argument::value
  std::uint64_t value = 0; // its bits; the size of a text
};

/// Copies any plain object out of a record.
template <class T> [[nodiscard]] T read_plain(const std::byte* from) noexcept {
  T result;
  std::memcpy(&result, from, sizeof result);
  return result;
}

} // namespace clotho::detail
