#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>

namespace clotho::detail {

/// Which flow something belongs to, for what may outlive it: as long as somebody keeps it no other flow gets the same,
/// which its address may.
using flow_identity = std::shared_ptr<const void>;

} // namespace clotho::detail
