#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <memory>
#include <string>

#include <clotho/runtime/device_info.hpp>

namespace clotho::detail {

/// A device for this process alone, among all processes of this user that ask for that: a locked file. The system gives it
/// back when the process ends, however it ends. All of one process share a lease, which ends with the last of them; a fork
/// keeps its parent's. Safe from any thread.
class device_lease {
 public:
  /// Null when another process has it; `holder` says which. Never blocks. Throws io_error when the folder for the files
  /// cannot be trusted or used.
  [[nodiscard]] static std::shared_ptr<const device_lease> try_take(const device_info& what, std::string& holder);

  ~device_lease();
  device_lease(const device_lease&) = delete;
  device_lease& operator=(const device_lease&) = delete;

 private:
  explicit device_lease(std::filesystem::path file) : file_(std::move(file)) {}

  const std::filesystem::path file_; // of which this is one user
};

/// The same text for the same device in every process: its UUID, or else what its driver calls it and its place among
/// those of its platform.
[[nodiscard]] std::string lease_identity(const device_info& what);

} // namespace clotho::detail
