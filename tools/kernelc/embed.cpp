// SPDX-License-Identifier: Apache-2.0
#include "embed.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include <clotho/core/os/file.hpp>
#include <clotho/core/source.hpp>

namespace clotho::kernelc {

namespace {

std::string header_text(const options& wanted) {
  return "#pragma once\n// Made by clotho-kernelc.\n\n#include "
         "<clotho/core/embedded_source.hpp>\n\nnamespace "
         + wanted.scope + " {\nextern const clotho::embedded_source " + wanted.name + ";\n}\n";
}

// As numbers: compilers bound the length of string literals, and source files need not be UTF-8.
std::string bytes_text(std::string_view text) {
  std::string numbers;
  for (std::size_t i = 0; i < text.size(); ++i) {
    numbers += i % 24 == 0 ? "\n  " : " ";
    numbers += std::to_string(static_cast<int>(static_cast<signed char>(text[i]))) + ",";
  }
  return numbers;
}

std::string literal(std::string_view text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    all += c;
  }
  return all + "\"";
}

std::string source_code(const options& wanted, const source_text& found) {
  return "// Made by clotho-kernelc.\n#include " + literal(std::filesystem::absolute(wanted.header).string())
         + "\n\nnamespace {\nconstexpr char text[] = {" + bytes_text(found.text) + " 0};\n}\n\nnamespace "
         + wanted.scope + " {\nconstinit const clotho::embedded_source " + wanted.name + "{"
         + literal(found.name) + ", {text, " + std::to_string(found.text.size()) + "}};\n}\n";
}

std::string depfile_text(const options& wanted, const source_text& found) {
  const auto escaped = [](const std::filesystem::path& path) {
    std::string all;
    for (const char c : std::filesystem::absolute(path).string()) {
      if (c == ' ' || c == '#') all += '\\';
      all += c == '$' ? "$$" : std::string(1, c);
    }
    return all;
  };
  std::string line = escaped(wanted.source) + ":";
  for (const std::filesystem::path& file : found.files) line += " " + escaped(file);
  return line + "\n";
}

} // namespace

void embed(const options& wanted) {
  const source_text found = load_source(wanted.input, wanted.includes);
  for (const auto& file : {wanted.header, wanted.source})
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  os::write_file(wanted.header, header_text(wanted));
  os::write_file(wanted.source, source_code(wanted, found));
  if (!wanted.flat.empty()) os::write_file(wanted.flat, found.text);
  if (!wanted.depfile.empty()) os::write_file(wanted.depfile, depfile_text(wanted, found));
}

} // namespace clotho::kernelc
