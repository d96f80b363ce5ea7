#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>
#include <vector>

namespace clotho::tool {

/// A driver as the loader finds it: a file that names a library.
struct icd {
  std::filesystem::path file; ///< empty when the environment names the library itself
  std::string library;        ///< as the file has it; empty when it could not be read
  std::string problem;        ///< why not
};

/// What the loader would load.
struct icd_list {
  std::string place; ///< where was looked: a folder, or a variable
  std::vector<icd> drivers;
  std::string problem; ///< the place does not exist, or there is nothing in it; and what to do
};

/// Follows OCL_ICD_VENDORS, OPENCL_VENDOR_PATH and OCL_ICD_FILENAMES as ocl-icd and the Khronos loader do,
/// without calling either.
[[nodiscard]] icd_list find_icds();

/// "pocl.icd", or the library's name.
[[nodiscard]] std::string short_name(const icd& driver);

/// A private folder with one .icd file in it, removed on destruction: a loader that is pointed there sees
/// this one driver alone. Throws io_error.
class icd_folder {
 public:
  explicit icd_folder(const icd& driver);
  ~icd_folder();
  icd_folder(const icd_folder&) = delete;
  icd_folder& operator=(const icd_folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

} // namespace clotho::tool
