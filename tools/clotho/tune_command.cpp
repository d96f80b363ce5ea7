// SPDX-License-Identifier: Apache-2.0
#include "tune_command.hpp"

#include <algorithm>

namespace clotho::tool {

std::unique_ptr<job::search> search_of(const tune_command& given, const job::tuning_space& space) {
  constexpr std::size_t affordable = 200;
  const bool is_kernel = given.primitives.empty();
  const bool takes_all = space.size() <= affordable || (is_kernel && !given.budget.empty());
  const char* const usual = takes_all ? "exhaustive" : "local";
  return job::make_search(given.strategy.empty() ? usual : given.strategy, space, given.seed);
}

tuner_options options_of(const tune_command& given, progress_bar& bar, const job::tuning_space& space) {
  tuner_options options;
  options.seconds = given.seconds;
  if (!given.budget.empty()) {
    const tune_budget budget = parse_budget(given.budget);
    options.most_choices = budget.choices, options.most_seconds = budget.seconds;
  }
  const std::size_t all = std::min(space.size(), options.most_choices.value_or(space.size()));
  options.progress = [&bar, all](std::size_t tried, const job::tuning_choice& next) {
    bar.show(tried, all, job::to_string(next));
  };
  return options;
}

} // namespace clotho::tool
