// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/outputs.hpp>

#include <algorithm>
#include <system_error>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/array_file.hpp>

namespace clotho::job::detail {
namespace {

namespace fs = std::filesystem;

void check_writable(const fs::path& path) {
  check_array_name(path);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw io_error("cannot write '" + path.string() + "': there is no folder '" + folder.string()
                       + "'; create it first",
                   path.string());
  // Opening a pipe or a device may block or have effects: these show what they can do when they are written.
  const bool special =
      fs::exists(path, ignored) && !fs::is_regular_file(path, ignored) && !fs::is_directory(path, ignored);
  if (!special) os::atomic_file attempt(path);
}

bool fits_png(const host_array& array) {
  const std::size_t rank = array.shape.size();
  const bool has_shape = rank == 2 || (rank == 3 && array.shape[2] >= 1 && array.shape[2] <= 4);
  return has_shape && (array.type == scalar::u8 || array.type == scalar::u16);
}

std::string describe(const host_array& array) {
  return std::string(short_name(array.type)) + " " + shape_text(array.shape);
}

} // namespace

std::vector<output> check_outputs(const pipeline& job) {
  std::vector<output> outputs;
  for (const buffer_spec& buffer : job.buffers) {
    if (!buffer.save) continue;
    const output wanted{buffer.name, *buffer.save};
    check_writable(wanted.path);
    const auto same = std::find_if(outputs.begin(), outputs.end(), [&](const output& other) {
      return fs::weakly_canonical(other.path) == fs::weakly_canonical(wanted.path);
    });
    if (same != outputs.end())
      throw argument_error("'" + same->array + "' and '" + wanted.array + "' cannot both be written to '"
                           + wanted.path.string() + "'");
    outputs.push_back(wanted);
  }
  return outputs;
}

void check_output(const output& wanted, const job_array& array, const workspace& work) {
  const std::string what = "cannot save '" + array.name + "' to '" + wanted.path.string() + "': ";
  if (!array.last_writer) {
    const std::string user = array.first_step ? "kernel '" + work.steps()[*array.first_step].signature.name
                                                    + "' only reads it (const)"
                                              : "no step uses it";
    throw argument_error(what + user);
  }
  const std::string extension = to_lower(wanted.path.extension().string());
  if (extension == ".png" && !fits_png(array.content))
    throw argument_error(what + "a PNG holds u8 or u16 of shape (h, w) or (h, w, 1 to 4), not "
                         + describe(array.content));
  if ((extension == ".csv" || extension == ".tsv") && array.content.shape.size() > 2)
    throw argument_error(what + "a table has up to two dimensions, not " + describe(array.content));
}

} // namespace clotho::job::detail
