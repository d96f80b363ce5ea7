// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/capture_options.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/os/environment.hpp>
#include <clotho/core/text.hpp>

namespace clotho {

capture_options capture_from_environment() {
  capture_options wanted;
  wanted.kernels = os::environment("CLOTHO_CAPTURE").value_or("");
  if (const auto folder = os::environment("CLOTHO_CAPTURE_DIR")) wanted.folder = *folder;
  if (const auto count = os::environment("CLOTHO_CAPTURE_COUNT")) {
    const auto number = parse_unsigned(*count);
    if (!number) throw argument_error("CLOTHO_CAPTURE_COUNT: '" + printable(*count) + "' is no number; write 10");
    wanted.most_per_kernel = static_cast<std::size_t>(*number);
  }
  if (const auto size = os::environment("CLOTHO_CAPTURE_SIZE")) {
    const auto bytes = parse_size(*size);
    if (!bytes) throw argument_error("CLOTHO_CAPTURE_SIZE: '" + printable(*size) + "' is no size; write 200M or 4GiB");
    wanted.most_bytes = *bytes;
  }
  return wanted;
}

} // namespace clotho
