#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/runtime/device_info.hpp>
#include <clotho/runtime/quirk.hpp>

namespace clotho {

namespace detail {
class device_lease;
struct device_state;
} // namespace detail

/// One OpenCL device, described when it was found. A value: copies name the same device.
class device {
 public:
  explicit device(std::shared_ptr<const detail::device_state> state) : state_(std::move(state)) {}
  /// The same device, kept for this process.
  device(const device& same, std::shared_ptr<const detail::device_lease> lease)
      : state_(same.state_), lease_(std::move(lease)) {}

  [[nodiscard]] const device_info& info() const noexcept;
  [[nodiscard]] const quirk_set& quirks() const noexcept;
  [[nodiscard]] const std::string& name() const noexcept { return info().name; }
  /// It was selected by a word with "exclusive". It stays so until the last copy, its sub-devices, and everything made in
  /// a context of any of these are gone.
  [[nodiscard]] bool exclusive() const noexcept { return lease_ != nullptr; }

  /// Sub-devices with `compute_units` each; what is left over stays unused.
  /// Drivers with the quirk keep_sub_devices keep those, some 1 KiB each, until the process ends.
  /// Throws capability_error when the device cannot be divided so.
  [[nodiscard]] std::vector<device> partition(unsigned compute_units) const;

  [[nodiscard]] const detail::device_state& state() const noexcept { return *state_; }
  /// The same driver object.
  friend bool operator==(const device& a, const device& b) noexcept;

 private:
  std::shared_ptr<const detail::device_state> state_;
  std::shared_ptr<const detail::device_lease> lease_;
};

/// A platform, or a device of one, that could not be used, and why.
struct platform_problem {
  std::string platform;
  std::string what;
};

/// What this machine has.
struct discovery {
  std::vector<device> devices;            ///< in the loader's order
  std::vector<platform_problem> problems; ///< platforms without devices, failing queries, no platform at all
};

/// Asks every platform for its devices. Never throws for a sick platform: it is listed among the problems.
/// `quirk_overrides` as CLOTHO_QUIRKS takes them; throws argument_error when they make no sense.
/// Signal handlers that drivers install are put back. Blocks while drivers load (tens of milliseconds the
/// first time); safe from any thread.
[[nodiscard]] discovery discover(std::string_view quirk_overrides);
/// With the overrides of the environment variable CLOTHO_QUIRKS.
[[nodiscard]] discovery discover();

/// The devices a selector names, in its order; the grammar is in <clotho/runtime/selector.hpp>. An empty
/// selector means CLOTHO_DEVICES, and without that the best device. Throws selection_error.
///
/// A word with "exclusive" takes its device for this process: no other process of this user that asks for "exclusive" gets
/// it, those that do not ask are not hindered. Never blocks; throws selection_error (in_use) that names the processes, or
/// io_error. Within the process all who ask share it. The device is free again when device::exclusive says, or when the
/// process ends, however it ends; a fork keeps it until both have ended. Which devices are one and the same is told by
/// their UUIDs, and where a driver has none by platform, name and number: through two drivers one device may be two.
[[nodiscard]] std::vector<device> select_devices(std::string_view selector = {});
[[nodiscard]] std::vector<device> select_devices(std::string_view selector, const discovery& found);
/// The first of them.
[[nodiscard]] device select_device(std::string_view selector = {});

} // namespace clotho
