// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/bind_step.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/input_array.hpp>
#include <clotho/job/detail/number.hpp>
#include <clotho/job/detail/step_source.hpp>

namespace clotho::job::detail {
namespace {

struct binder {
  bound_arguments& bound;
  workspace& work;
  std::size_t step;
  const pipeline& job;

  // A value argument: `data` lives in `bound.values` from here on.
  launch_argument value_argument(host_array data, clotho::detail::bound what, element_type type) {
    const host_array& kept = bound.values.emplace_back(std::move(data));
    launch_argument argument(nullptr);
    argument.what = what;
    argument.type = type;
    argument.size = kept.size_bytes();
    argument.object = kept.data.data();
    return argument;
  }

  launch_argument numbers(const kernel_argument& argument, const literal& given) {
    host_array values = numbers_for(argument, given, job.parameters, work.symbols());
    const bool single = argument.element->width == 1;
    return value_argument(std::move(values),
                          single ? clotho::detail::bound::scalar : clotho::detail::bound::vector,
                          *argument.element);
  }

  launch_argument from_file(const kernel_argument& argument, const file_input& file) {
    host_array bytes =
        read_input(file, argument.element ? std::optional(argument.element->base) : std::nullopt);
    if (argument.size_bytes != 0 && bytes.size_bytes() != argument.size_bytes)
      throw argument_error("has " + std::to_string(argument.size_bytes) + " bytes, '" + file.path.string()
                           + "' holds " + std::to_string(bytes.size_bytes()));
    return value_argument(std::move(bytes), clotho::detail::bound::opaque, {});
  }

  launch_argument local(const local_size& given) {
    return local_memory{static_cast<std::size_t>(given.bytes.evaluate_size(work.symbols_of(step)))};
  }

  flow_argument how_to_sample(const sampler_value& given) {
    const std::optional<address_mode> mode = parse_address_mode(given.address);
    if (!mode) throw argument_error("there is no addressing mode '" + printable(given.address) + "'");
    return bound.samplings.emplace_back(
        sampling{given.linear ? filter_mode::linear : filter_mode::nearest, *mode, given.normalized});
  }

  flow_argument bind(const kernel_argument& argument, const value& given) {
    if (const auto* text = std::get_if<literal>(&given)) return numbers(argument, *text);
    if (const auto* file = std::get_if<file_input>(&given)) return from_file(argument, *file);
    if (const auto* size = std::get_if<local_size>(&given)) return local(*size);
    if (const auto* how = std::get_if<sampler_value>(&given)) return how_to_sample(*how);
    return nullptr;
  }
};

} // namespace

void bind_step(bound_arguments& bound, workspace& work, std::size_t i, const pipeline& job,
               const std::function<split_argument(const array_binding& array)>& memory_of) {
  const job_step& step = work.steps()[i];
  binder with{bound, work, i, job};
  for (std::size_t a = 0; a < step.signature.arguments.size(); ++a) {
    const kernel_argument& argument = step.signature.arguments[a];
    const auto array = std::find_if(step.arrays.begin(), step.arrays.end(),
                                    [&](const array_binding& binding) { return binding.argument == a; });
    if (array != step.arrays.end()) {
      bound.list.push_back(memory_of(*array));
      continue;
    }
    try {
      bound.list.push_back(with.bind(argument, *find_value(*step.spec, argument.name)));
    } catch (const argument_error& why) {
      throw argument_error(label_of(*step.spec) + label_of(argument) + ": " + why.what());
    }
  }
}

} // namespace clotho::job::detail
