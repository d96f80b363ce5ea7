#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/algo/tuning.hpp>
#include <clotho/job/tuning_space.hpp>
#include <clotho/runtime/device_info.hpp>

namespace clotho::job {

/// What a user's kernel is called in a tuning_table: "saxpy@" and the begin of the digest of its file and all
/// it includes. A change of them makes another kernel of it. Throws what load_source throws.
[[nodiscard]] std::string tuning_name(const std::filesystem::path& file, std::string_view kernel,
                                      const std::vector<std::filesystem::path>& include_folders);

/// Records of what was found best, kept in a folder: a file for each device that was tuned for, in the format
/// of tuning_table, whose records speak of the device and, for want of better, of its architecture, its
/// vendor and its type. Safe for several processes.
class tuning_store {
 public:
  explicit tuning_store(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// In tuning_folder(); throws what that throws.
  [[nodiscard]] static tuning_store of_user();

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] std::filesystem::path file_for(const device_info& device) const;

  /// Puts the choice in the place of what the device's file says of this kernel, or of this primitive for
  /// elements of `type`. Throws io_error, format_error.
  void save(const device_info& device, const std::string& name, const tuning_choice& choice,
            std::optional<scalar> type = std::nullopt) const;

  struct record {
    std::string selector; ///< how near it is
    tuning_choice choice;
  };
  /// The nearest record for the device, of whichever device it was found on. Throws io_error, format_error.
  [[nodiscard]] std::optional<record> find(const device_info& device, const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

} // namespace clotho::job
