#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <clotho/core/diagnostic.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/job/expect.hpp>
#include <clotho/job/pipeline.hpp>

namespace clotho::job {

struct run_options {
  unsigned repeat = 1;          ///< times each step's launches are repeated, for timing
  unsigned warmup = 0;          ///< launches not counted, before
  /// Instead of both: told what a launch took, says whether the step is launched again.
  std::function<bool(std::chrono::nanoseconds)> again;
  bool restore_each = false; ///< with `again`: what a step may change is put back before each launch
  bool use_cache = true;
  std::optional<std::chrono::milliseconds> build_timeout;
  /// Buffers get so many bytes of a pattern on either side, a multiple of 4096, and the report says where kernels have
  /// written to them: to find launches that leave their arrays. None for images.
  std::size_t guard_bytes = 0;
  std::function<void(std::size_t done, std::size_t all, const std::string& step)>
      progress;                            ///< when a launch has ended, in their order
  const std::atomic<bool>* stop = nullptr; ///< looked at all the time; throws interrupted
};

/// The user interrupted the run; no output file was touched.
class interrupted : public error {
 public:
  interrupted() : error("interrupted; no output was written") {}
};

struct step_report {
  std::string id, kernel, file;
  std::size_t device = 0;  ///< which of the run's
  bool split = false;      ///< shared out to all of them
  bool cached = false;
  std::chrono::nanoseconds build{}, upload{}, download{}; ///< of what had to be built and moved
  std::vector<std::chrono::nanoseconds> launches; ///< device times where known, else host times
  bool device_times = false;
  std::uint64_t upload_bytes = 0, download_bytes = 0;
  std::uint64_t work_items = 0;   ///< of one launch, before rounding up
  std::uint64_t kernel_bytes = 0; ///< moved by one launch: declared, else all buffers it uses, once
  bool bytes_declared = false;
  std::optional<double> flops;
  std::vector<diagnostic> messages;
};

struct run_report {
  struct device_report {
    std::string name, driver;
  };
  std::vector<device_report> devices; ///< the runtime's
  std::vector<step_report> steps;
  std::vector<expectation_report> expectations;
  std::vector<std::filesystem::path> written;
  std::vector<std::string> overruns; ///< with guards: "'y' behind its end"
  std::map<std::string, host_array> arrays; ///< every array that was asked for by save, expect or `keep`
  std::chrono::nanoseconds total{};
};

/// Runs a job, waits for it, and writes its outputs, each whole or not at all, when every step has gone well;
/// an expectation that fails is reported and stops nothing. Steps that do not wait for each other, by their
/// arrays or `after`, run at once, on the devices of the runtime where their arrays are, or on all if they are
/// split; with `repeat`, `warmup` or `again` one launch after the other. Sizes and limits are those of the first device.
///
/// What can be checked before anything is launched is: sources, arguments, sizes, inputs, whether outputs can
/// be written. `keep` names arrays whose content the caller wants back. With `repeat` or `warmup` the memory
/// a step may change is put back before its last launch, so that results are those of one run; with `again`
/// that is one launch more, which is not reported, if anybody wants the results.
///
/// An array becomes what the kernel's pointer or image says. Pointers: elements of the pointee's type, other
/// types converted when no value changes by more than rounding; bytes as they are for structs. Images: (h, w)
/// or (h, w, c), 3 channels as 4 with full opacity; integers of 8 and 16 bits are read as 0 to 1 unless the
/// kernel names the image in a read_imagei, read_imageui or their write functions.
///
/// A step without a global size takes its file's front matter's, else the size of its images or buffers if
/// that is the same for all. A generator without a shape takes the range of the first step that uses it.
/// Expressions see the step's arguments first, then parameters and arrays.
///
/// Throws what its parts throw: argument_error, io_error, format_error, build_error, capability_error,
/// interrupted, error.
[[nodiscard]] run_report run(const runtime& rt, const pipeline& job, const run_options& options = {},
                             const std::vector<std::string>& keep = {});

/// What `--dry-run` needs: the signatures of the steps' kernels (from source, without a device) and the
/// graph.
[[nodiscard]] step_graph plan(const pipeline& job);

/// A pipeline of one step: a bare kernel file with its front matter as defaults under `given`. Each array
/// argument becomes a buffer of the argument's name, so that saves and expectations can name it.
struct bare_kernel {
  std::filesystem::path file;
  std::string kernel; ///< empty: front matter's, or the only one
  std::vector<named_value> given;
  std::vector<expression> global, offset, local; ///< empty: front matter's
  bool round_up = false;
  std::vector<std::pair<std::string, std::string>> defines;
  std::vector<std::filesystem::path> include_folders;
  std::string options, standard;
  std::vector<split_array> split;
  std::vector<std::pair<std::string, std::filesystem::path>> save;
  std::vector<expectation> expectations;
};
/// Scalars become parameters, and so do macros that are numbers, so that shapes and sizes may name them. A write-only image without a value is
/// like the first image or array that has one.
/// Throws argument_error: no such kernel or argument (with the nearest name), an argument without a value, an
/// array to save that the kernel only reads.
[[nodiscard]] pipeline make_pipeline(const bare_kernel& what);

} // namespace clotho::job
