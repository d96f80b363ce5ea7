// SPDX-License-Identifier: Apache-2.0
#include "sweep.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho::tool {
namespace {

constexpr std::size_t most_points = 1000;

struct suffix {
  std::string_view text;
  std::uint64_t factor;
};
constexpr std::array<suffix, 7> suffixes{{{"ki", 1 << 10},
                                          {"mi", 1 << 20},
                                          {"gi", 1 << 30},
                                          {"k", 1000},
                                          {"m", 1000000},
                                          {"g", 1000000000},
                                          {"", 1}}};

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const std::string lower = to_lower(text);
  for (const suffix& one : suffixes) {
    if (!lower.ends_with(one.text)) continue;
    const auto number = parse_unsigned(text.substr(0, text.size() - one.text.size()));
    return number ? checked_multiply<std::uint64_t>(*number, one.factor) : std::nullopt;
  }
  return std::nullopt;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw argument_error("--sweep " + printable(text) + ": " + why);
}

struct sweep {
  std::string name;
  std::vector<std::uint64_t> values;
};

sweep parse_sweep(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    refuse(text, "say which argument has which values, as in --sweep n=1k,10k,1M");
  sweep result{text.substr(0, equals), {}};
  for (const std::string_view part : split(std::string_view(text).substr(equals + 1), ',')) {
    const std::optional<std::uint64_t> value = parse_count(part);
    if (!value) refuse(text, "'" + printable(part) + "' is no whole number; write 1000, 10k, 1M or 64Ki");
    result.values.push_back(*value);
  }
  return result;
}

} // namespace

std::vector<sweep_point> parse_sweeps(const std::vector<std::string>& texts) {
  std::vector<sweep_point> points{{}};
  for (const std::string& text : texts) {
    const sweep added = parse_sweep(text);
    std::vector<sweep_point> longer;
    if (points.size() * added.values.size() > most_points)
      refuse(text, "that makes more than " + std::to_string(most_points) + " cases");
    for (const sweep_point& point : points) {
      if (std::any_of(point.begin(), point.end(), [&](const auto& one) { return one.first == added.name; }))
        refuse(text, "'" + printable(added.name) + "' is swept already");
      for (const std::uint64_t value : added.values) {
        longer.push_back(point);
        longer.back().emplace_back(added.name, value);
      }
    }
    points = std::move(longer);
  }
  return points;
}

std::string to_string(const sweep_point& point) {
  std::string text;
  for (const auto& [name, value] : point)
    text += (text.empty() ? "" : " ") + name + "=" + std::to_string(value);
  return text;
}

} // namespace clotho::tool
