// SPDX-License-Identifier: Apache-2.0
#include "support/failure.hpp"

#include <new>

#include <clotho/core/error.hpp>
#include <clotho/job/run.hpp>

#include "support/diagnostics.hpp"
#include "support/output.hpp"

namespace clotho::tool {
namespace {

void report_build(const build_error& failure) {
  const std::string text = failure.what();
  print_error(text.substr(0, text.find('\n')));
  if (failure.diagnostics().empty()) print_plain_to_stderr(failure.log() + "\n");
  for (const diagnostic& message : failure.diagnostics()) print_plain_to_stderr(excerpt(message, 2));
}

} // namespace

exit_code exit_code_of_current_exception() noexcept {
  try {
    throw;
  } catch (const job::interrupted&) {
    return exit_code::interrupted;
  } catch (const argument_error&) {
    return exit_code::usage;
  } catch (const selection_error& failure) {
    return failure.why() == selection_error::reason::bad_selector ? exit_code::usage : exit_code::no_device;
  } catch (const build_error&) {
    return exit_code::build;
  } catch (const capability_error&) {
    return exit_code::opencl;
  } catch (const io_error&) {
    return exit_code::io;
  } catch (const format_error&) {
    return exit_code::io;
  } catch (const timeout_error&) {
    return exit_code::timeout;
  } catch (const error& failure) {
    return failure.code() != 0 ? exit_code::opencl : exit_code::internal;
  } catch (...) {
    return exit_code::internal;
  }
}

exit_code report_current_exception() noexcept {
  const exit_code code = exit_code_of_current_exception();
  try {
    throw;
  } catch (const build_error& failure) {
    report_build(failure);
  } catch (const std::bad_alloc&) {
    print_error("out of memory");
  } catch (const std::exception& failure) {
    print_error(failure.what());
    if (code == exit_code::internal) print_note("internal error; please report it with the command you ran");
  } catch (...) {
    print_error("unknown exception");
    print_note("internal error; please report it with the command you ran");
  }
  return code;
}

int run_guarded(const std::function<int()>& command) noexcept {
  try {
    return command();
  } catch (...) {
    return status(report_current_exception());
  }
}

} // namespace clotho::tool
