// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/array_file.hpp>

#include <array>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/csv.hpp>
#include <clotho/job/npy.hpp>
#include <clotho/job/npz.hpp>
#include <clotho/job/png.hpp>
#include <clotho/job/raw.hpp>

namespace clotho {
namespace {

using path = std::filesystem::path;

host_array read_table(const path& file, const array_hint& hint) {
  return read_csv(file, hint.type.value_or(scalar::f64));
}

host_array read_plain(const path& file, const array_hint& hint) {
  if (!hint.type)
    throw argument_error("'" + file.string() + "' does not say what it holds; name the type, as in "
                         + file.string() + ",f32");
  return read_raw(file, *hint.type, hint.shape);
}

struct file_format {
  const char* extension;
  host_array (*read)(const path&, const array_hint&);
  void (*write)(const path&, const host_array&);
};

constexpr std::array<file_format, 7> formats{{
    {".npy", [](const path& file, const array_hint&) { return read_npy(file); }, write_npy},
    {".npz", [](const path& file, const array_hint& hint) { return read_npz(file, hint.member); },
     [](const path& file, const host_array& array) {
       write_npz(file, {{"arr_0", array}});
     }},
    {".png", [](const path& file, const array_hint&) { return read_png(file); }, write_png},
    {".csv", read_table, [](const path& file, const host_array& array) { write_csv(file, array, ','); }},
    {".tsv", read_table, [](const path& file, const host_array& array) { write_csv(file, array, '\t'); }},
    {".bin", read_plain, write_raw},
    {".raw", read_plain, write_raw},
}};

[[noreturn]] void throw_unknown(const path& file, const std::string& extension) {
  std::vector<std::string> known;
  for (const file_format& format : formats) known.push_back(format.extension);
  const std::optional<std::string> nearest = did_you_mean(extension, known);
  throw argument_error("'" + file.string() + "' has "
                       + (extension.empty() ? "no extension" : "the unknown extension '" + extension + "'")
                       + (nearest ? "; did you mean " + *nearest + "?" : "") + "; known are "
                       + join(known, ", "));
}

const file_format& format_of(const path& file) {
  const std::string extension = file.extension().string();
  for (const file_format& format : formats)
    if (to_lower(extension) == format.extension) return format;
  throw_unknown(file, extension);
}

host_array reshape(host_array array, const std::vector<std::size_t>& shape, const path& file) {
  if (shape.empty()) return array;
  if (element_count(shape) != array.element_count())
    throw argument_error("'" + file.string() + "' holds " + shape_text(array.shape) + ", which cannot become "
                         + shape_text(shape));
  array.shape = shape;
  return array;
}

host_array convert_from(const path& file, host_array array, scalar type) {
  try {
    return convert(std::move(array), type);
  } catch (const argument_error& why) {
    throw argument_error("'" + file.string() + "': " + why.what());
  }
}

} // namespace

host_array read_array(const std::filesystem::path& file, const array_hint& hint) {
  const file_format& format = format_of(file);
  if (!hint.member.empty() && format.extension != std::string_view(".npz"))
    throw argument_error("'" + file.string() + "' has no member '" + printable(hint.member)
                         + "'; only .npz files have members");
  host_array array = reshape(format.read(file, hint), hint.shape, file);
  return hint.type ? convert_from(file, std::move(array), *hint.type) : array;
}

void write_array(const std::filesystem::path& file, const host_array& array) {
  format_of(file).write(file, array);
}

void check_array_name(const std::filesystem::path& file) { (void)format_of(file); }

} // namespace clotho
