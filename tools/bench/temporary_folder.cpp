// SPDX-License-Identifier: Apache-2.0
#include "temporary_folder.hpp"

#include <stdlib.h>

#include <string>
#include <system_error>

#include <clotho/core/error.hpp>

namespace clotho::bench {

namespace fs = std::filesystem;

temporary_folder::temporary_folder() {
  std::string name = (fs::temp_directory_path() / "clotho-bench-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw io_error("cannot create the folder " + name, name);
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

} // namespace clotho::bench
