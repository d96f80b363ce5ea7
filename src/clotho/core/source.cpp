// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/source.hpp>

#include <utility>

#include <clotho/core/detail/include_flattener.hpp>
#include <clotho/core/os/file.hpp>

namespace clotho {
namespace {

using detail::clc::include_flattener;
using detail::clc::include_search;

source_text finish(include_flattener& flattener, std::string_view name,
                   std::vector<std::filesystem::path> files) {
  files.insert(files.end(), flattener.headers().begin(), flattener.headers().end());
  return {std::string(name), flattener.take_text(), std::move(files)};
}

} // namespace

source_text load_source(const std::filesystem::path& file,
                        const std::vector<std::filesystem::path>& folders) {
  const std::string raw = os::read_text(file);
  include_flattener flattener(include_search(folders, file.parent_path()));
  flattener.add_main(file.string(), raw, file);
  return finish(flattener, file.string(), {file});
}

source_text flatten_source(std::string_view name, std::string_view text,
                           const std::vector<std::filesystem::path>& folders) {
  include_flattener flattener{include_search(folders)};
  flattener.add_main(name, text, {});
  return finish(flattener, name, {});
}

} // namespace clotho
