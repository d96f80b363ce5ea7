#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>

namespace clotho::job::detail {

/// The style of a trace's page, for light and dark screens.
extern const std::string_view page_style;
/// Zooms the timeline with the wheel, moves it with the pointer, shows all of it on a double click.
extern const std::string_view page_script;

} // namespace clotho::job::detail
