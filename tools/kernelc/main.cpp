// SPDX-License-Identifier: Apache-2.0
// clotho-kernelc: makes .cl files part of a program. Needs the core alone, so that clotho itself can be built
// with it.
#include <cstdio>
#include <exception>
#include <string>

#include <clotho/core/error.hpp>

#include "embed.hpp"
#include "options.hpp"

int main(int count, char** arguments) {
  using namespace clotho::kernelc;
  try {
    const options wanted = parse_options({arguments + 1, arguments + count});
    if (wanted.help) {
      std::fputs(help_text, stdout);
      return 0;
    }
    embed(wanted);
    return 0;
  } catch (const clotho::argument_error& thrown) {
    std::fprintf(stderr, "clotho-kernelc: error: %s\n", thrown.what());
    return 2;
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "clotho-kernelc: error: %s\n", thrown.what());
    return 6;
  }
}
