// SPDX-License-Identifier: Apache-2.0
#include "own_process.hpp"

#include <clotho/job/process.hpp>

#include "support/output.hpp"

namespace clotho::bench {

own_result measure_in(const own_process& how) {
  job::process_command command{{"/proc/self/exe"}, how.environment, {}};
  command.arguments.insert(command.arguments.end(), how.arguments.begin(), how.arguments.end());
  command.arguments.insert(command.arguments.end(), {"--here", "--json"});
  const job::process_result result = job::run_process(command, how.patience);
  tool::print_plain_to_stderr(result.errors);
  own_result made{{}, job::describe(result), !result.exit_status};
  if (result.succeeded()) made.found = report_from_json(nlohmann::json::parse(result.output));
  return made;
}

} // namespace clotho::bench
