// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/core/error.hpp>
#include <clotho/runtime/selector.hpp>

#include <random>
#include <set>
#include <string>

#include "support/fake_devices.hpp"

using namespace clotho;
using positions = std::vector<std::size_t>;
using reason = selection_error::reason;

namespace {

/// 0 pocl, 1 pocl basic, 2 A100, 3 another A100, 4 gfx1100, 5 FPGA emulation, 6 Oclgrind
std::vector<device_info> machine() {
  std::vector<device_info> devices{test::pocl(),    test::pocl_basic(), test::nvidia(),
                                   test::nvidia(),  test::amd(),        test::intel_fpga_emulation(),
                                   test::oclgrind()};
  devices[2].global_memory_bytes -= 1;
  devices[3].uuid = "4c66ffff2e0f4d7c9a55c0ffee000002";
  constexpr std::size_t platforms[] = {0, 0, 1, 1, 2, 3, 4};
  for (std::size_t i = 0; i < devices.size(); ++i) devices[i].platform_index = platforms[i];
  return devices;
}

positions chosen(std::string_view text) { return select(text, machine()); }

template <class F> std::string refusal(reason why, F call) {
  try {
    call();
  } catch (const selection_error& refused) {
    CHECK(refused.why() == why);
    return refused.what();
  }
  return "accepted";
}

std::string bad(std::string_view text, const std::vector<device_info>& devices = {}) {
  const std::string message = refusal(reason::bad_selector, [&] { (void)selector::parse(text, devices); });
  return message.substr(0, message.find('\n'));
}

std::string no_match(std::string_view text, const std::vector<device_info>& devices) {
  return refusal(reason::no_match, [&] { (void)select(text, devices); });
}

} // namespace

TEST_CASE("a word takes the best of its matches") {
  CHECK(chosen("cpu") == positions{0});
  CHECK(chosen("pocl") == positions{0});
  CHECK(chosen("nvidia") == positions{3});
  CHECK(chosen("gpu") == positions{3});
  CHECK(chosen("amd") == positions{4});
  CHECK(chosen("sync") == positions{1});
  CHECK(chosen("oclgrind") == positions{6});
}

TEST_CASE("an index counts matches in the list's order") {
  CHECK(chosen("gpu:0") == positions{2});
  CHECK(chosen("gpu:2") == positions{4});
  CHECK(chosen("nvidia:1") == positions{3});
  CHECK(chosen("pocl:1") == positions{1});
  CHECK(chosen("intel:0") == positions{5});
}

TEST_CASE("several words keep their order and name no device twice") {
  CHECK(chosen("pocl,gpu") == positions{0, 3});
  CHECK(chosen("gpu:2 , gpu:0, nvidia:0") == positions{4, 2});
  CHECK(chosen("gpu,gpu") == positions{3});
}

TEST_CASE("all takes every match that is usable") {
  CHECK(chosen("all") == positions{0, 1, 2, 3, 4, 6});
  CHECK(chosen("all+gpu") == positions{2, 3, 4});
  CHECK(chosen("nvidia+all,cpu+all") == positions{2, 3, 0, 1});
  CHECK(chosen("all+name=fpga") == positions{5});
}

TEST_CASE("conditions") {
  CHECK(chosen("gpu+fp16") == positions{4});
  CHECK(chosen("gpu + fp64 + mem>=8GiB : 0") == positions{2});
  CHECK(chosen("gpu+mem>=40GiB:0") == positions{3});
  CHECK(chosen("cl>=3.0+gpu") == positions{3});
  CHECK(chosen("cl>=3+gpu") == positions{3});
  CHECK(chosen("cl=1.2+accelerator") == positions{6});
  CHECK(chosen("cu>=40+cu=50") == positions{3});
  CHECK(chosen("name=a100:0") == positions{2});
  CHECK(chosen("NAME=A100") == positions{3});
  CHECK(chosen("vendor=advanced micro") == positions{4});
  CHECK(chosen("platform=cuda") == positions{3});
  CHECK(chosen("driver=535.104") == positions{3});
  CHECK(chosen("uuid=4C66FFFF") == positions{3});
  CHECK(chosen("uuid=4c66a1b3-2e0f-4d7c") == positions{2});
  CHECK(chosen("images+cpu") == positions{0});
}

TEST_CASE("families are told by the driver, not by the processor") {
  const std::vector<device_info> devices{
      test::pocl(),      test::rusticl(),   test::clover(), test::oclgrind(), test::nvidia(), test::amd(),
      test::intel_arc(), test::intel_cpu(), test::mali(),   test::adreno(),   test::apple()};
  const std::vector<std::string> words{"pocl",    "rusticl", "clover", "oclgrind", "nvidia", "amd",
                                       "intel:0", "intel:1", "arm",    "qualcomm", "apple"};
  for (std::size_t i = 0; i < words.size(); ++i) CHECK(select(words[i], devices) == positions{i});
  CHECK(select("mesa:0", devices) == positions{1});
  CHECK(select("mesa:1", devices) == positions{2});
  CHECK(select("mali", devices) == positions{8});
}

TEST_CASE("the empty selector takes the best device") {
  CHECK(selector{}.empty());
  CHECK(selector::parse("  ").empty());
  CHECK(chosen("") == positions{3});
  const auto best = [](const std::vector<device_info>& devices) { return select("", devices).front(); };
  SUBCASE("gpu, accelerator, cpu, other") {
    device_info other = test::neutral_device();
    other.type = device_type::other;
    other.compute_units = 9999;
    CHECK(best({other, test::pocl()}) == 1);
    CHECK(best({test::pocl(), test::neutral_device()}) == 1);
    CHECK(best({test::neutral_device(), test::mali()}) == 1);
  }
  SUBCASE("full before embedded profile") {
    device_info embedded = test::nvidia();
    embedded.full_profile = false;
    CHECK(best({embedded, test::amd()}) == 1);
  }
  SUBCASE("memory of its own") { CHECK(best({test::intel_integrated(), test::intel_arc()}) == 1); }
  SUBCASE("speed") { CHECK(best({test::pocl_basic(), test::pocl()}) == 1); }
  SUBCASE("the first of equals") { CHECK(best({test::pocl(), test::pocl()}) == 0); }
  SUBCASE("a simulator only when there is nothing else") {
    CHECK(best({test::oclgrind(), test::pocl()}) == 1);
    CHECK(best({test::oclgrind()}) == 0);
  }
}

TEST_CASE("devices nobody should get by chance") {
  std::vector<device_info> devices{test::nvidia(), test::pocl()};
  SUBCASE("unavailable") {
    devices[0].available = false;
    CHECK(select("", devices) == positions{1});
    CHECK(select("all", devices) == positions{1});
    CHECK(no_match("gpu", devices)
          == "no device is 'gpu':\n  nvidia:0 'NVIDIA A100-SXM4-40GB': not available\n"
             "  pocl:0 'pthread-skylake-avx512-Xeon': not a gpu");
    CHECK(select("name=A100", devices) == positions{0});
    CHECK(select("uuid=4c", devices) == positions{0});
    CHECK(select("nvidia:0", devices) == positions{0});
  }
  SUBCASE("without a compiler") {
    devices[0].compiler_available = false;
    CHECK(select("", devices) == positions{1});
  }
  SUBCASE("hidden by a quirk, which can be dropped") {
    devices[0] = test::intel_fpga_emulation();
    CHECK(select("", devices) == positions{1});
    CHECK(select("", devices, "-intel-fpga-emulation") == positions{0});
    CHECK(no_match("intel", devices)
          == "no device is 'intel':\n  intel:0 'Intel(R) FPGA Emulation Device': hidden by quirk "
             "intel-fpga-emulation\n  pocl:0 'pthread-skylake-avx512-Xeon': not intel");
  }
  SUBCASE("listed again by a second installation") {
    devices = {test::intel_cpu(), test::intel_cpu()};
    devices[1].platform_index = 1;
    CHECK(select("all", devices) == positions{0});
    CHECK(select("intel:1", devices) == positions{1});
    devices[0].available = false;
    CHECK(select("all", devices) == positions{1});
  }
  SUBCASE("two equal cards are two devices") {
    devices = {test::nvidia(), test::nvidia()};
    CHECK(select("all", devices) == positions{0, 1});
  }
}

TEST_CASE("sub-devices match only words that say so") {
  std::vector<device_info> devices{test::pocl(), test::pocl(), test::pocl()};
  devices[1].sub_device = devices[2].sub_device = true;
  CHECK(select("all", devices) == positions{0});
  CHECK(select("all+sub", devices) == positions{1, 2});
  CHECK(select("pocl+sub:1", devices) == positions{2});
  CHECK(no_match("pocl:1", devices)
        == "no device is 'pocl:1':\n"
           "  pocl:0 'pthread-skylake-avx512-Xeon': matches as number 0\n"
           "  pocl+sub:0 'pthread-skylake-avx512-Xeon': a sub-device, add '+sub'\n"
           "  pocl+sub:1 'pthread-skylake-avx512-Xeon': a sub-device, add '+sub'");
}

TEST_CASE("no match says for every device why") {
  CHECK(no_match("gpu+fp64+mem>=64GiB", {test::pocl(), test::nvidia(), test::intel_arc()})
        == "no device is 'gpu+fp64+mem>=64GiB':\n"
           "  pocl:0 'pthread-skylake-avx512-Xeon': not a gpu, only 4 GiB of memory\n"
           "  nvidia:0 'NVIDIA A100-SXM4-40GB': only 40 GiB of memory\n"
           "  intel:0 'Intel(R) Arc(TM) A770 Graphics': no fp64, only 16 GiB of memory");
  const auto why = [](std::string_view word) {
    const std::string message = no_match(word, {test::pocl()});
    return message.substr(message.rfind("': ") + 3);
  };
  CHECK(why("accelerator") == "not an accelerator");
  CHECK(why("other") == "not of type other");
  CHECK(why("nvidia") == "not nvidia");
  CHECK(why("fp16") == "no fp16");
  CHECK(why("spirv") == "no spirv");
  CHECK(why("svm") == "no svm");
  CHECK(why("sync") == "not synchronous");
  CHECK(why("sub") == "not a sub-device");
  CHECK(why("cl>=3.1") == "only OpenCL 3.0");
  CHECK(why("cu>=64") == "only 2 compute units");
  CHECK(why("name=A100") == "its name has no 'A100'");
  CHECK(why("platform=cuda") == "its platform has no 'cuda'");
  CHECK(why("vendor=amd") == "its vendor has no 'amd'");
  CHECK(why("driver=9") == "its driver has no '9'");
  CHECK(why("uuid=ab") == "its uuid is unknown");
  CHECK(no_match("uuid=ab", {test::nvidia()}).ends_with("its uuid is 4c66a1b32e0f4d7c9a55c0ffee000001"));
}

TEST_CASE("without any device the error says what to install") {
  const std::string message = "there is no OpenCL device\n"
                              "  install a driver, on Debian: apt-get install pocl-opencl-icd\n"
                              "  Mesa's rusticl shows devices only when RUSTICL_ENABLE names a driver, for "
                              "example llvmpipe\n"
                              "  'clotho doctor' says what was found";
  CHECK(no_match("", {}) == message);
  CHECK(no_match("gpu", {}) == message);
}

TEST_CASE("a word with exclusive takes the best device that is granted") {
  std::set<std::size_t> taken;
  positions asked;
  const device_claim claim = [&](std::size_t i) -> std::string {
    asked.push_back(i);
    return taken.contains(i) ? "in use by process 7 (other)" : "";
  };
  const auto select_free = [&](std::string_view text) { return select(text, machine(), {}, claim); };
  CHECK(select_free("gpu+exclusive") == positions{3});
  CHECK(asked == positions{3});
  taken = {3};
  CHECK(select_free("gpu+exclusive") == positions{2});
  CHECK(select_free("cpu, exclusive+nvidia") == positions{0, 2});
  CHECK(select_free("gpu+exclusive:2") == positions{4});

  SUBCASE("words without it are granted unasked") {
    asked.clear();
    CHECK(select_free("gpu, all+nvidia") == positions{3, 2});
    CHECK(asked.empty());
  }
  SUBCASE("with an index there is no other") {
    CHECK(refusal(reason::in_use, [&] { (void)select_free("gpu+exclusive:1"); })
          == "no device is free for 'gpu+exclusive:1':\n"
             "  nvidia:1 'NVIDIA A100-SXM4-40GB': in use by process 7 (other)\n"
             "  try again when it has ended, or share the device: leave out 'exclusive'");
  }
  SUBCASE("all is all or nothing") {
    CHECK(refusal(reason::in_use, [&] { (void)select_free("all+nvidia+exclusive"); }).find("nvidia:1") != std::string::npos);
    CHECK(select_free("all+amd+exclusive") == positions{4});
    taken.clear();
    CHECK(select_free("all+nvidia+exclusive") == positions{2, 3});
  }
  SUBCASE("a device that does not fit is no matter of who uses it") {
    CHECK(refusal(reason::no_match, [&] { (void)select_free("apple+exclusive"); }).find("not apple") != std::string::npos);
  }
}

TEST_CASE("selectors that make no sense") {
  CHECK(bad("exclusive=1") == "bad device selector: 'exclusive=1': 'exclusive' takes no value");
  CHECK(bad("gpu exclusive") == "bad device selector: there is no word 'gpu exclusive'; did you mean 'exclusive'?");
  CHECK(bad("gpu:1+exclusive")
        == "bad device selector: ':' in 'gpu:1+exclusive' must be followed by a number that ends the word");
  CHECK(bad("gpu+exclusiv") == "bad device selector: there is no word 'exclusiv'; did you mean 'exclusive'?");
  CHECK(bad("gpus") == "bad device selector: there is no word 'gpus'; did you mean 'gpu'?");
  CHECK(bad("geforce") == "bad device selector: there is no word 'geforce'");
  CHECK(bad("a100", machine()) == "bad device selector: there is no word 'a100'; did you mean 'name=a100'?");
  CHECK(bad("0") == "bad device selector: there is no word '0'");
  CHECK(bad("gpu,,cpu") == "bad device selector: there is nothing before or after a ','");
  CHECK(bad("gpu,") == "bad device selector: there is nothing before or after a ','");
  CHECK(bad("gpu++fp64") == "bad device selector: a condition is missing in 'gpu++fp64'");
  CHECK(bad(":0") == "bad device selector: a condition is missing in ':0'");
  CHECK(bad("gpu:x")
        == "bad device selector: ':' in 'gpu:x' must be followed by a number that ends the word");
  CHECK(bad("gpu:") == "bad device selector: ':' in 'gpu:' must be followed by a number that ends the word");
  CHECK(bad("gpu:0+fp64")
        == "bad device selector: ':' in 'gpu:0+fp64' must be followed by a number that ends the word");
  CHECK(
      bad("gpu:99999999999999999999")
      == "bad device selector: ':' in 'gpu:99999999999999999999' must be followed by a number that ends the "
         "word");
  CHECK(bad("all:0") == "bad device selector: 'all' takes every match, so 'all:0' cannot have an index");
  CHECK(bad("gpu=1") == "bad device selector: 'gpu=1': 'gpu' takes no value");
  CHECK(bad("name") == "bad device selector: 'name': write name=TEXT");
  CHECK(bad("name=") == "bad device selector: 'name=': write name=TEXT");
  CHECK(bad("name>=x") == "bad device selector: 'name>=x': write name=TEXT");
  CHECK(bad("mem>8GiB") == "bad device selector: 'mem>8GiB': write mem>=8GiB");
  CHECK(bad("mem<=8GiB") == "bad device selector: 'mem<=8GiB': write mem>=8GiB");
  CHECK(bad("mem>=big") == "bad device selector: 'mem>=big': write mem>=8GiB");
  CHECK(bad("cl>=3.x") == "bad device selector: 'cl>=3.x': write cl>=3.0");
  CHECK(bad("cl>=.") == "bad device selector: 'cl>=.': write cl>=3.0");
  CHECK(bad("cu>=-1") == "bad device selector: 'cu>=-1': write cu>=16");
  CHECK(bad("uuid=xyz") == "bad device selector: 'uuid=xyz': write uuid=HEX");
  CHECK(bad("uuid=-") == "bad device selector: 'uuid=-': write uuid=HEX");
  CHECK(bad("\x1b[2J") == "bad device selector: there is no word '\\x1b[2J'");
}

TEST_CASE("a bad selector lists what can be written and what exists") {
  const std::string message = refusal(reason::bad_selector, [] {
    (void)select("gpus", std::vector<device_info>{test::pocl(), test::nvidia()});
  });
  CHECK(message
        == "bad device selector: there is no word 'gpus'; did you mean 'gpu'?\n"
           "  words: gpu cpu accelerator other pocl rusticl clover mesa oclgrind nvidia amd intel arm mali "
           "qualcomm apple fp64 fp16 images spirv svm sync sub all exclusive cl>=3.0 mem>=8GiB cu>=16 name=TEXT "
           "platform=TEXT vendor=TEXT driver=TEXT uuid=HEX\n"
           "  joined by '+', several by ',', the N-th match by ':N'\n"
           "  devices: pocl:0 'pthread-skylake-avx512-Xeon'\n"
           "           nvidia:0 'NVIDIA A100-SXM4-40GB'");
}

TEST_CASE("the canonical selector of a device selects it alone") {
  std::vector<device_info> devices = machine();
  for (device_info fake : test::every_fake()) {
    fake.sub_device = devices.size() % 3 == 0;
    fake.available = devices.size() % 5 != 0;
    devices.push_back(fake);
  }
  devices.push_back(test::neutral_device());
  std::set<std::string> seen;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string word = canonical_selector(i, devices);
    CAPTURE(word);
    CHECK(seen.insert(word).second);
    CHECK(select(word, devices) == positions{i});
  }
  CHECK(canonical_selector(0, devices) == "pocl:0");
  CHECK(canonical_selector(3, devices) == "nvidia:1");
  CHECK(canonical_selector(0, std::vector<device_info>{test::neutral_device()}) == "accelerator:0");
}

TEST_CASE("any text is a selector or a selection_error") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> pieces{
      "gpu", "cpu",  "all", "+", ",",    ":",     ">=", "=", "mem", "cl", "8GiB", "name", "0", "99",  "x",
      "sub", "uuid", "3.0", " ", "\xff", "fp64:", "-",  "<", "!",   "cu", "sync", "pocl", ".", "A100"};
  const std::vector<device_info> devices = machine();
  std::size_t accepted = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (auto left = random() % 8; left > 0; --left) text += pieces[random() % pieces.size()];
    CAPTURE(text);
    try {
      accepted += select(text, devices).size() > 0;
    } catch (const selection_error& refused) {
      CHECK(std::string(refused.what()).size() > 20);
    } catch (...) {
      FAIL("another exception");
    }
  }
  CHECK(accepted > 0);
  for (const std::size_t length : {std::size_t{1000}, std::size_t{1000000}}) {
    CHECK(bad(std::string(length, 'g')).size() < 200);
    CHECK(bad(std::string(length, ',')).size() < 200);
    CHECK(bad(std::string(length, '+')).size() < 200);
    CHECK(bad("gpu:" + std::string(length, '9')).size() < 300);
  }
}
