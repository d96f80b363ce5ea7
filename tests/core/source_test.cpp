// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/source.hpp>
#include <clotho/core/text.hpp>

#include "support/contains.hpp"

using namespace clotho;
using clotho::test::contains;
namespace fs = std::filesystem;

namespace {

/// A folder of source files that is gone at the end.
class scratch_folder {
 public:
  scratch_folder() {
    static int serial = 0;
    path_ = fs::temp_directory_path()
            / ("clotho_source_" + std::to_string(::getpid()) + "_" + std::to_string(serial++));
    fs::create_directories(path_);
  }
  ~scratch_folder() { fs::remove_all(path_); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  fs::path add(const fs::path& name, std::string_view text) const {
    fs::create_directories((path_ / name).parent_path());
    os::write_file(path_ / name, text);
    return path_ / name;
  }
  /// `text` with the folder's own path taken out.
  [[nodiscard]] std::string plain(std::string text) const {
    for (std::size_t at; (at = text.find(path_.string() + "/")) != std::string::npos;)
      text.erase(at, path_.string().size() + 1);
    return text;
  }
  [[nodiscard]] std::string flatten(std::string_view main_text,
                                    const std::vector<fs::path>& folders = {}) const {
    return plain(load_source(add("main.cl", main_text), folders).text);
  }
  /// The message of the argument_error that flattening `main_text` throws.
  [[nodiscard]] std::string refusal(std::string_view main_text,
                                    const std::vector<fs::path>& folders = {}) const {
    try {
      (void)flatten(main_text, folders);
    } catch (const argument_error& failure) {
      return plain(failure.what());
    }
    return "was not refused";
  }

 private:
  fs::path path_;
};

} // namespace

TEST_CASE("text without includes comes back whole, below its name") {
  CHECK(flatten_source("a \"b\"\\c.cl", "int x;\n").text == "#line 1 \"a \\\"b\\\"\\\\c.cl\"\nint x;\n");
  CHECK(flatten_source("a", "").text == "#line 1 \"a\"\n");
  CHECK(flatten_source("a", "int x;").text == "#line 1 \"a\"\nint x;\n");
  CHECK(flatten_source("a", "x").name == "a");
  CHECK(flatten_source("a", "x").files.empty());
}

TEST_CASE("an include is replaced by the file, with #line around it") {
  const scratch_folder folder;
  folder.add("inc/b.h", "int b;\n");
  const source_text source = load_source(folder.add("main.cl", "int a;\n#include \"inc/b.h\"\nint c;\n"));
  CHECK(folder.plain(source.text)
        == "#line 1 \"main.cl\"\nint a;\n#line 1 \"inc/b.h\"\nint b;\n#line 3 \"main.cl\"\nint c;\n");
  CHECK(source.name == (folder.path() / "main.cl").string());
  CHECK(source.files == std::vector<fs::path>{folder.path() / "main.cl", folder.path() / "inc/b.h"});
}

TEST_CASE("headers are looked for beside the includer, then in the folders in order") {
  const scratch_folder folder;
  folder.add("x.h", "beside");
  folder.add("one/x.h", "one");
  folder.add("two/x.h", "two");
  folder.add("two/sub/y.h", "#include \"z.h\"\n");
  folder.add("two/sub/z.h", "zed");
  const std::vector<fs::path> folders{folder.path() / "one", folder.path() / "two"};
  CHECK(contains(folder.flatten("#include \"x.h\"\n", folders), "beside"));
  CHECK(contains(folder.flatten("#include <x.h>\n", folders), "one"));
  CHECK(contains(folder.flatten("#include <sub/y.h>\n", folders), "zed"));
  CHECK(contains(flatten_source("label", "#include \"x.h\"\n", folders).text, "one"));
}

TEST_CASE("every spelling of the directive is found") {
  const scratch_folder folder;
  folder.add("b.h", "found");
  for (const char* spelling :
       {"#include \"b.h\"", "  #  include  \"b.h\"  ", "%:include \"b.h\"", "\?\?=include \"b.h\"",
        "#inc\\\nlude \"b.h\"", "#include \\\n \"b.h\"", "/* c */ # /* c */ include /* c */ \"b.h\" // c",
        "#include\"b.h\"", "#include \"b.h\"\r", "\xef\xbb\xbf#include \"b.h\"", "x\r#include \"b.h\"",
        "/* two\nlines */ #include \"b.h\"", "#inc\?\?/\nlude \"b.h\"", "#include \\  \n\"b.h\"",
        "\xc2\xa0#include \"b.h\"", "\\u00a0#\\u00a0include \"b.h\""}) {
    CAPTURE(spelling);
    const std::string text = folder.flatten(spelling);
    CHECK(contains(text, "found"));
    CHECK_FALSE(contains(text, "include"));
  }
}

TEST_CASE("an include inside a comment or a literal is none") {
  const scratch_folder folder;
  folder.add("b.h", "found");
  for (const char* text :
       {"// #include \"b.h\"\n", "// \\\n#include \"b.h\"\n", "/*\n#include \"b.h\"\n*/\n",
        "// \?\?/\n#include \"b.h\"\n", "const char* s = \"\\\n#include b.h\";\n", "x #include \"b.h\"\n"}) {
    CAPTURE(text);
    CHECK_FALSE(contains(folder.flatten(text), "found"));
  }
  CHECK(contains(folder.flatten("char* s = \"/*\";\n#include \"b.h\"\n// */\n"), "found"));
  CHECK(contains(folder.flatten("char c = '\"';\n#include \"b.h\"\n"), "found"));
}

TEST_CASE("lines keep their numbers") {
  const scratch_folder folder;
  folder.add("b.h", "b\n");
  CHECK(contains(folder.flatten("#include /* two\nlines */ \"b.h\"\nx\n"), "#line 3 \"main.cl\"\nx\n"));
  CHECK(contains(folder.flatten("a\r\n#include \"b.h\"\r\nx\r\n"), "#line 3 \"main.cl\"\nx\n"));
  SUBCASE("after a #line of the user's own") {
    CHECK(contains(folder.flatten("#line 70 \"gen.py\"\na\n#include \"b.h\"\nx\n"),
                   "#line 72 \"gen.py\"\nx\n"));
  }
}

TEST_CASE("a header that does not exist is an #error at its place") {
  const scratch_folder folder;
  const std::string text = folder.flatten("#if 0\n#include \"no/x.h\"\n#endif\n", {folder.path() / "inc"});
  CHECK(contains(text, "#if 0\n#error cannot find \"no/x.h\"; searched: " + folder.path().string()));
  CHECK(contains(text, "inc\n#endif\n"));
  CHECK(contains(flatten_source("a", "#include <x.h>\n").text,
                 "#error cannot find <x.h>; searched: no folder\n"));
}

TEST_CASE("names that lead out of the folders are refused, whether the file exists or not") {
  const scratch_folder folder;
  folder.add("secret.h", "SECRET");
  folder.add("in/sub/ok.h", "fine");
  fs::create_symlink(folder.path() / "secret.h", folder.path() / "in/link.h");
  fs::create_symlink(folder.path(), folder.path() / "in/up");
  const auto refusal = [&](const std::string& text) {
    try {
      (void)load_source(folder.add("in/main.cl", text), {folder.path() / "in/sub"});
    } catch (const argument_error& failure) {
      return folder.plain(failure.what());
    }
    return std::string("was not refused");
  };
  for (const char* name : {"../secret.h", "../missing.h", "/etc/passwd", "/no/such/file", "link.h",
                           "up/secret.h", "sub/../../secret.h"}) {
    CAPTURE(name);
    const std::string message = refusal("int a;\n#include \"" + std::string(name) + "\"\n");
    CHECK(contains(message, "in/main.cl:2: #include \"" + std::string(name) + "\" leads out of"));
    CHECK_FALSE(contains(message, "SECRET"));
  }
  CHECK(refusal("#include <../main.cl2>\n#include \"sub/../sub/ok.h\"\n") == "was not refused");
  CHECK(contains(
      load_source(folder.add("in/main.cl", "#include <../sub/ok.h>\n"), {folder.path() / "in/sub"}).text,
      "fine"));
  CHECK_THROWS_AS((void)flatten_source("a", "#include \"/etc/passwd\"\n"), argument_error);
}

TEST_CASE("what cannot be confined is refused") {
  const scratch_folder folder;
  folder.add("b.h", "b");
  CHECK(contains(folder.refusal("\n#include NAME\n"),
                 "main.cl:2: #include NAME is not supported: write a literal name"));
  CHECK(contains(folder.refusal("#import \"b.h\"\n"), "#import is not supported"));
  CHECK(contains(folder.refusal("#include_next \"b.h\"\n"), "#include_next is not supported"));
  CHECK(contains(folder.refusal("#embed \"b.h\"\n"), "#embed is not supported"));
  CHECK(contains(folder.refusal("#include \"a\\b.h\"\n"), "write / between folders"));
  CHECK(contains(folder.refusal("#define H __has_include\n"), "__has_include inside a macro"));
  CHECK(contains(folder.refusal(std::string_view("int\0x;", 6)), "NUL byte"));
  CHECK(contains(folder.refusal("R\"x(\" /* )x\"\n#include \"b.h\"\n// */\n"), "raw strings"));
  CHECK(contains(folder.refusal("int i = 1'0 /* '\n*/;\n"), "digit separators"));
}

TEST_CASE("recursion and size have limits") {
  const scratch_folder folder;
  folder.add("self.h", "#include \"self.h\"\n");
  CHECK(contains(folder.refusal("#include \"self.h\"\n"),
                 "self.h:1: #include \"self.h\": includes are nested more than 64"));
  folder.add("h0.h", std::string(4 << 20, 'x'));
  for (int i = 1; i <= 40; ++i) {
    const std::string inner = "#include \"h" + std::to_string(i - 1) + ".h\"\n";
    folder.add("h" + std::to_string(i) + ".h", inner + inner);
  }
  CHECK(contains(folder.refusal("#include \"h40.h\"\n"), "the program exceeds 64 MiB"));
}

TEST_CASE("a header with a guard or #pragma once may include itself, and adds nothing twice") {
  const scratch_folder folder;
  folder.add("guard.h", "// text\n#ifndef G\n#define G\n#include \"guard.h\"\nint g;\n#endif\n");
  folder.add("once.h", "#pragma once\n#include \"once.h\"\nint o;\n");
  for (const std::string name : {"guard", "once"}) {
    const std::string include = "#include \"" + name + ".h\"\n";
    const std::string text = folder.flatten(include + include);
    CAPTURE(text);
    const std::string body = "int " + name.substr(0, 1) + ";";
    CHECK(text.find(body) == text.rfind(body));
    CHECK_FALSE(contains(text, "pragma"));
  }
  SUBCASE("inside a condition nothing is left out: the compiler decides which copy counts") {
    const std::string text = folder.flatten("#if A\n#include \"once.h\"\n#endif\n#include \"once.h\"\n");
    CHECK(text.find("int o;") != text.rfind("int o;"));
    CHECK(contains(text, "#ifndef CLOTHO_ONCE_1\n#define CLOTHO_ONCE_1\n"));
  }
  SUBCASE("a guard that is undefined again is no guard") {
    const std::string text = folder.flatten("#include \"guard.h\"\n#undef G\n#include \"guard.h\"\n");
    CHECK(text.find("int g;") != text.rfind("int g;"));
  }
}

TEST_CASE("__has_include is answered here, inside the folders only") {
  const scratch_folder folder;
  folder.add("b.h", "b");
  CHECK(contains(
      folder.flatten("#if __has_include(\"b.h\") && __has_include( <b.h> )\n#endif\n", {folder.path()}),
      "#if 1 && 1\n"));
  CHECK(contains(folder.flatten("#if 0\n#elif !__has_include(\"/etc/passwd\")\n#endif\n"), "#elif !0\n"));
  CHECK(contains(folder.flatten("#if defined(__has_include) && __has_include(\"no.h\")\n#endif\n"),
                 "#if defined(__has_include) && 0\n"));
  CHECK(contains(folder.refusal("#if __has_include(NAME)\n#endif\n"),
                 "__has_include needs a literal file name"));
  CHECK(folder.refusal("#ifndef __has_include\n#define __has_include(x) 0\n#endif\n") == "was not refused");
}

TEST_CASE("what a header leaves open is closed, and what it did not open stays") {
  const scratch_folder folder;
  folder.add("open.h", "#if 1\nint a;\n");
  folder.add("close.h", "#endif\n");
  folder.add("comment.h", "/* for ever\n");
  folder.add("splice.h", "int a; \\");
  CHECK(contains(folder.flatten("#include \"open.h\"\nx\n"),
                 "#endif\n#line 2 \"open.h\"\n#error #if without #endif\n"));
  CHECK(contains(folder.flatten("#include \"close.h\"\nx\n"), "#error #endif without #if\n"));
  CHECK(contains(folder.flatten("#include \"comment.h\"\nx\n"),
                 "*/\n#line 1 \"comment.h\"\n#error unterminated comment\n#line 2 \"main.cl\"\nx\n"));
  CHECK(contains(folder.flatten("#include \"splice.h\"\nx\n"), "int a; \\\n\n#line 2 \"main.cl\"\nx\n"));
}

TEST_CASE("only regular files are read") {
  const scratch_folder folder;
  fs::create_directory(folder.path() / "dir.h");
  ::mkfifo((folder.path() / "pipe.h").c_str(), 0600);
  CHECK_THROWS_AS((void)load_source(folder.path() / "missing.cl"), io_error);
  CHECK_THROWS_WITH_AS((void)folder.flatten("#include \"dir.h\"\n"), doctest::Contains("it is a folder"),
                       io_error);
  CHECK_THROWS_WITH_AS((void)folder.flatten("#include \"pipe.h\"\n"), doctest::Contains("not a regular file"),
                       io_error);
}

TEST_CASE("a folder's name cannot break out of an #error or a #line") {
  const std::string text = flatten_source("a\nb\?\?/.cl", "#include \"x.h\"\n", {"odd\n/*dir\\"}).text;
  CHECK(contains(text, "#line 1 \"a\\012b\\077\\077/.cl\"\n"));
  CHECK(contains(text, "#error cannot find \"x.h\"; searched: odd/n/ *dir/\n"));
}

TEST_CASE("damaged text never brings in a file from outside, nor leaves an include for the compiler") {
  const scratch_folder folder;
  folder.add("secret.h", "SECRET");
  folder.add("in/b.h", "#pragma once\n#ifdef B\n#include \"c.h\"\n#endif\n");
  folder.add("in/c.h", "int c; /* c */\n");
  const std::string good =
      "/* a */ #include \"b.h\" // c\n#if __has_include(\"b.h\")\n#define X(a) \"#include\" \\\n a\n"
      "%:include <c.h>\n#else\n/*\n#include \"../secret.h\" */\n#endif\n'\"' // \\\n#include "
      "\"../secret.h\"\n \?\?/\n#line 5 \"x\"\n";
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string text = good;
    for (auto change = random() % 6 + 1; change > 0; --change) {
      const std::size_t at = random() % text.size();
      const char byte = random() % 4 ? "\\\n\r/*\"'#?<>( "[random() % 13] : static_cast<char>(random());
      if (random() % 2)
        text.erase(at, random() % 4 + 1);
      else
        text.insert(at, 1, byte);
      text += ' ';
    }
    try {
      const std::string flat = flatten_source("m", text, {folder.path() / "in"}).text;
      CHECK_FALSE(contains(flat, "SECRET"));
      CHECK(flat.starts_with("#line 1 \"m\"\n"));
      // Flattening what is flat changes nothing but the first line: no include is left.
      CHECK(flatten_source("m", flat).text == "#line 1 \"m\"\n" + flat);
    } catch (const argument_error&) { // A refusal is an answer too.
    }
  }
}
