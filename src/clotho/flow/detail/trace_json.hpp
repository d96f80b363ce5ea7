#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <string>
#include <string_view>

namespace clotho::detail {

/// Appends `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
void append_json(std::string& to, std::string_view text);
/// A number that is not finite becomes a string: JSON has none.
void append_json(std::string& to, double number);
/// Nanoseconds as microseconds with what is left behind the point: 1234 is 1.234.
void append_microseconds(std::string& to, std::int64_t nanoseconds);

} // namespace clotho::detail
