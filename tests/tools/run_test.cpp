// SPDX-License-Identifier: Apache-2.0
// `clotho run`: results, exit statuses and messages. Needs a device, PoCL at least.
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include <clotho/job/npy.hpp>
#include <clotho/job/png.hpp>

#include <clotho/runtime/device.hpp>

#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho;
using namespace clotho::test;
using clotho::job::process_result;

namespace {

constexpr const char* saxpy = R"(
// /// clotho
// kernel = "saxpy"
// global = ["n"]
// args = { n = 8, a = 2.0, x = "iota:n", y = "fill:n,value=1" }
// print = ["y"]
// flops = "2*n"
// bytes = "12*n"
// ///
__kernel void saxpy(uint n, float a, __global const float* x, __global float* y) {
  size_t i = get_global_id(0);
  if (i < n) y[i] = a * x[i] + y[i];
}
)";

constexpr const char* chain = R"(
clotho = 1
[params]
a = 3
[buffers.x]
source = "iota:5"
[buffers.t]
like = "x"
[buffers.y]
like = "x"
save = "y.npy"
[[steps]]
id = "first"
kernel = "add.cl"
args = { from = "x", to = "t", a = "$a" }
[[steps]]
id = "second"
kernel = "add.cl"
args = { from = "t", to = "y", a = 1 }
)";
constexpr const char* add = "__kernel void add(__global const int* from, __global int* to, int a) {\n"
                            "  size_t i = get_global_id(0);\n  to[i] = from[i] + a;\n}\n";

struct run_fixture : command_fixture {
  // `clotho run FILE ARGUMENTS`, FILE in the fixture's folder.
  process_result clotho_run(const std::string& file, std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), {"run", (folder / file).string()});
    return run(std::move(arguments));
  }
  // The same from a shell, which can redirect and limit.
  process_result shell(const std::string& script) const {
    const std::string set_up = "cd '" + folder.path().string() + "'; CLOTHO='" CLOTHO_COMMAND "'; ";
    return job::run_process(
        {{"sh", "-c", set_up + script}, {{"CLOTHO_CACHE_DIR", (folder / "cache").string()}}, {}},
        std::chrono::minutes(4));
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string save_floats(const std::string& name, std::size_t count) const {
    host_array array = make_array(scalar::f32, {count});
    std::iota(array.values<float>().begin(), array.values<float>().end(), 0.0F);
    write_npy(folder / name, array);
    return path(name);
  }
};

// The status and a part of the message of a run that fails, with the whole message when it does not.
void check_fails(const process_result& result, int status, const std::string& message) {
  CAPTURE(result.output);
  CAPTURE(result.errors);
  CHECK(result.exit_status == status);
  CHECK(contains(result.errors, message));
  CHECK(contains(result.errors, "clotho: error: "));
}

} // namespace

TEST_CASE_FIXTURE(run_fixture, "run of a bare kernel shows what its file asks for") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("saxpy.cl", saxpy);
  SUBCASE("data on standard output, the table on standard error") {
    const process_result result = clotho_run("saxpy.cl");
    CHECK(result.exit_status == 0);
    CHECK(result.output == "y f32 (8,)\n[1 3 5 7 9 11 13 15]\n");
    CHECK(contains(result.errors, "GFLOP/s"));
  }
  SUBCASE("the table on standard output when it is the result") {
    const process_result result = clotho_run("saxpy.cl", {"-o", "y=" + path("y.npy")});
    CHECK(result.exit_status == 0);
    CHECK(contains(result.output, "GFLOP/s"));
    CHECK(result.errors.empty());
    CHECK(read_npy(folder / "y.npy").values<float>()[7] == 15);
  }
  SUBCASE("nothing when quiet") {
    const process_result result = clotho_run("saxpy.cl", {"--quiet"});
    CHECK(result.exit_status == 0);
    CHECK(result.output.empty());
    CHECK(result.errors.empty());
  }
  SUBCASE("an array as npy on standard output") {
    const process_result result = clotho_run("saxpy.cl", {"-o", "y=-"});
    CHECK(result.exit_status == 0);
    CHECK(read_npy(std::as_bytes(std::span(result.output))).values<float>()[2] == 5);
  }
  SUBCASE("an array from standard input") {
    const std::string x = save_floats("x.npy", 4);
    const process_result result = shell("\"$CLOTHO\" run saxpy.cl n=4 x=@- --quiet --print y < x.npy");
    CHECK(result.output == "y f32 (4,)\n[1 3 5 7]\n");
  }
  SUBCASE("as JSON") {
    const process_result result =
        clotho_run("saxpy.cl", {"--json", "--repeat", "3", "--expect", "y=1,3,5,7,9,11,13,15"});
    CHECK(result.exit_status == 0);
    const nlohmann::json document = parse(result.output);
    CHECK(document["schema"] == "clotho.run/1");
    REQUIRE(document["steps"].size() == 1);
    CHECK(document["steps"][0]["kernel"] == "saxpy");
    CHECK(document["steps"][0]["kernel_ns"].size() == 3);
    CHECK(document["steps"][0]["flops"] == 16);
    CHECK(document["steps"][0]["kernel_bytes"] == 96);
    const bool shares = select_device().quirks().has(quirk_action::host_memory_itself);
    CHECK(document["steps"][0]["upload_bytes"] == (shares ? 0 : 64));
    CHECK(document["expectations"][0]["holds"] == true);
  }
}

TEST_CASE_FIXTURE(run_fixture, "run finds in its cache what it compiled before") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("saxpy.cl", saxpy);
  const auto cached = [&](std::vector<std::string> more) {
    more.push_back("--json");
    return parse(clotho_run("saxpy.cl", more).output)["steps"][0]["cached"].get<bool>();
  };
  CHECK_FALSE(cached({}));
  const bool second = cached({});
  if (!second) CLOTHO_SKIP("a driver whose binaries clotho keeps");
  CHECK_FALSE(cached({"--no-cache"}));
}

TEST_CASE_FIXTURE(run_fixture, "a kernel's printf does not mix with data") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("p.cl", "__kernel void p(__global int* y) { printf(\"hello\\n\"); y[0] = 7; }");
  const process_result result = clotho_run("p.cl", {"y=zeros:1", "--print", "y", "--quiet"});
  CHECK(result.output == "y i32 (1,)\n[7]\n");
}

TEST_CASE_FIXTURE(run_fixture, "expectations decide the exit status") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("saxpy.cl", saxpy);
  SUBCASE("met") { CHECK(clotho_run("saxpy.cl", {"n=2", "--expect", "y=1,3"}).exit_status == 0); }
  SUBCASE("met within a tolerance") {
    CHECK(clotho_run("saxpy.cl", {"n=2", "--expect", "y=1.01,3.01,atol=0.02"}).exit_status == 0);
  }
  SUBCASE("not met: outputs are written all the same") {
    const process_result result =
        clotho_run("saxpy.cl", {"n=2", "--expect", "y=1,4", "-o", "y=" + path("y.npy")});
    check_fails(result, 1,
                "expectation failed: y = 1,4: 1 of 2 elements differ; first [1]: 3, expected 4; largest "
                "difference 1");
    CHECK(std::filesystem::exists(folder / "y.npy"));
  }
  SUBCASE("another shape") {
    check_fails(clotho_run("saxpy.cl", {"n=2", "--expect", "y=zeros:3"}), 1,
                "its shape is (2,), expected (3,)");
  }
  SUBCASE("a tolerance that is none") {
    check_fails(clotho_run("saxpy.cl", {"--expect", "y=1,atol=-1"}), 2, "'-1' is no tolerance");
  }
}

TEST_CASE_FIXTURE(run_fixture, "run refuses what makes no sense, and says what would") {
  write("saxpy.cl", saxpy);
  SUBCASE("a file that is not there") { check_fails(clotho_run("none.cl"), 6, "none.cl"); }
  SUBCASE("a kernel that is not there") {
    check_fails(clotho_run("saxpy.cl:saxpi"), 2, "there is no kernel 'saxpi' in ");
    check_fails(clotho_run("saxpy.cl:saxpi"), 2, "it has saxpy. Did you mean 'saxpy'?");
  }
  SUBCASE("an argument that is not there") {
    check_fails(clotho_run("saxpy.cl", {"m=1"}), 2, "kernel 'saxpy' has no argument 'm'; it has n, a, x, y");
  }
  SUBCASE("a value without a name") { check_fails(clotho_run("saxpy.cl", {"5"}), 2, "has no name"); }
  SUBCASE("a number that does not fit") {
    check_fails(clotho_run("saxpy.cl", {"n=-1"}), 2, "argument 'n' (uint): -1 does not fit");
  }
  SUBCASE("a number that overflows") {
    check_fails(clotho_run("saxpy.cl", {"a=1e999"}), 2, "argument 'a' (float)");
  }
  SUBCASE("NaN for a count") { check_fails(clotho_run("saxpy.cl", {"n=nan"}), 2, "'n'"); }
  SUBCASE("a word for a number") { check_fails(clotho_run("saxpy.cl", {"n=many"}), 2, "'many'"); }
  SUBCASE("an array where a number belongs") {
    check_fails(clotho_run("saxpy.cl", {"a=zeros:4"}), 2, "argument 'a' (float) takes a number");
  }
  SUBCASE("an output without a file") {
    check_fails(clotho_run("saxpy.cl", {"-o", "y"}), 2,
                "say which array goes to which file, as in -o y=y.npy");
  }
  SUBCASE("an output that is only read") {
    check_fails(clotho_run("saxpy.cl", {"-o", "x=x.npy"}), 2,
                "cannot save 'x': kernel 'saxpy' only reads it");
  }
  SUBCASE("a size that is no expression") { check_fails(clotho_run("saxpy.cl", {"-g", "n+"}), 2, "-g n+"); }
  SUBCASE("two users of standard output") {
    check_fails(clotho_run("saxpy.cl", {"--json", "--print", "y"}), 2,
                "--json has standard output for itself");
    check_fails(clotho_run("saxpy.cl", {"-o", "y=-", "--print", "y"}), 2, "both want standard output");
  }
  SUBCASE("broken front matter") {
    write("front.cl", "// /// clotho\n// kernel = \n// ///\n__kernel void f() {}\n");
    check_fails(clotho_run("front.cl"), 6, "front.cl:2:");
  }
}

TEST_CASE_FIXTURE(run_fixture, "run refuses files that are not what they say") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("saxpy.cl", saxpy);
  save_floats("x.npy", 8);
  os::bytes content = os::read_file(folder / "x.npy");
  const std::string at_x = "x=@" + path("x.npy");
  const auto run_with = [&](const os::bytes& bytes) {
    os::write_file(folder / "x.npy", bytes);
    return clotho_run("saxpy.cl", {at_x});
  };
  const auto replaced = [&](const std::string& what, const std::string& by) {
    std::string text(reinterpret_cast<const char*>(content.data()), content.size());
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), by);
    const auto bytes = std::as_bytes(std::span(text));
    return os::bytes(bytes.begin(), bytes.end());
  };
  SUBCASE("truncated npy") {
    content.resize(content.size() - 1);
    check_fails(run_with(content), 6, "x.npy");
  }
  SUBCASE("npy with a lying shape") { check_fails(run_with(replaced("(8,)", "(9,)")), 6, "x.npy"); }
  SUBCASE("npy with a shape beyond memory") {
    check_fails(run_with(replaced("(8,), }          ", "(99999999999,), }")), 6, "x.npy");
  }
  SUBCASE("npy of objects") { check_fails(run_with(replaced("'<f4'", "'|O' ")), 6, "x.npy"); }
  SUBCASE("npy that announces a header of 4 GiB") {
    const std::string bytes("\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr': '<f4'", 27);
    const auto all = std::as_bytes(std::span(bytes));
    check_fails(run_with({all.begin(), all.end()}), 6, "x.npy");
  }
  SUBCASE("broken png") {
    write("x.png", "\x89PNG\r\n\x1a\nnot a picture");
    check_fails(clotho_run("saxpy.cl", {"x=@" + path("x.png")}), 6, "x.png");
  }
  SUBCASE("an array of the wrong size for nobody: a kernel's n decides") {
    CHECK(clotho_run("saxpy.cl", {"n=4", at_x}).exit_status == 0);
  }
}

TEST_CASE_FIXTURE(run_fixture, "run of a kernel that does not build shows the line") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("bad.cl", "__kernel void f(__global float* y) {\n  y[0] = undeclared;\n}\n");
  const process_result result = clotho_run("bad.cl", {"y=zeros:1"});
  check_fails(result, 3, "bad.cl");
  CHECK(contains(result.errors, "bad.cl:2:10: error: "));
}

TEST_CASE_FIXTURE(run_fixture, "run without a device says so") {
  write("saxpy.cl", saxpy);
  const process_result none = run({"run", path("saxpy.cl")}, {{"OCL_ICD_VENDORS", "/nonexistent/"}});
  check_fails(none, 4, "");
  check_fails(clotho_run("saxpy.cl", {"-d", "toaster"}), 2, "toaster");
}

TEST_CASE_FIXTURE(run_fixture, "limits of a device are messages, not crashes") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  SUBCASE("local memory") {
    write("l.cl", "__kernel void l(__global int* y, __local int* t) { t[0] = 1; y[0] = t[0]; }");
    check_fails(clotho_run("l.cl", {"y=zeros:4", "t=local:1G"}), 5, "of local memory");
  }
  SUBCASE("memory of the device") {
    write("b.cl", "__kernel void b(__global uchar* y) { y[get_global_id(0)] = 1; }");
    check_fails(clotho_run("b.cl", {"y=zeros:9000000000000000"}), 5, "which allocates at most");
  }
  SUBCASE("large private arrays with the local size left open work") {
    write("s.cl", "__kernel void s(__global int* y) { int a[1024]; size_t g = get_global_id(0);\n"
                  "  for (int i = 0; i < 1024; ++i) a[(i * 7 + g) % 1024] = i;\n"
                  "  int sum = 0; for (int i = 0; i < 1024; ++i) sum += a[i]; y[g] = sum; }\n");
    CHECK(clotho_run("s.cl", {"y=zeros:4096", "--expect", "y=523776"}).exit_status == 0);
  }
}

TEST_CASE_FIXTURE(run_fixture, "a run that cannot write leaves what was there") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("saxpy.cl", saxpy);
  SUBCASE("no such folder: known before anything runs") {
    check_fails(clotho_run("saxpy.cl", {"-o", "y=" + path("no/such/y.npy")}), 6, "create it first");
  }
  SUBCASE("a full disk") {
    std::filesystem::create_symlink("/dev/full", folder / "y.npy");
    check_fails(clotho_run("saxpy.cl", {"-o", "y=" + path("y.npy")}), 6, "No space left on device");
  }
  SUBCASE("a full disk behind standard output") {
    const process_result result = shell("\"$CLOTHO\" run saxpy.cl --quiet --print y > /dev/full");
    check_fails(result, 6, "cannot write to standard output: No space left on device");
  }
  SUBCASE("a limit on file sizes") {
    write("y.npy", "as it was");
    const process_result result = shell("ulimit -f 4096; exec \"$CLOTHO\" run saxpy.cl n=4000000 -o y=y.npy");
    check_fails(result, 6, "File too large");
    CHECK(os::read_text(folder / "y.npy") == "as it was");
    const auto is_left_over = [](const auto& entry) { return contains(entry.path().string(), "y.npy.tmp"); };
    CHECK(std::none_of(std::filesystem::directory_iterator(folder.path()), {}, is_left_over));
  }
}

namespace {

// Of any of its threads.
bool has_child(const std::string& pid) {
  std::error_code gone; // as threads may be
  for (std::filesystem::directory_iterator at("/proc/" + pid + "/task", gone), end; !gone && at != end; at.increment(gone))
    if (int child = 0; std::ifstream(at->path() / "children") >> child) return true;
  return false;
}

} // namespace

TEST_CASE_FIXTURE(run_fixture, "an interrupted run ends with 130 and touches no file") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("slow.cl",
        "__kernel void slow(__global int* y) {\n"
        "  if (get_global_id(0) == 0) printf(\"started\\n\");\n"
        "  for (int i = 0; i < 100000; ++i) y[get_global_id(0)] = y[get_global_id(0)] * 3 + i;\n}\n");
  write("y.npy", "as it was");
  const std::string script = "cd '" + folder.path().string()
                             + "'; echo $$; exec '" CLOTHO_COMMAND
                               "' run slow.cl y=zeros:64 --repeat 100000 -o y=y.npy 2>&1";
  job::child_process child(
      {{"sh", "-c", script}, {{"CLOTHO_CACHE_DIR", path("cache")}, {"POCL_CACHE_DIR", path("pocl")}}, {}});
  const auto deadline = job::child_process::clock::now() + std::chrono::minutes(2);
  const auto pid = child.read_line(deadline);
  REQUIRE(pid);
  const auto number = static_cast<pid_t>(std::stol(*pid));
  SUBCASE("alone, while the kernel runs") {
    std::optional<std::string> line;
    do line = child.read_line(deadline);
    while (line && !contains(*line, "started"));
    REQUIRE(line);
    ::kill(number, SIGINT);
  }
  SUBCASE("at a terminal, with the driver's linker") {
    while (!has_child(*pid) && job::child_process::clock::now() < deadline) std::this_thread::yield();
    ::kill(-number, SIGINT);
  }
  const process_result result = child.wait(deadline);
  CHECK(result.exit_status == 130);
  CHECK(contains(result.output, "clotho: error: interrupted; no output was written"));
  CHECK(os::read_text(folder / "y.npy") == "as it was");
}

TEST_CASE_FIXTURE(run_fixture, "run on several devices") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("saxpy.cl", saxpy);
  const changes two{{"POCL_DEVICES", "pthread pthread"}};
  const auto split_run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", path("saxpy.cl"), "-d", "all", "--expect", "y=1,3,5,7,9,11,13,15"});
    return run(std::move(more), two);
  };
  SUBCASE("split") {
    const process_result result = split_run({"--split", "x,y", "--json"});
    CHECK(result.exit_status == 0);
    const auto document = parse(result.output);
    CHECK(document["devices"].size() == 2);
    CHECK(document["steps"][0]["split"] == true);
  }
  SUBCASE("in a table") { CHECK(contains(split_run({"--split", "y"}).output, "device")); }
  SUBCASE("of an array that is none") { check_fails(split_run({"--split", "y,n"}), 2, "cannot split 'n'"); }
  SUBCASE("of nothing that is written") { check_fails(split_run({"--split", "x"}), 2, "the split must name it"); }
  SUBCASE("with a margin of what is written") { check_fails(split_run({"--split", "y:1"}), 2, "only what is read can have a margin"); }
  SUBCASE("with a margin that is none") { check_fails(split_run({"--split", "y:-1"}), 2, "--split: 'y:-1' is no array"); }
}

TEST_CASE_FIXTURE(run_fixture, "run of a pipeline") {
  write("job.toml", chain);
  write("add.cl", add);
  SUBCASE("writes what it says, relative to its own folder") {
    if (!has_device()) CLOTHO_SKIP("an OpenCL device");
    CHECK(clotho_run("job.toml", {"--expect", "y=4,5,6,7,8"}).exit_status == 0);
    CHECK(read_npy(folder / "y.npy").values<std::int32_t>()[0] == 4);
  }
  SUBCASE("takes parameters, buffers and outputs, relative to the current folder") {
    if (!has_device()) CLOTHO_SKIP("an OpenCL device");
    const process_result result =
        clotho_run("job.toml", {"a=10", "x=iota:2", "-o", "t=" + path("t.npy"), "--print", "y", "-q"});
    CHECK(result.output == "y i32 (2,)\n[11 12]\n");
    CHECK(read_npy(folder / "t.npy").values<std::int32_t>()[1] == 11);
  }
  SUBCASE("is drawn without a device") {
    const auto dry = [&](const char* form) {
      return run({"run", path("job.toml"), form}, {{"OCL_ICD_VENDORS", "/nonexistent/"}});
    };
    CHECK(dry("--dry-run").exit_status == 0);
    CHECK(contains(dry("--dry-run").output, "second"));
    CHECK(contains(dry("--dry-run=dot").output, "digraph"));
    check_fails(dry("--dry-run=ascii"), 2, "--dry-run");
    CHECK_FALSE(std::filesystem::exists(folder / "y.npy"));
  }
  SUBCASE("with an unknown name") { check_fails(clotho_run("job.toml", {"b=1"}), 2, "'b'"); }
  SUBCASE("with an unknown buffer to save") {
    check_fails(clotho_run("job.toml", {"-o", "z=z.npy"}), 2, "-o: there is no buffer 'z' in ");
  }
  SUBCASE("with options of a kernel") {
    check_fails(clotho_run("job.toml", {"-g", "5"}), 2, "-g is for a kernel file; ");
  }
  SUBCASE("with a mistake in its TOML") {
    write("bad.toml", "clotho = 1\n[params\na = 1\n");
    check_fails(clotho_run("bad.toml"), 6, "bad.toml:2:");
  }
  SUBCASE("with an unknown buffer in a step") {
    std::string text = chain;
    text.replace(text.find("from = \"x\""), 10, "from = \"q\"");
    write("bad.toml", text);
    check_fails(clotho_run("bad.toml"), 6, "'q'");
  }
  SUBCASE("with steps that wait for each other") {
    if (!has_device()) CLOTHO_SKIP("an OpenCL device");
    std::string text = chain;
    text.replace(text.find("id = \"first\""), 12, "id = \"first\"\nafter = [\"second\"]\n");
    text.replace(text.find("id = \"second\""), 13, "id = \"second\"\nafter = [\"first\"]\n");
    write("bad.toml", text);
    const process_result result = clotho_run("bad.toml");
    check_fails(result, 6, "first");
    CHECK(contains(result.errors, "second"));
  }
}
