#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clotho {

/// Text helpers for ASCII grammars; locale never matters.

[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool contains_ignoring_case(std::string_view text, std::string_view part);
[[nodiscard]] std::string_view trim(std::string_view text);

/// The parts of `text` between `separator`s; one empty part for an empty text.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);

/// The whole of `text` as a number, base 10 or with a 0x prefix for integers. Empty when anything is left
/// over or the value does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_signed(std::string_view text);
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

/// A size in bytes: "4096", "4K", "4KiB", "8GiB". K, M, G, T are powers of 1024.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
/// "4 KiB", "1.5 GiB".
[[nodiscard]] std::string format_size(std::uint64_t bytes);

/// The candidate nearest to `word` by edit distance, when it is near enough to be a likely slip.
[[nodiscard]] std::optional<std::string> did_you_mean(std::string_view word,
                                                      std::span<const std::string> candidates);

/// Control characters escaped as \n, \t, \xHH: a driver's or a file's text cannot move a terminal's cursor.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace clotho
