#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <nlohmann/json.hpp>

#include <clotho/runtime/device.hpp>

namespace clotho {

// Found by nlohmann::json through the namespace of the types. Versions are texts: "3.0".
void to_json(nlohmann::json& to, const version& from);
void from_json(const nlohmann::json& from, version& to);
void to_json(nlohmann::json& to, const device_info& from);
void from_json(const nlohmann::json& from, device_info& to);
void to_json(nlohmann::json& to, const platform_problem& from);
void from_json(const nlohmann::json& from, platform_problem& to);

namespace tool {
/// [{"id", "action", "value", "reason", "source"}]; no value where the action needs none.
[[nodiscard]] nlohmann::json to_json(const quirk_set& quirks);
} // namespace tool

} // namespace clotho
