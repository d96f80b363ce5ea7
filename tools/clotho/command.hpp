#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <functional>

#include <CLI/CLI.hpp>

namespace clotho::tool {

/// What a command does once it has been chosen: returns the exit status, and throws what the library throws.
using action = std::function<int()>;

/// Each adds one subcommand to `program`, with its options and examples. Parsing the command line runs
/// nothing: the subcommand that was named puts its action into `chosen`.
void add_bench(CLI::App& program, action& chosen);
void add_build(CLI::App& program, action& chosen);
void add_cache(CLI::App& program, action& chosen);
void add_check(CLI::App& program, action& chosen);
void add_devices(CLI::App& program, action& chosen);
void add_doctor(CLI::App& program, action& chosen);
void add_inspect(CLI::App& program, action& chosen);
void add_replay(CLI::App& program, action& chosen);
void add_run(CLI::App& program, action& chosen);
void add_trace(CLI::App& program, action& chosen);
void add_tune(CLI::App& program, action& chosen);

/// Hidden: what doctor runs in a process of its own, because a driver may take the process with it.
void add_probe(CLI::App& program, action& chosen);

} // namespace clotho::tool
