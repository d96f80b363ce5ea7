#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/core/diagnostic.hpp>
#include <clotho/core/signature.hpp>
#include <clotho/job/expression.hpp>
#include <clotho/job/value.hpp>

namespace clotho::job {

/// An array the steps work on.
struct buffer_spec {
  std::string name;
  value source;                              ///< file_input or generator
  std::optional<scalar> type;                ///< the elements' type, when the kernels do not say
  std::optional<std::filesystem::path> save; ///< written when everything has run
  source_location where;
};

/// Each index of a split launch has a part of an argument's array, and that of `margin` more on either side.
struct split_array {
  std::string argument;
  std::size_t margin = 0;
};
/// From "y", or "src:2" for a margin of 2. Throws argument_error.
[[nodiscard]] split_array parse_split_array(std::string_view text);

/// One launch, or `repeat` of it.
struct step_spec {
  std::string id; ///< unique
  std::filesystem::path file;
  std::string kernel; ///< empty: the only one of the file
  std::vector<expression> global;
  std::vector<expression> offset, local; ///< empty: none, clotho's choice
  bool round_up = false;
  std::vector<std::pair<std::string, value>> arguments;
  std::vector<std::pair<std::string, std::string>> defines;
  std::vector<std::filesystem::path> include_folders;
  std::string options, standard;
  std::vector<split_array> split; ///< shared out to all devices, which have all of other arrays; empty: not
  std::vector<std::string> after; ///< ids of steps that must come first
  unsigned repeat = 1;
  std::optional<expression> flops, bytes; ///< of one launch
  source_location where;
};

/// What must hold of a buffer in the end.
struct expectation {
  std::string buffer;
  value equals;                      ///< file_input, generator or literal
  double absolute = 0, relative = 0; ///< |a - b| <= absolute + relative * |b|
  source_location where;
};

/// A job: buffers, steps over them, and what must hold. Files in it are relative to the pipeline file's
/// folder.
///
///   clotho = 1                                 (the version of the format)
///   [params]
///   sigma = 1.5
///   [buffers.src]
///   load = "photo.png"                         (or source = "zeros:640x480", like = "x", shape = ["n", 4])
///   type = "f32"                               (optional)
///   [buffers.out]
///   like = "src"
///   save = "edges.png"                         (optional)
///   [[steps]]
///   id = "blur"
///   kernel = "blur.cl:gauss"                   (or the file alone)
///   global = ["src.w", "src.h"]                (also offset; local, which may be "auto"; round_up = true)
///   args = { in = "src", out = "out", sigma = "$sigma", edges = { save = "e.png" } }
///   defines = { RADIUS = 4 }                   (also include, options, std, after, repeat, flops, bytes)
///   split = ["out", "in:1"]                    (shared out to all devices: each has the part of out that
///                                              belongs to its indices, and of in one index more on each side)
///   [[expect]]
///   buffer = "out"
///   equals = "ref.png"                         (or a generator, a number, an array of numbers)
///   atol = 1                                   (also rtol)
///
/// An argument's text is the name of a buffer, or else a value as the command line takes it. A table among
/// the arguments is a buffer "<step>.<argument>", of zeros unless it says otherwise.
struct pipeline {
  std::string file; ///< as given; for messages
  std::filesystem::path folder;
  std::vector<std::pair<std::string, std::string>> parameters; ///< name and default, as text
  std::vector<buffer_spec> buffers;
  std::vector<step_spec> steps;
  std::vector<expectation> expectations;
};

/// Reads a pipeline file, TOML or (by its ending .json) the same tree as JSON. Throws io_error, format_error
/// with file, line and column (unknown keys with the nearest known one, wrong types, unknown buffers,
/// duplicate ids).
[[nodiscard]] pipeline read_pipeline(const std::filesystem::path& file);
/// The same from text. `name` decides between TOML and JSON.
[[nodiscard]] pipeline parse_pipeline(std::string_view text, std::string_view name,
                                      const std::filesystem::path& folder);

/// `name` is a parameter or a buffer: sets its text or its source, as `clotho run p.toml sigma=2
/// src=@other.png` does; that file is relative to the current folder. Throws argument_error with the names
/// that exist and the nearest one.
void override_value(pipeline& job, std::string_view name, std::string_view text);

/// How steps depend on each other.
struct step_graph {
  struct edge {
    std::size_t from = 0, to = 0;
    std::string buffer; ///< why; empty for `after`
  };
  std::vector<edge> edges;
  std::vector<std::size_t> order; ///< of execution: the file's order, moved only as `after` demands
};

/// How one step uses one buffer.
struct buffer_use {
  std::string buffer;
  bool reads = true, writes = true;
};

/// Derives the graph: a step depends on the last writer of what it reads, and on readers and the last writer
/// of what it writes. `uses` has one entry a step. Throws format_error for a cycle, naming the steps in it.
[[nodiscard]] step_graph make_graph(const pipeline& job, const std::vector<std::vector<buffer_use>>& uses);

/// The graph for people: a line a step, and what it waits for.
[[nodiscard]] std::string to_text(const pipeline& job, const step_graph& graph);
/// The graph for Graphviz.
[[nodiscard]] std::string to_dot(const pipeline& job, const step_graph& graph);

} // namespace clotho::job
