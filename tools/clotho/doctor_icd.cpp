// SPDX-License-Identifier: Apache-2.0
#include "doctor_icd.hpp"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>

namespace clotho::tool {
namespace {

namespace fs = std::filesystem;

constexpr const char* usual_folder = "/etc/OpenCL/vendors";
constexpr std::uint64_t largest_icd_file = 64 * 1024;

icd read_icd(const fs::path& file) {
  try {
    const std::string text = os::read_text(file, largest_icd_file);
    const std::string library(trim(std::string_view(text).substr(0, text.find('\n'))));
    return {file, library, library.empty() ? "the file is empty; it should name a library" : ""};
  } catch (const error& failure) {
    return {file, "", failure.what()};
  }
}

std::vector<icd> read_folder(const fs::path& folder, std::string& problem) {
  std::vector<icd> result;
  std::error_code failure;
  std::vector<fs::path> files;
  for (fs::directory_iterator i(folder, failure), end; !failure && i != end; i.increment(failure))
    if (i->path().extension() == ".icd") files.push_back(i->path());
  if (failure)
    problem = "cannot read the folder " + folder.string() + ": " + failure.message();
  else if (files.empty())
    problem = folder.string() + " has no .icd file; install a driver: apt-get install pocl-opencl-icd";
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) result.push_back(read_icd(file));
  return result;
}

fs::path vendor_folder() { return os::environment("OPENCL_VENDOR_PATH").value_or(usual_folder); }

icd_list from_vendors_variable(const std::string& value) {
  icd_list result{"OCL_ICD_VENDORS=" + value, {}, ""};
  std::error_code ignored;
  if (fs::is_directory(value, ignored)) {
    result.drivers = read_folder(value, result.problem);
  } else if (value.ends_with(".icd")) {
    fs::path file = value;
    if (value.find('/') == std::string::npos && fs::exists(vendor_folder() / value, ignored))
      file = vendor_folder() / value;
    result.drivers.push_back(read_icd(file));
  } else if (value.find('/') != std::string::npos && !fs::exists(value, ignored)) {
    result.problem = "OCL_ICD_VENDORS names '" + value
                     + "', which does not exist; unset it, or name a folder of .icd files";
  } else {
    result.drivers.push_back({"", value, ""});
  }
  return result;
}

} // namespace

icd_list find_icds() {
  icd_list result;
  if (const auto value = os::environment("OCL_ICD_VENDORS")) {
    result = from_vendors_variable(*value);
  } else {
    result.place = vendor_folder().string();
    result.drivers = read_folder(vendor_folder(), result.problem);
  }
  if (const auto value = os::environment("OCL_ICD_FILENAMES"))
    for (const std::string_view library : split(*value, ':'))
      if (!library.empty()) result.drivers.push_back({"", std::string(library), ""});
  if (!result.drivers.empty()) result.problem.clear();
  return result;
}

std::string short_name(const icd& driver) {
  return driver.file.empty() ? fs::path(driver.library).filename().string() : driver.file.filename().string();
}

icd_folder::icd_folder(const icd& driver) {
  std::string name = (fs::temp_directory_path() / "clotho-doctor-XXXXXX").string();
  if (!::mkdtemp(name.data()))
    throw io_error("cannot create the folder " + name + ": " + std::strerror(errno), name);
  path_ = name;
  os::write_file(path_ / "one.icd", driver.library + "\n");
}

icd_folder::~icd_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

} // namespace clotho::tool
