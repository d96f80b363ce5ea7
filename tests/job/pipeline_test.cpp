// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include <clotho/job/pipeline.hpp>

#include "damage.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::job;
using clotho::test::message_of;

namespace {

const std::string edges_toml = R"(clotho = 1
[params]
sigma = 1.5
n = 3
weights = [1, 2.5]

[buffers.src]
load = "photo.png"
[buffers.tmp]
like = "src"
[buffers.noise]
source = "rand:(2*n)x4,seed=7"
type = "f32"
[buffers.grid]
shape = ["src.h", "src.w"]
save = "out/grid.npy"

[[steps]]
id = "blur"
kernel = "blur.cl:gauss"
global = ["src.w", "src.h"]
local = [16, 16]
offset = [0, 1]
args = { in = "src", out = "tmp", sigma = "$sigma * 2", w = "$weights", k = 0x10, v = [1, 2.0], mem = "local:4K" }
defines = { RADIUS = 4, T = "float" }
repeat = 3
round_up = true
include = "inc"
options = "-cl-fast-relaxed-math"
std = "CL1.2"
flops = "2*n"
bytes = 1024

[[steps]]
id = "edge"
kernel = "sobel.cl"
local = "auto"
args = { in = "tmp", out = { save = "edges.png", type = "u8" }, extra = "@table.csv" }
after = "blur"

[[expect]]
buffer = "edge.out"
equals = "ref.png"
atol = 1
[[expect]]
buffer = "tmp"
equals = "zeros:4"
rtol = 1e-5
[[expect]]
buffer = "noise"
equals = "$sigma"
)";

const std::string edges_json = R"({
  "clotho": 1,
  "params": {"sigma": 1.5, "n": 3, "weights": [1, 2.5]},
  "buffers": {
    "src": {"load": "photo.png"},
    "tmp": {"like": "src"},
    "noise": {"source": "rand:(2*n)x4,seed=7", "type": "f32"},
    "grid": {"shape": ["src.h", "src.w"], "save": "out/grid.npy"}
  },
  "steps": [
    {"id": "blur", "kernel": "blur.cl:gauss", "global": ["src.w", "src.h"], "local": [16, 16], "offset": [0, 1],
     "args": {"in": "src", "out": "tmp", "sigma": "$sigma * 2", "w": "$weights", "k": 16, "v": [1, 2.0],
              "mem": "local:4K"},
     "defines": {"RADIUS": 4, "T": "float"}, "repeat": 3, "round_up": true, "include": ["inc"],
     "options": "-cl-fast-relaxed-math", "std": "CL1.2", "flops": "2*n", "bytes": 1024},
    {"id": "edge", "kernel": "sobel.cl", "local": "auto",
     "args": {"in": "tmp", "out": {"save": "edges.png", "type": "u8"}, "extra": "@table.csv"}, "after": ["blur"]}
  ],
  "expect": [
    {"buffer": "edge.out", "equals": "ref.png", "atol": 1},
    {"buffer": "tmp", "equals": "zeros:4", "rtol": 1e-5},
    {"buffer": "noise", "equals": "$sigma"}
  ]
})";

std::string text_of(const std::vector<expression>& list) {
  std::string text = "[";
  for (const expression& e : list) text += e.text() + ";";
  return text + "]";
}

std::string text_of(const value& what) {
  std::ostringstream text;
  text << what.index() << " ";
  if (const auto* l = std::get_if<literal>(&what))
    for (const std::string& n : l->numbers) text << n << ";";
  if (const auto* f = std::get_if<file_input>(&what))
    text << f->path << " " << f->hint.member << " " << (f->hint.type ? short_name(*f->hint.type) : "-");
  if (const auto* g = std::get_if<generator>(&what))
    text << static_cast<int>(g->what) << text_of(g->shape) << g->like << " " << g->seed;
  if (const auto* m = std::get_if<local_size>(&what)) text << m->bytes.text();
  if (const auto* b = std::get_if<buffer_name>(&what)) text << b->name;
  return text.str();
}

template <class List> std::string joined(const List& list) {
  std::ostringstream text;
  for (const auto& item : list) text << item << ";";
  return text.str();
}

std::string text_of(const step_spec& s) {
  std::ostringstream text;
  text << "step " << s.id << " " << s.file << " " << s.kernel << " " << text_of(s.global) << text_of(s.offset)
       << text_of(s.local) << s.round_up << " " << s.repeat << " " << joined(s.include_folders) << s.options
       << s.standard << joined(s.after) << (s.flops ? s.flops->text() : "")
       << (s.bytes ? s.bytes->text() : "");
  for (const auto& [name, what] : s.arguments) text << "\n  " << name << "=" << text_of(what);
  for (const auto& [name, what] : s.defines) text << "\n  -D" << name << "=" << what;
  return text.str() + "\n";
}

// Everything but the places.
std::string text_of(const pipeline& job) {
  std::ostringstream text;
  for (const auto& [name, what] : job.parameters) text << name << "=" << what << "\n";
  for (const buffer_spec& b : job.buffers)
    text << "buffer " << b.name << " " << text_of(b.source) << " " << (b.type ? short_name(*b.type) : "-")
         << " " << b.save.value_or("-") << "\n";
  for (const step_spec& s : job.steps) text << text_of(s);
  for (const expectation& e : job.expectations)
    text << "expect " << e.buffer << " " << text_of(e.equals) << " " << e.absolute << " " << e.relative
         << "\n";
  return text.str();
}

pipeline toml(std::string_view text) { return parse_pipeline(text, "p.toml", "dir"); }
pipeline json(std::string_view text) { return parse_pipeline(text, "p.json", "dir"); }

std::string refusal(const std::string& text) {
  return message_of<format_error>([&] { return toml("clotho = 1\n" + text); });
}
std::string json_refusal(const std::string& text) {
  return message_of<format_error>([&] { return json(text); });
}
std::string step_refusal(const std::string& text) {
  return refusal("[params]\nsigma = 1\n[buffers]\nsrc = { shape = 4 }\n[[steps]]\nid = 's'\nkernel = 'k.cl'\n"
                 + text);
}

} // namespace

TEST_CASE("pipeline: everything") {
  const pipeline job = toml(edges_toml);
  CHECK(job.file == "p.toml");
  CHECK(job.folder == "dir");
  CHECK(job.parameters
        == std::vector<std::pair<std::string, std::string>>{
            {"sigma", "1.5"}, {"n", "3"}, {"weights", "1,2.5"}});

  REQUIRE(job.buffers.size() == 5);
  CHECK(job.buffers[0].name == "src");
  CHECK(std::get<file_input>(job.buffers[0].source).path == "dir/photo.png");
  CHECK(job.buffers[0].where == source_location{"p.toml", 7, 1});
  CHECK(std::get<generator>(job.buffers[1].source).like == "src");
  CHECK(job.buffers[2].type == scalar::f32);
  CHECK(job.buffers[3].save == "dir/out/grid.npy");
  CHECK(text_of(std::get<generator>(job.buffers[3].source).shape) == "[src.h;src.w;]");
  CHECK(job.buffers[4].name == "edge.out");
  CHECK(job.buffers[4].type == scalar::u8);
  CHECK(std::get<generator>(job.buffers[4].source).shape.empty());

  REQUIRE(job.steps.size() == 2);
  const step_spec& blur = job.steps[0];
  CHECK(blur.file == "dir/blur.cl");
  CHECK(blur.kernel == "gauss");
  CHECK(text_of(blur.global) == "[src.w;src.h;]");
  CHECK(blur.repeat == 3);
  CHECK(blur.where.line == 18);
  REQUIRE(blur.arguments.size() == 7);
  CHECK(std::get<buffer_name>(blur.arguments[0].second).name == "src");
  CHECK(std::get<literal>(blur.arguments[2].second).numbers == std::vector<std::string>{"$sigma * 2"});
  CHECK(std::get<literal>(blur.arguments[4].second).numbers == std::vector<std::string>{"16"});
  CHECK(std::get<literal>(blur.arguments[5].second).numbers == std::vector<std::string>{"1", "2.0"});
  CHECK(blur.include_folders == std::vector<std::filesystem::path>{"dir/inc"});
  CHECK(job.steps[1].kernel.empty());
  CHECK(job.steps[1].after == std::vector<std::string>{"blur"});
  CHECK(std::get<buffer_name>(job.steps[1].arguments[1].second).name == "edge.out");
  CHECK(std::get<file_input>(job.steps[1].arguments[2].second).path == "dir/table.csv");

  REQUIRE(job.expectations.size() == 3);
  CHECK(std::get<file_input>(job.expectations[0].equals).path == "dir/ref.png");
  CHECK(job.expectations[0].absolute == 1);
  CHECK(job.expectations[1].relative == 1e-5);
  CHECK(std::holds_alternative<literal>(job.expectations[2].equals));
}

TEST_CASE("pipeline: TOML and JSON give the same") {
  CHECK(text_of(toml(edges_toml)) == text_of(json(edges_json)));
  CHECK(text_of(json("\xef\xbb\xbf" + edges_json)) == text_of(json(edges_json)));
  CHECK(json(edges_json).steps[1].where == source_location{"p.json", 16, 5});
  CHECK(json(edges_json).buffers[0].where == source_location{"p.json", 5, 12});
}

TEST_CASE("pipeline: files") {
  const test::temporary_folder folder;
  os::write_file(folder / "p.toml", edges_toml);
  const pipeline job = read_pipeline(folder / "p.toml");
  CHECK(job.folder == folder.path());
  CHECK(std::get<file_input>(job.buffers[0].source).path == folder / "photo.png");
  CHECK_THROWS_AS((void)read_pipeline(folder / "none.toml"), io_error);

  const pipeline absolute = toml("clotho = 1\n[buffers]\na = { load = '/x.npy' }\nb = { load = '-' }\n");
  CHECK(std::get<file_input>(absolute.buffers[0].source).path == "/x.npy");
  CHECK(std::get<file_input>(absolute.buffers[1].source).path == "-");
}

TEST_CASE("pipeline: the version") {
  const auto why = [](std::string_view text) { return message_of<format_error>([&] { return toml(text); }); };
  CHECK(why("[params]\n")
            .ends_with("'clotho = 1' is missing: the version of the format; this program reads version 1"));
  CHECK(why("[params]\n").starts_with("p.toml"));
  CHECK(why("clotho = 2\nnews = 1")
        == "p.toml:1:10: clotho: this program reads version 1 of the format, not 2");
  CHECK(why("clotho = '1'")
        == "p.toml:1:10: clotho: this program reads version 1 of the format, not a string");
}

TEST_CASE("pipeline: documents that are none") {
  CHECK(refusal("[steps").starts_with("p.toml:2:"));
  CHECK(refusal("a = 1\na = 2").starts_with("p.toml:3:"));
  CHECK(json_refusal("{\n  \"clotho\": 1,\n  oops\n}").starts_with("p.json:3:3: syntax error while parsing"));
  CHECK(json_refusal("").starts_with("p.json:1:1: syntax error"));
  CHECK(json_refusal("{\"clotho\": 1, \"clotho\": 1}") == "p.json:1:15: clotho: there are two of it");
  CHECK(json_refusal("{\"clotho\": null}") == "p.json:1:12: clotho: null has no meaning here");
  CHECK(json_refusal("{\"clotho\": 1e999}").find("number overflow") != std::string::npos);
  CHECK(json_refusal("[]") == "p.json:1:1: a table expected, not an array");
  CHECK(json_refusal("{\"clotho\": 1, \"steps\": [{\"id\": \"a\", \"kernel\": 7}]}")
        == "p.json:1:47: steps[0].kernel: a string expected, not an integer");
  CHECK(json_refusal("{\"\xc3\xa4\xc3\xb6\": 1,\n\"clotho\": 1}")
        == "p.json:1:8: unknown key '\xc3\xa4\xc3\xb6'; "
           "known are clotho, params, buffers, steps, expect");
  const std::string deep = std::string(100'000, '[');
  CHECK(json_refusal(deep).find("nested too deep") != std::string::npos);
  CHECK(refusal("a = " + deep).starts_with("p.toml:2:"));
}

TEST_CASE("pipeline: buffers") {
  CHECK(refusal("[buffers]\na = { laod = 'x.png' }")
        == "p.toml:3:14: buffers.a: unknown key 'laod'; did you mean 'load'?");
  CHECK(refusal("[buffers]\na = { type = 'f32' }")
        == "p.toml:3:5: buffers.a: where does its content come from? Give one of load, source, like, shape");
  CHECK(refusal("[buffers]\na = { load = 'x.png', like = 'b' }")
        == "p.toml:3:30: buffers.a.like: a buffer has 'load' or 'like', not both");
  CHECK(refusal("[buffers]\na = { source = '3' }")
        == "p.toml:3:16: buffers.a.source: a file or a generator expected, as in '@x.npy' or 'zeros:1024', "
           "not '3'");
  CHECK(refusal("[buffers]\na = { shape = 4, type = 'f31' }")
        == "p.toml:3:25: buffers.a.type: 'f31' is no scalar type; did you mean 'f32'?");
  CHECK(refusal("[buffers]\na = { shape = [] }")
        == "p.toml:3:15: buffers.a.shape: at least one size expected");
  CHECK(refusal("[buffers]\nsrc = { shape = 4 }\na = { like = 'scr' }")
        == "p.toml:4:5: 'a': there is no buffer 'scr'; did you mean 'src'?");
  CHECK(refusal("[buffers]\na = { like = 'b' }\nb = { like = 'c' }\nc = { like = 'b' }")
        == "p.toml:4:5: 'b': its shape would follow from itself: 'like' goes round in a circle");
  CHECK(refusal("[params]\na = 1\n[buffers]\na = { shape = 4 }")
        == "p.toml:5:5: buffers.a: 'a' is a parameter as well as a buffer");
  CHECK(refusal("[buffers]\n's.x' = { shape = 4 }\n[[steps]]\nid = 's'\nkernel = 'k.cl'\nargs = { x = {} }")
        == "p.toml:7:14: steps[0].args.x: there are two buffers 's.x'");
  CHECK(refusal("buffers = 3") == "p.toml:2:11: buffers: a table expected, not an integer");
  CHECK(refusal("[params]\na = { b = 1 }")
        == "p.toml:3:5: params.a: a string or number expected, not a table");
}

TEST_CASE("pipeline: steps") {
  CHECK(step_refusal("golbal = 4") == "p.toml:9:10: steps[0]: unknown key 'golbal'; did you mean 'global'?");
  CHECK(step_refusal("args = { x = 'scr' }")
        == "p.toml:9:14: steps[0].args.x: there is no buffer 'scr'; did you mean 'src'?");
  CHECK(step_refusal("args = { x = 'zzzzzzzz' }")
        == "p.toml:9:14: steps[0].args.x: there is no buffer 'zzzzzzzz'; known are src");
  CHECK(
      step_refusal("args = { x = 'sigma' }")
      == "p.toml:9:14: steps[0].args.x: there is no buffer 'sigma'; the parameter of that name is '$sigma'");
  CHECK(step_refusal("args = { x = '$sgima' }")
        == "p.toml:9:14: steps[0].args.x: there is no parameter 'sgima'; did you mean 'sigma'?");
  CHECK(step_refusal("args = { x = 'like:scr' }")
        == "p.toml:9:14: steps[0].args.x: there is no buffer 'scr'; did you mean 'src'?");
  CHECK(step_refusal("args = { x = 'rnad:4' }")
        == "p.toml:9:14: steps[0].args.x: 'rnad:4': there is no generator 'rnad'; did you mean 'rand'?");
  CHECK(step_refusal("args = { x = { sav = 'y.png' } }")
        == "p.toml:9:22: steps[0].args.x: unknown key 'sav'; did you mean 'save'?");
  CHECK(step_refusal("args = 3") == "p.toml:9:8: steps[0].args: a table expected, not an integer");
  CHECK(step_refusal("repeat = 0") == "p.toml:9:10: steps[0].repeat: a whole number of 1 or more expected");
  CHECK(step_refusal("repeat = 1.5") == "p.toml:9:10: steps[0].repeat: a whole number of 1 or more expected");
  CHECK(step_refusal("after = 't'") == "p.toml:9:9: steps[0].after: there is no step 't'; did you mean 's'?");
  CHECK(step_refusal("global = [4, 4]\nlocal = [2]")
        == "p.toml:10:9: steps[0].local: has 1 of the 2 dimensions of 'global'");
  CHECK(step_refusal("[[steps]]\nid = 's'\nkernel = 'k.cl'")
        == "p.toml:9:1: steps[1]: there are two steps 's'");
  CHECK(step_refusal("[[steps]]\nkernel = 'k.cl'") == "p.toml:9:1: steps[1]: 'id' is missing");
  CHECK(step_refusal("[[steps]]\nid = 't'") == "p.toml:9:1: steps[1]: 'kernel' is missing");
  CHECK(step_refusal("[[steps]]\nid = 't'\nkernel = ':k'").find("a kernel file expected")
        != std::string::npos);
  CHECK(refusal("steps = 1") == "p.toml:2:9: steps: an array expected, not an integer");
}

TEST_CASE("pipeline: a kernel's file may have colons in its name") {
  const auto step = [](const std::string& kernel) {
    return toml("clotho = 1\n[[steps]]\nid = 's'\nkernel = '" + kernel + "'").steps[0];
  };
  CHECK(step("C:\\k.cl").file == "dir/C:\\k.cl");
  CHECK(step("C:\\k.cl:f").kernel == "f");
  CHECK(step("/abs/k.cl").file == "/abs/k.cl");
}

TEST_CASE("pipeline: expectations") {
  const auto why = [](const std::string& text) {
    return refusal("[buffers]\nsrc = { shape = 4 }\n[[expect]]\n" + text);
  };
  CHECK(why("buffer = 'scr'\nequals = 'x.npy'")
        == "p.toml:5:10: expect[0].buffer: there is no buffer 'scr'; did you mean 'src'?");
  CHECK(why("buffer = 'src'") == "p.toml:4:1: expect[0]: 'equals' is missing");
  CHECK(why("buffer = 'src'\nequals = 'null'")
        == "p.toml:6:10: expect[0].equals: a file, a generator or numbers expected, not 'null'");
  CHECK(why("buffer = 'src'\nequals = 1\natol = -1")
        == "p.toml:7:8: expect[0].atol: a tolerance is 0 or more");
  CHECK(why("buffer = 'src'\nequals = 1\natol = nan")
        == "p.toml:7:8: expect[0].atol: a tolerance is 0 or more");
  CHECK(why("buffer = 'src'\nequals = 1\ntol = 1")
        == "p.toml:7:7: expect[0]: unknown key 'tol'; did you mean 'atol'?");
  CHECK(why("buffer = 'src'\nequals = 'fill:4'").ends_with("needs a value, as in fill:1024,value=3"));

  const pipeline job =
      toml("clotho = 1\n[buffers]\nsrc = { shape = 4 }\n[[expect]]\nbuffer = 'src'\nequals = "
           "'@all.npz:x'\n[[expect]]\nbuffer = 'src'\nequals = 'fill:4,value=1.5'\n[[expect]]\n"
           "buffer = 'src'\nequals = [1, 2]\n[[expect]]\nbuffer='src'\nequals='x.bin,f32,4'\n");
  CHECK(std::get<file_input>(job.expectations[0].equals).path == "dir/all.npz");
  CHECK(std::get<generator>(job.expectations[1].equals).value == 1.5);
  CHECK(std::get<literal>(job.expectations[2].equals).numbers == std::vector<std::string>{"1", "2"});
  CHECK(std::get<file_input>(job.expectations[3].equals).hint.type == scalar::f32);
}

TEST_CASE("pipeline: overriding values") {
  pipeline job = toml(edges_toml);
  override_value(job, "sigma", "2");
  CHECK(job.parameters[0].second == "2");
  override_value(job, "src", "@other.png");
  CHECK(std::get<file_input>(job.buffers[0].source).path
        == "other.png"); // Relative to the user, not the file.
  const auto why = [&](std::string_view name, std::string_view text) {
    return message_of<argument_error>([&] {
      override_value(job, name, text);
      return 0;
    });
  };
  CHECK(why("sigm", "2") == "'p.toml' has no parameter or buffer 'sigm'; did you mean 'sigma'?");
  CHECK(why("something", "2")
        == "'p.toml' has no parameter or buffer 'something'; known are sigma, n, weights, src, tmp, noise, "
           "grid, "
           "edge.out");
  CHECK(why("src", "2")
        == "'src' is a buffer; give it a file or a generator, as in src=@x.npy or src=zeros:1024, not '2'");
  CHECK(why("src", "like:tmp") == "'src': its shape would follow from itself: 'like' goes round in a circle");
  CHECK(std::get<file_input>(job.buffers[0].source).path == "other.png");
}

TEST_CASE("pipeline: damaged documents never crash") {
  for (const std::string& text : {edges_toml, edges_json}) {
    const bool is_json = text.front() == '{';
    const os::bytes whole(reinterpret_cast<const std::byte*>(text.data()),
                          reinterpret_cast<const std::byte*>(text.data() + text.size()));
    test::check_flips(whole, 2000, [&](const os::bytes& damaged) {
      const std::string_view view(reinterpret_cast<const char*>(damaged.data()), damaged.size());
      (void)(is_json ? json(view) : toml(view));
      return host_array{};
    });
  }
}

TEST_CASE("pipeline: shuffled documents never crash") {
  const unsigned seed = std::random_device{}();
  MESSAGE("seed ", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    const bool is_json = round % 2 != 0;
    std::string text = is_json ? edges_json : edges_toml;
    // Pieces that still make sense one by one: cut, doubled, or moved elsewhere.
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size(), length = random() % 40, to = random() % text.size();
      const std::string piece = text.substr(at, length);
      if (random() % 2 != 0) text.erase(at, length);
      if (random() % 2 != 0) text.insert(std::min(to, text.size()), piece);
    }
    CAPTURE(text);
    const test::outcome got = test::outcome_of([&] {
      (void)(is_json ? json(text) : toml(text));
      return host_array{};
    });
    CHECK_MESSAGE(got.is_typed, got.message);
  }
}
