// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho::kernelc {

const char* const help_text =
    R"(usage: clotho-kernelc FILE.cl --header H.hpp --source S.cpp [OPTION...]

Writes C++ that holds FILE.cl, with what it includes, as a constant of type clotho::embedded_source.
In CMake use clotho_add_kernels(TARGET SOURCES FILE.cl...), which calls this.

  --header FILE      the declaration: `namespace kernels { extern const clotho::embedded_source NAME; }`
  --source FILE      the definition
  --name NAME        of the constant (default: from the file's name)
  --namespace NAME   it is in, as a::b (default: kernels)
  -I, --include DIR  where includes are looked for, after the file's own folder; may be repeated
  --flat FILE        also the text itself, for a compiler to check
  --depfile FILE     also the files that were read, as make wants them
  -h, --help         this text

Exit status: 0 fine, 2 usage, 6 a file cannot be read or written.

  clotho-kernelc saxpy.cl --header saxpy.hpp --source saxpy.cpp
)";

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

void check_identifier(std::string_view word, const std::string& what) {
  bool good = !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) == 0;
  for (const char c : word) good &= is_word(c);
  if (!good) throw argument_error(what + " '" + printable(word) + "' is no C++ identifier");
}

void check_scope(std::string_view scope) {
  for (std::size_t at = 0; at <= scope.size();) {
    const std::size_t end = std::min(scope.find("::", at), scope.size());
    check_identifier(scope.substr(at, end - at), "in --namespace,");
    at = end + 2;
  }
}

void check(const options& all) {
  if (all.input.empty()) throw argument_error("no FILE.cl is named; see clotho-kernelc --help");
  if (all.header.empty() || all.source.empty()) throw argument_error("--header and --source are both needed");
  check_identifier(all.name, "the name");
  check_scope(all.scope);
}

} // namespace

std::string identifier_of(const std::filesystem::path& file) {
  std::string name = file.stem().string();
  for (char& c : name)
    if (!is_word(c)) c = '_';
  if (!name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) != 0) name.insert(0, 1, '_');
  return name;
}

options parse_options(std::span<char* const> arguments) {
  options all;
  const std::map<std::string_view, std::filesystem::path*> files{{"--header", &all.header},
                                                                 {"--source", &all.source},
                                                                 {"--flat", &all.flat},
                                                                 {"--depfile", &all.depfile}};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    const auto value = [&]() -> std::string_view {
      if (i + 1 == arguments.size()) throw argument_error("a value is missing after " + std::string(word));
      return arguments[++i];
    };
    if (word == "-h" || word == "--help") return all.help = true, all;
    if (const auto file = files.find(word); file != files.end())
      *file->second = value();
    else if (word == "--name")
      all.name = value();
    else if (word == "--namespace")
      all.scope = value();
    else if (word == "-I" || word == "--include")
      all.includes.emplace_back(value());
    else if (word.starts_with("-"))
      throw argument_error("unknown option '" + printable(word) + "'; see clotho-kernelc --help");
    else if (!all.input.empty())
      throw argument_error("one FILE.cl at a time, not also '" + printable(word) + "'");
    else
      all.input = word;
  }
  if (all.name.empty()) all.name = identifier_of(all.input);
  check(all);
  return all;
}

} // namespace clotho::kernelc
