// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/run.hpp>

#include <algorithm>

#include <clotho/job/detail/step_source.hpp>
#include <clotho/job/detail/step_uses.hpp>

namespace clotho::job {

step_graph plan(const pipeline& job) {
  std::vector<std::vector<buffer_use>> uses;
  for (const step_spec& step : job.steps) {
    const detail::step_source source = detail::read_step(step);
    const auto kernel =
        std::find_if(source.kernels.begin(), source.kernels.end(),
                     [&](const kernel_signature& known) { return known.name == source.step.kernel; });
    uses.push_back(detail::uses_of(detail::bind_arrays(source.step, *kernel), *kernel));
  }
  return make_graph(job, uses);
}

} // namespace clotho::job
