// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/quirk.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>

#include "support/fake_devices.hpp"

using namespace clotho;

namespace {

constexpr operating_system systems[] = {operating_system::gnu_linux, operating_system::android,
                                        operating_system::windows, operating_system::macos};

bool matches_anywhere(const quirk& entry, const device_info& device) {
  return std::any_of(std::begin(systems), std::end(systems),
                     [&](operating_system os) { return matches(entry.when, device, os); });
}

bool has(const device_info& device, quirk_action action) {
  return quirks_for(device, "", operating_system::gnu_linux).has(action);
}

std::string ids(const quirk_set& set) {
  std::vector<std::string> words;
  for (const quirk* entry : set.all()) words.emplace_back(entry->id);
  return join(words, " ");
}

std::string refusal(std::string_view overrides) {
  try {
    (void)quirks_for(test::neutral_device(), overrides);
  } catch (const argument_error& refused) {
    return refused.what();
  }
  return "accepted";
}

} // namespace

TEST_CASE("the table") {
  CHECK(quirk_table().size() >= 35);
  const std::vector<device_info> fakes = test::every_fake();
  std::set<std::string_view> seen;
  for (const quirk& entry : quirk_table()) {
    CAPTURE(std::string(entry.id));
    CHECK(seen.insert(entry.id).second);
    CHECK(entry.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
    CHECK(entry.reason.ends_with('.'));
    CHECK_FALSE(entry.source.empty());
    CHECK(std::string(to_string(entry.action)) != "unknown");
    CHECK(std::any_of(fakes.begin(), fakes.end(), [&](auto& fake) { return matches_anywhere(entry, fake); }));
    if (entry.when.os == operating_system::any)
      CHECK_FALSE(matches_anywhere(entry, test::neutral_device()));
    else
      CHECK_FALSE(matches(entry.when, test::neutral_device(),
                          entry.when.os == operating_system::macos ? operating_system::windows
                                                                   : operating_system::macos));
  }
}

TEST_CASE("no device gets two values for one action") {
  for (const device_info& fake : test::every_fake()) {
    std::map<quirk_action, std::optional<std::uint64_t>> values;
    const quirk_set quirks = quirks_for(fake);
    for (const quirk* entry : quirks.all()) {
      CAPTURE(std::string(entry->id));
      CAPTURE(fake.name);
      CHECK(values.emplace(entry->action, entry->value).first->second == entry->value);
    }
  }
}

TEST_CASE("a neutral device has no quirks") {
  CHECK(quirks_for(test::neutral_device(), "", operating_system::gnu_linux).all().empty());
  CHECK(ids(quirks_for(test::neutral_device(), "", operating_system::windows)) == "windows-exit");
}

TEST_CASE("PoCL") {
  using enum quirk_action;
  CHECK(has(test::pocl(), explicit_local_size));
  CHECK(has(test::pocl(), check_local_memory_first));
  CHECK(has(test::pocl(), private_arrays_on_stack));
  CHECK(has(test::pocl(), defer_binary_store));
  CHECK_FALSE(has(test::pocl(), synchronous_device));
  CHECK_FALSE(has(test::pocl(), max_parameter_bytes));
  SUBCASE("its synchronous devices") {
    CHECK(has(test::pocl_basic(), synchronous_device));
    CHECK(has(test::pocl_basic(), serialise_launches));
    CHECK(has(test::pocl_basic(), no_user_event_gate));
    CHECK(has(test::pocl_minimal(), synchronous_device));
    CHECK(has(test::pocl_minimal(), no_user_event_gate));
    CHECK_FALSE(has(test::pocl("3.1", "pthread-basic"), synchronous_device));
  }
  SUBCASE("the handle cache was mended in 6.0") {
    CHECK(has(test::pocl("5.0", "cpu-minimal-x"), serialise_launches));
    CHECK(has(test::pocl("6.0-pre", "cpu-minimal-x"), serialise_launches));
    CHECK_FALSE(has(test::pocl("6.0", "cpu-minimal-x"), serialise_launches));
    CHECK_FALSE(has(test::pocl("10.1", "cpu-minimal-x"), serialise_launches));
  }
  SUBCASE("a platform under another name is known by its version") {
    device_info renamed = test::pocl_basic();
    renamed.platform_name = "Acme";
    CHECK(has(renamed, synchronous_device));
  }
  SUBCASE("an unreadable driver version is in every range") {
    CHECK(has(test::pocl("", "basic"), serialise_launches));
  }
}

TEST_CASE("values") {
  const auto value = [](const device_info& device, quirk_action action) {
    return quirks_for(device).value(action);
  };
  CHECK(value(test::nvidia(), quirk_action::largest_fill) == (1u << 31) - 1u);
  CHECK(value(test::intel_arc(), quirk_action::large_buffer_flags) == 1u << 23);
  CHECK(value(test::intel_arc(), quirk_action::zero_copy_alignment) == 4096u);
  CHECK(value(test::nvidia("P106-100"), quirk_action::max_cl_std) == 120u);
  CHECK(value(test::pocl("2.9"), quirk_action::max_parameter_bytes) == 1u << 20);
  CHECK_FALSE(value(test::nvidia(), quirk_action::max_cl_std));
  CHECK_FALSE(value(test::nvidia(), quirk_action::query_kernel_after_create));
}

TEST_CASE("vendors") {
  using enum quirk_action;
  SUBCASE("NVIDIA reports half precision only up to driver 520") {
    device_info device = test::nvidia();
    CHECK(has(device, define_fp16));
    device.driver_version = "515.65.01";
    CHECK_FALSE(has(device, define_fp16));
    device.driver_version = "535.104.05";
    device.extensions.emplace_back("cl_khr_fp16");
    CHECK_FALSE(has(device, define_fp16));
  }
  SUBCASE("zero copy") {
    CHECK(has(test::nvidia_gb10(), no_implicit_zero_copy));
    CHECK_FALSE(has(test::nvidia(), no_implicit_zero_copy));
    CHECK(has(test::mali(), no_implicit_zero_copy));
  }
  SUBCASE("Intel's large buffers need more than 4 GiB to matter") {
    device_info device = test::intel_arc();
    CHECK(has(device, large_buffer_flags));
    device.global_memory_bytes = std::uint64_t{4} << 30;
    CHECK_FALSE(has(device, large_buffer_flags));
  }
  SUBCASE("an Intel processor under PoCL is not Intel's runtime") {
    CHECK_FALSE(has(test::pocl(), extra_build_timeout));
    CHECK(has(test::intel_cpu(), extra_build_timeout));
  }
  SUBCASE("Oclgrind and other old devices") {
    CHECK(has(test::oclgrind(), avoid_create_queue_with_properties));
    CHECK(has(test::oclgrind(), no_cl30_build));
    CHECK(has(test::clover(), avoid_create_queue_with_properties));
    CHECK_FALSE(has(test::amd(), avoid_create_queue_with_properties));
  }
  SUBCASE("what to hide") {
    CHECK(has(test::intel_fpga_emulation(), hide_device));
    CHECK_FALSE(has(test::intel_cpu(), hide_device));
  }
}

TEST_CASE("driver versions") {
  const auto order = [](std::string_view a, std::string_view b) {
    const auto result = compare_driver_versions(a, b);
    CHECK(compare_driver_versions(b, a) == (0 <=> result));
    return result < 0 ? '<' : result > 0 ? '>' : '=';
  };
  CHECK(order("3.1+debian", "3.1") == '=');
  CHECK(order("3.1-3+deb12u1", "3.1") == '=');
  CHECK(order("3.1", "3.1.0") == '=');
  CHECK(order("3.1", "3.1.1") == '<');
  CHECK(order("3.9", "3.10") == '<');
  CHECK(order("535.104.05", "535.54") == '>');
  CHECK(order("535.104.05", "535.104.5") == '=');
  CHECK(order("23.22.26516.18", "23.22.26516.2") == '>');
  CHECK(order("Oclgrind 21.10", "21.9") == '>');
  CHECK(order("3635.0 (HSA1.1,LC)", "3635") == '=');
  CHECK(order("6.0-pre", "6.0") == '<');
  CHECK(order("6.0-pre main-0-g1234", "5.9") == '>');
  CHECK(order("6.0-rc1", "6.0") == '<');
  CHECK(order("6.0~beta", "6.0-rc1") == '=');
  CHECK(order("", "0") == '=');
  CHECK(order("none", "0.1") == '<');
  CHECK(order("99999999999999999999999", "99999999999999999999998") == '>');
  CHECK(order("1.", "1") == '=');
}

TEST_CASE("overrides") {
  const device_info device = test::neutral_device();
  const auto with = [&](std::string_view overrides) {
    return ids(quirks_for(device, overrides, operating_system::gnu_linux));
  };
  CHECK(with("") == "");
  CHECK(with("  ") == "");
  CHECK(with("+pocl-printf") == "pocl-printf");
  CHECK(with("+pocl-printf, +nvidia-waits") == "nvidia-waits pocl-printf");
  CHECK(with("+pocl-printf,+pocl-printf") == "pocl-printf");
  CHECK(with("+pocl-printf,-pocl-printf") == "");
  CHECK(with("+pocl-printf,none,+nvidia-waits") == "nvidia-waits");
  CHECK(with("-pocl-printf") == "");
  CHECK(quirks_for(test::pocl(), "none").all().empty());
  CHECK_FALSE(quirks_for(test::pocl(), "-pocl-explicit-local-size").has(quirk_action::explicit_local_size));
  SUBCASE("a forced value wins over the table's") {
    CHECK(quirks_for(test::nvidia(), "+intel-parameter-size").value(quirk_action::max_parameter_bytes)
          == 1024u);
  }
}

TEST_CASE("overrides that make no sense") {
  CHECK(refusal("+pocl-print")
        == "quirk overrides: there is no quirk 'pocl-print' in '+pocl-print'; did you "
           "mean 'pocl-printf'?");
  CHECK(refusal("pocl-printf") == "quirk overrides: 'pocl-printf' is neither '+id', '-id' nor 'none'");
  CHECK(refusal("none,") == "quirk overrides: '' is neither '+id', '-id' nor 'none'");
  CHECK(refusal("+a\x1b").starts_with("quirk overrides: there is no quirk 'a\\x1b' in '+a\\x1b'; there are: "
                                      "pocl-explicit-local-size, "));
}

TEST_CASE("any text is an override or an argument_error") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string letters = "+-,none pocl-printf\x01\xff";
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 24, ' ');
    for (char& c : text) c = letters[random() % letters.size()];
    CAPTURE(text);
    try {
      (void)quirks_for(test::pocl(), text);
    } catch (const argument_error&) {
    } catch (...) {
      FAIL("another exception");
    }
  }
}

TEST_CASE("describe") {
  const auto text = [](std::string_view id) {
    for (const quirk& entry : quirk_table())
      if (entry.id == id) return describe(entry);
    return std::string();
  };
  CHECK(
      text("pocl-handle-cache")
      == "pocl-handle-cache: serialise_launches when platform 'PoCL', device '^basic|^cpu-minimal', driver < "
         "6.0; Concurrent launches of one kernel that differ in \"offset is zero\" or in grid width abort in "
         "the handle cache. (measured on PoCL 3.1; its source up to 5.0)");
  CHECK(text("intel-large-buffers")
            .starts_with("intel-large-buffers: large_buffer_flags = 8388608 when platform '^Intel(R)', gpu, "
                         "memory > 4 GiB; "));
  CHECK(text("cl12-queue-properties").find(" when OpenCL < 2.0; ") != std::string::npos);
  CHECK(text("windows-exit").find(" when Windows; ") != std::string::npos);
}
