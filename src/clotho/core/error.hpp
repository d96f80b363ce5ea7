#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/core/diagnostic.hpp>

namespace clotho {

/// The symbolic name of an OpenCL status code, as "CL_INVALID_VALUE"; "CL_UNKNOWN_ERROR_<n>" for a code that
/// neither the standard nor a known extension defines.
[[nodiscard]] std::string code_name(int code);

/// Base of every exception clotho throws. `what()` says what happened, to what, and what to do.
///
/// An OpenCL failure carries the status code, the entry point that returned it and the object it was called
/// on; errors found by clotho itself have code 0 and an empty call.
class error : public std::runtime_error {
 public:
  error(int code, std::string_view call, std::string_view object = {});
  explicit error(const std::string& message);

  [[nodiscard]] int code() const noexcept { return code_; }
  [[nodiscard]] const std::string& call() const noexcept { return call_; }
  [[nodiscard]] const std::string& object() const noexcept { return object_; }

 protected:
  struct details {
    int code;
    std::string call, object;
  };
  error(const std::string& message, details origin);

 private:
  int code_ = 0;
  std::string call_;
  std::string object_;
};

/// The caller asked for something that cannot work: a wrong type, count, name, size or range.
class argument_error : public error {
 public:
  using error::error;
};

/// No device fits a selector, those that fit are in use by others, or the selector itself makes no sense.
class selection_error : public error {
 public:
  enum class reason { bad_selector, no_match, in_use };
  selection_error(reason why, const std::string& message) : error(message), why_(why) {}
  [[nodiscard]] reason why() const noexcept { return why_; }

 private:
  reason why_;
};

/// The device lacks something the call needs: images, double precision, SPIR-V, enough memory.
class capability_error : public error {
 public:
  using error::error;
};

/// A device that was in use is gone: unplugged, switched off, or reset by its driver. code(), call() and object() are those
/// of the failure that showed it.
class device_lost_error : public error {
 public:
  device_lost_error(std::string_view device, const error& shown_by);
  [[nodiscard]] const std::string& device() const noexcept { return device_; }

 private:
  std::string device_;
};

/// A file or folder could not be read or written.
class io_error : public error {
 public:
  io_error(const std::string& message, std::string path) : error(message), path_(std::move(path)) {}
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// The content of a file or text is not what its format demands. `what()` begins with "file:line:column: " as
/// far as these are known.
class format_error : public error {
 public:
  format_error(const source_location& where, const std::string& message);
  [[nodiscard]] const source_location& where() const noexcept { return where_; }

 private:
  source_location where_;
};

/// A program did not build. Carries every diagnostic and the compiler's raw log.
class build_error : public error {
 public:
  build_error(int code, std::string_view program, std::string_view device,
              std::vector<diagnostic> diagnostics, std::string log);
  [[nodiscard]] const std::vector<diagnostic>& diagnostics() const noexcept { return diagnostics_; }
  [[nodiscard]] const std::string& log() const noexcept { return log_; }

 private:
  std::vector<diagnostic> diagnostics_;
  std::string log_;
};

/// Something did not finish within the time the caller gave it.
class timeout_error : public error {
 public:
  using error::error;
};

/// Work was cancelled before it ran, or stopped when it was asked to.
class cancelled_error : public error {
 public:
  using error::error;
};

/// What was asked for can never happen: a task waits for itself, or everybody waits.
class deadlock_error : public error {
 public:
  using error::error;
};

/// Something that this work depends on has failed, or its data were never written for such a reason.
class dependency_error : public error {
 public:
  dependency_error(const std::string& message, std::exception_ptr cause) : error(message), cause_(std::move(cause)) {}
  /// The failure it comes from; never a dependency_error itself.
  [[nodiscard]] const std::exception_ptr& cause() const noexcept { return cause_; }

 private:
  std::exception_ptr cause_;
};

/// The object is no longer, or not here, in use: it was shut down, or belongs to the parent of this process.
class closed_error : public error {
 public:
  using error::error;
};

} // namespace clotho
