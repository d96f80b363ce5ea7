// SPDX-License-Identifier: Apache-2.0
// Applies a selector to a list of devices; selector.cpp reads its text.
#include <clotho/runtime/selector.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/quirk.hpp>

namespace clotho {
namespace {

/// Whose driver a device belongs to, told by the platform's name, version or vendor. The first that fits
/// names it.
struct family {
  std::string_view word;
  std::string_view name, version, vendor; ///< empty: not looked at
};

constexpr std::array families{
    family{"pocl", "portable computing language", "pocl", ""},
    family{"rusticl", "rusticl", "", ""},
    family{"clover", "clover", "", ""},
    family{"oclgrind", "oclgrind", "", ""},
    family{"nvidia", "nvidia", "", "nvidia"},
    family{"amd", "amd accelerated", "", "advanced micro devices"},
    family{"intel", "intel", "", "intel"},
    family{"arm", "arm platform", "", ""},
    family{"qualcomm", "qualcomm", "", "qualcomm"},
    family{"apple", "apple", "", "apple"},
};

bool found_in(std::string_view part, std::string_view text) {
  return !part.empty() && contains_ignoring_case(text, part);
}

std::string_view family_of(const device_info& device) {
  for (const family& f : families)
    if (found_in(f.name, device.platform_name) || found_in(f.version, device.platform_version)
        || found_in(f.vendor, device.platform_vendor))
      return f.word;
  return {};
}

bool belongs_to(const device_info& device, std::string_view word) {
  const std::string_view own = family_of(device);
  if (word == "mali") return contains_ignoring_case(device.name, word);
  return own == word || (word == "mesa" && (own == "rusticl" || own == "clover"));
}

std::string version_text(std::uint64_t number) {
  return std::to_string(number / 100) + "." + std::to_string(number % 100);
}

std::string in_quotes(std::string_view text) { return "'" + printable(text) + "'"; }

} // namespace

/// One selector applied to one list of devices.
class selection {
 public:
  selection(std::span<const device_info> devices, std::string_view quirk_overrides, const device_claim& claim)
      : devices_(devices), claim_(claim) {
    for (const device_info& device : devices) quirks_.push_back(quirks_for(device, quirk_overrides));
  }

  [[nodiscard]] std::vector<std::size_t> run(const selector& wanted) const {
    if (devices_.empty())
      throw selection_error(
          selection_error::reason::no_match,
          "there is no OpenCL device\n"
          "  install a driver, on Debian: apt-get install pocl-opencl-icd\n"
          "  Mesa's rusticl shows devices only when RUSTICL_ENABLE names a driver, for example llvmpipe\n"
          "  'clotho doctor' says what was found");
    if (wanted.words_.empty()) return run_word({});
    std::vector<std::size_t> chosen;
    for (const selector::word& word : wanted.words_)
      for (const std::size_t i : run_word(word))
        if (std::find(chosen.begin(), chosen.end(), i) == chosen.end()) chosen.push_back(i);
    return chosen;
  }

 private:
  using kind = selector::kind;

  /// Compares as "better than"; see select.
  [[nodiscard]] auto score(std::size_t i) const {
    const device_info& device = devices_[i];
    const int rank = device.type == device_type::gpu           ? 3
                     : device.type == device_type::accelerator ? 2
                     : device.type == device_type::cpu         ? 1
                                                               : 0;
    return std::tuple(!quirks_[i].has(quirk_action::choose_last), rank, device.full_profile,
                      device.unified_memory ? 0 : device.global_memory_bytes,
                      std::uint64_t{device.compute_units} * device.clock_mhz);
  }

  [[nodiscard]] std::vector<std::size_t> run_word(const selector::word& word) const {
    std::vector<std::size_t> matches;
    for (std::size_t i = 0; i < devices_.size(); ++i)
      if (refusals(word, i).empty()) matches.push_back(i);
    if (matches.empty() || (word.index && *word.index >= matches.size())) fail(word);
    const bool every = has(word, kind::all);
    if (word.index)
      matches = {matches[static_cast<std::size_t>(*word.index)]};
    else if (!every)
      std::stable_sort(matches.begin(), matches.end(), [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
    if (has(word, kind::exclusive) && claim_) return take(word, matches, every);
    if (!every) matches.resize(1);
    return matches;
  }

  /// Those of `candidates` that are granted: all of them, or the first.
  [[nodiscard]] std::vector<std::size_t> take(const selector::word& word, const std::vector<std::size_t>& candidates,
                                              bool every) const {
    std::vector<std::size_t> granted;
    std::string refused;
    for (const std::size_t i : candidates) {
      const std::string why = claim_(i);
      if (why.empty())
        granted.push_back(i);
      else
        refused += "\n  " + canonical_selector(i, devices_) + " " + in_quotes(devices_[i].name) + ": " + why;
      if (why.empty() && !every) break;
    }
    if (granted.empty() || (every && !refused.empty()))
      throw selection_error(selection_error::reason::in_use,
                            "no device is free for " + in_quotes(word.text) + ":" + refused
                                + "\n  try again when it has ended, or share the device: leave out 'exclusive'");
    return granted;
  }

  [[noreturn]] void fail(const selector::word& word) const {
    std::string message = word.text.empty() ? "no usable device:" : "no device is " + in_quotes(word.text) + ":";
    std::size_t number = 0;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const std::vector<std::string> reasons = refusals(word, i);
      message += "\n  " + canonical_selector(i, devices_) + " " + in_quotes(devices_[i].name) + ": ";
      message += reasons.empty() ? "matches as number " + std::to_string(number++) : join(reasons, ", ");
    }
    throw selection_error(selection_error::reason::no_match, message);
  }

  [[nodiscard]] static bool has(const selector::word& word, kind what) {
    return std::any_of(word.conditions.begin(), word.conditions.end(),
                       [&](const selector::condition& c) { return c.what == what; });
  }

  /// Why devices_[i] is not what the word asks for; empty when it is.
  [[nodiscard]] std::vector<std::string> refusals(const selector::word& word, std::size_t i) const {
    std::vector<std::string> reasons;
    const auto refuse = [&](std::string reason) {
      if (!reason.empty()) reasons.push_back(std::move(reason));
    };
    for (const selector::condition& condition : word.conditions) refuse(refusal(condition, i));
    if (devices_[i].sub_device && !has(word, kind::sub)) refuse("a sub-device, add '+sub'");
    const bool named = word.index || has(word, kind::name) || has(word, kind::uuid);
    if (!named) refuse(unusable(i));
    return reasons;
  }

  [[nodiscard]] std::string unusable(std::size_t i) const {
    if (!devices_[i].available) return "not available";
    if (!devices_[i].compiler_available) return "has no compiler";
    if (const quirk* const hidden = quirks_[i].find(quirk_action::hide_device))
      return "hidden by quirk " + std::string(hidden->id);
    for (std::size_t j = 0; j < i; ++j)
      if (is_same(devices_[j], devices_[i]) && unusable(j).empty())
        return "the same as " + canonical_selector(j, devices_);
    return {};
  }

  /// A second driver installation lists its devices again, on a platform of its own.
  [[nodiscard]] static bool is_same(const device_info& a, const device_info& b) {
    const bool known = !a.uuid.empty() && !b.uuid.empty();
    return a.platform_index != b.platform_index && a.name == b.name && a.type == b.type && !a.sub_device
           && !b.sub_device && (known ? a.uuid == b.uuid : a.platform_name == b.platform_name);
  }

  [[nodiscard]] std::string refusal(const selector::condition& wanted, std::size_t i) const {
    const device_info& device = devices_[i];
    const auto lacks = [&](bool present) { return present ? "" : "no " + wanted.text; };
    const auto without = [&](std::string_view noun, std::string_view text) {
      return contains_ignoring_case(text, wanted.text)
                 ? ""
                 : std::string(noun).append(" has no ").append(in_quotes(wanted.text));
    };
    switch (wanted.what) {
    case kind::type: return wanted.text == to_string(device.type) ? "" : not_a(wanted.text);
    case kind::family: return belongs_to(device, wanted.text) ? "" : "not " + wanted.text;
    case kind::fp64: return lacks(device.fp64);
    case kind::fp16: return lacks(device.fp16);
    case kind::images: return lacks(device.images);
    case kind::spirv: return lacks(device.spirv);
    case kind::svm: return lacks(device.svm_coarse || device.svm_fine);
    case kind::sync: return quirks_[i].has(quirk_action::synchronous_device) ? "" : "not synchronous";
    case kind::sub: return device.sub_device ? "" : "not a sub-device";
    case kind::all:
    case kind::exclusive: return {};
    case kind::cl: return too_old(device.opencl, wanted.number);
    case kind::mem:
      return device.global_memory_bytes >= wanted.number
                 ? ""
                 : "only " + format_size(device.global_memory_bytes) + " of memory";
    case kind::cu:
      return device.compute_units >= wanted.number
                 ? ""
                 : "only " + std::to_string(device.compute_units) + " compute units";
    case kind::name: return without("its name", device.name);
    case kind::platform: return without("its platform", device.platform_name);
    case kind::vendor: return without("its vendor", device.vendor);
    case kind::driver: return without("its driver", device.driver_version);
    case kind::uuid:
      if (device.uuid.empty()) return "its uuid is unknown";
      return device.uuid.starts_with(wanted.text) ? "" : "its uuid is " + device.uuid;
    }
    return {};
  }

  [[nodiscard]] static std::string not_a(const std::string& type) {
    if (type == "other") return "not of type other";
    return (type == "accelerator" ? "not an " : "not a ") + type;
  }

  [[nodiscard]] static std::string too_old(version found, std::uint64_t wanted) {
    const auto number =
        100 * static_cast<std::uint64_t>(found.major) + static_cast<std::uint64_t>(found.minor);
    return number >= wanted ? "" : "only OpenCL " + version_text(number);
  }

  std::span<const device_info> devices_;
  const device_claim& claim_;
  std::vector<quirk_set> quirks_;
};

std::vector<std::size_t> select(const selector& wanted, std::span<const device_info> devices,
                                std::string_view quirk_overrides, const device_claim& claim) {
  return selection(devices, quirk_overrides, claim).run(wanted);
}

std::vector<std::size_t> select(std::string_view wanted, std::span<const device_info> devices,
                                std::string_view quirk_overrides, const device_claim& claim) {
  return select(selector::parse(wanted, devices), devices, quirk_overrides, claim);
}

std::string canonical_selector(std::size_t i, std::span<const device_info> devices) {
  const device_info& device = devices[i];
  const std::string_view family = family_of(device);
  const auto alike = [&](const device_info& other) {
    return other.sub_device == device.sub_device
           && (family.empty() ? other.type == device.type : family_of(other) == family);
  };
  const auto before = devices.first(i);
  return std::string(family.empty() ? to_string(device.type) : family) + (device.sub_device ? "+sub" : "")
         + ":" + std::to_string(std::count_if(before.begin(), before.end(), alike));
}

} // namespace clotho
