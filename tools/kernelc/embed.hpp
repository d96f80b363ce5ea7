#pragma once
// SPDX-License-Identifier: Apache-2.0

#include "options.hpp"

namespace clotho::kernelc {

/// Reads the .cl file and writes what was asked for; each file appears whole or not at all. Throws io_error,
/// and argument_error for includes that are refused.
void embed(const options& wanted);

} // namespace clotho::kernelc
