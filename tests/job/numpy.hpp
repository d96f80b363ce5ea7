#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include <clotho/core/os/file.hpp>

#include "support/temporary_folder.hpp"

namespace clotho::test {

inline bool numpy_is_there() {
  static const bool there = std::system("/usr/bin/python3 -c 'import numpy' >/dev/null 2>&1") == 0;
  return there;
}

/// Runs a script in `folder`, with numpy as `np`; a failed assertion in it fails the test.
inline void run_numpy(const temporary_folder& folder, const std::string& script) {
  os::write_file(folder / "script.py", "import numpy as np, zipfile\n" + script);
  REQUIRE(std::system(("cd '" + folder.path().string() + "' && /usr/bin/python3 script.py").c_str()) == 0);
}

} // namespace clotho::test
