#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include <clotho/job/detail/tree.hpp>
#include <clotho/job/pipeline.hpp>

namespace clotho::job::detail {

/// Whether a buffer has to say where its content comes from, or else holds zeros.
enum class content { required, optional };

/// Reads a table as [buffers.NAME]; files are relative to `folder`. Throws format_error.
[[nodiscard]] buffer_spec read_buffer(const tree& node, std::string name, content demand,
                                      const std::filesystem::path& folder);

/// Makes the file of a value, if it is one, relative to `folder`.
void resolve(value& what, const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path resolve(const std::filesystem::path& file,
                                            const std::filesystem::path& folder);

[[nodiscard]] std::vector<std::string> names_of(std::span<const buffer_spec> buffers);

/// What is wrong with a buffer that is `like` another: there is none of that name, or a cycle.
struct like_problem {
  const buffer_spec* buffer;
  std::string text;
};
[[nodiscard]] std::optional<like_problem> check_likes(std::span<const buffer_spec> buffers);

/// The end of a message about an unknown buffer: "there is no buffer 'scr'; did you mean 'src'?"
[[nodiscard]] std::string unknown_buffer(std::string_view name, std::span<const buffer_spec> buffers);

} // namespace clotho::job::detail
