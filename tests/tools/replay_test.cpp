// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"

#include <clotho/flow/runtime.hpp>

#include "support/skip.hpp"

using namespace clotho::test;

namespace {

struct captured_fixture : command_fixture {
  /// The folder of a captured launch.
  [[nodiscard]] std::filesystem::path capture() const {
    clotho::runtime_options options;
    options.capture = clotho::capture_options{.kernels = "halve", .folder = folder / "saved"};
    const clotho::runtime rt(std::move(options));
    const clotho::buffer<float> x(rt, std::vector<float>{2, 4, 6});
    rt.launch(rt.build("kernel void halve(global float* x) { x[get_global_id(0)] /= 2; }").kernel("halve"), 3, x);
    rt.wait();
    return folder / "saved/halve-0001";
  }
};

} // namespace

TEST_CASE_FIXTURE(captured_fixture, "replay compares, and its status says how that ended") {
  if (!has_device()) CLOTHO_SKIP("a device");
  const std::filesystem::path saved = capture();
  const auto same = run({"replay", saved.string(), "--repeat", "2"});
  CHECK(same.exit_status == 0);
  CHECK(contains(same.output, "halve on "));
  CHECK(contains(same.output, "2 runs: median "));
  CHECK(contains(same.output, "0_x     the same"));
  CHECK(same.errors.empty());

  const auto document = parse(run({"replay", saved.string(), "--json"}).output);
  CHECK(document["schema"] == "clotho.replay/1");
  CHECK(document["same"] == true);
  CHECK(document["kernel_ns"].size() == 1);
  CHECK(document["buffers"][0]["compared"] == 3);

  const float other[] = {1, 2.25f, 3};
  clotho::os::write_file(saved / "0_x.after.bin", std::as_bytes(std::span(other)));
  const auto differs = run({"replay", saved.string()});
  CHECK(differs.exit_status == 1);
  CHECK(contains(differs.errors, "buffer '0_x' differs from the capture: 1 of 3 elements differ; first [1]: 2, expected 2.25; "
                                 "largest difference 0.25"));
  const auto difference = parse(run({"replay", saved.string(), "--json"}).output)["buffers"][0];
  CHECK(difference["first_index"] == 1);
  CHECK(difference["largest_difference"] == 0.25);
  CHECK(run({"replay", saved.string(), "--atol", "0.25"}).exit_status == 0);
  CHECK(run({"replay", saved.string(), "--rtol", "0.2"}).exit_status == 0);
}

TEST_CASE_FIXTURE(captured_fixture, "each way to fail has its status") {
  CHECK(run({"replay"}).exit_status == 2);
  CHECK(run({"replay", "x", "--atol", "-1"}).exit_status == 2);
  CHECK(run({"replay", "x", "--repeat", "0"}).exit_status == 2);
  CHECK(run({"replay", (folder / "nowhere").string()}).exit_status == 6);
  CHECK(run({"replay", folder.path().string()}).exit_status == 6);
  if (!has_device()) CLOTHO_SKIP("a device");
  const std::filesystem::path saved = capture();
  CHECK(run({"replay", saved.string(), "-d", "gpus"}).exit_status == 2);
  CHECK(run({"replay", saved.string(), "-d", "name=there-is-none"}).exit_status == 4);
  const std::string manifest = clotho::os::read_text(saved / "launch.json");
  std::string far = manifest;
  far.replace(far.find("\"round_up\""), 0, "\"local\": [1099511627776], ");
  clotho::os::write_file(saved / "launch.json", far);
  CHECK(run({"replay", saved.string()}).exit_status == 5);
  clotho::os::write_file(saved / "launch.json", manifest.substr(0, 100));
  CHECK(run({"replay", saved.string()}).exit_status == 6);
  clotho::os::write_file(saved / "launch.json", manifest);
  clotho::os::write_file(saved / "kernel.cl", std::string_view("kernel void halve(global float* x) { oops }"));
  CHECK(run({"replay", saved.string()}).exit_status == 3);
}
