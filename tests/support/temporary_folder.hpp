#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace clotho::test {

/// A fresh folder below the system's temporary folder, removed with all that is in it on destruction.
class temporary_folder {
 public:
  temporary_folder() : path_(create()) {}
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  static std::filesystem::path create() {
    std::string name = (std::filesystem::temp_directory_path() / "clotho-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot create the folder " + name);
    return name;
  }

  std::filesystem::path path_;
};

} // namespace clotho::test
