// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/workspace.hpp>

#include <algorithm>
#include <cstring>
#include <variant>

#include <clotho/core/checked.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/input_array.hpp>
#include <clotho/job/detail/number.hpp>
#include <clotho/job/detail/step_source.hpp>
#include <clotho/job/parameters.hpp>

namespace clotho::job::detail {
namespace {

constexpr unsigned deepest_parameter = 16;

// Elements of the scalar type that one vector takes in memory.
std::size_t stride_of(const job_array& array) {
  return array.element ? array.element->size_bytes() / size_bytes(array.element->base) : 1;
}

// Whether the kernel's text reads or writes the image by the functions for whole numbers. A wrong guess shows
// as wrong pixels; naming the function with the argument's own name is how nearly all kernels are written.
bool mentions_integers(std::string_view source, const std::string& argument) {
  for (const char* function : {"read_imageui", "read_imagei", "write_imageui", "write_imagei"}) {
    const std::string_view name = function;
    for (std::size_t at = source.find(name); at != std::string_view::npos; at = source.find(name, at + 1)) {
      std::string_view rest = trim(source.substr(at + name.size()));
      if (!rest.starts_with('(')) continue;
      rest = trim(rest.substr(1));
      if (!rest.starts_with(argument)) continue;
      rest = trim(rest.substr(argument.size()));
      if (rest.starts_with(',')) return true;
    }
  }
  return false;
}

void check_vectors(const job_array& array) {
  const std::size_t stride = stride_of(array);
  if (array.content.element_count() % stride == 0) return;
  throw argument_error(array.label + ": " + std::to_string(array.content.element_count())
                       + " numbers make no whole " + opencl_name(*array.element) + ", of "
                       + std::to_string(stride) + " each"
                       + (array.element->width == 3 ? " (a vector of 3 takes the room of 4)" : ""));
}

template <class F> auto in_context(const std::string& label, F f) {
  try {
    return f();
  } catch (const argument_error& why) {
    throw argument_error(label + ": " + why.what());
  }
}

} // namespace

std::optional<double> shape_property(const std::vector<std::size_t>& shape, std::string_view property) {
  const std::size_t rank = shape.size();
  const bool has_channels = rank == 4 || (rank == 3 && shape[2] <= 4);
  const std::size_t spatial = has_channels ? rank - 1 : rank;
  const auto from_last = [&](std::size_t i) { return i < spatial ? shape[spatial - 1 - i] : 1; };
  if (property == "n") return static_cast<double>(element_count(shape));
  if (rank > 4) return std::nullopt;
  if (property == "w") return static_cast<double>(from_last(0));
  if (property == "h") return static_cast<double>(from_last(1));
  if (property == "d") return static_cast<double>(from_last(2));
  if (property == "c") return static_cast<double>(has_channels ? shape.back() : 1);
  return std::nullopt;
}

workspace::workspace(const pipeline& job, std::vector<job_step> steps, const device_info& target)
    : job_(job), target_(target), steps_(std::move(steps)), globals_(steps_.size()), sizing_(steps_.size()) {
  for (const buffer_spec& buffer : job.buffers)
    arrays_.push_back({.name = buffer.name,
                       .source = buffer.source,
                       .type = buffer.type,
                       .save = buffer.save,
                       .label = "buffer '" + buffer.name + "'",
                       .element = std::nullopt,
                       .first_step = std::nullopt,
                       .last_writer = std::nullopt,
                       .content = {}});
  for (std::size_t i = 0; i < steps_.size(); ++i) add_uses(i);
}

void workspace::add_uses(std::size_t step) {
  const job_step& used = steps_[step];
  for (const array_binding& binding : used.arrays) {
    const kernel_argument& argument = used.signature.arguments[binding.argument];
    if (!find_array(binding.array)) {
      const value& given = *find_value(*used.spec, argument.name);
      if (std::holds_alternative<buffer_name>(given)) {
        std::vector<std::string> names;
        for (const job_array& known : arrays_) names.push_back(known.name);
        const auto near = did_you_mean(binding.array, names);
        throw argument_error(label_of(*used.spec) + label_of(argument) + ": there is no buffer '"
                             + printable(binding.array) + "'"
                             + (near ? "; did you mean '" + *near + "'?" : ""));
      }
      arrays_.push_back({.name = binding.array,
                         .source = given,
                         .type = std::nullopt,
                         .save = std::nullopt,
                         .label = label_of(argument),
                         .element = std::nullopt,
                         .first_step = std::nullopt,
                         .last_writer = std::nullopt,
                         .content = {}});
    }
    add_use(array(binding.array), argument, step);
  }
}

void workspace::add_use(job_array& array, const kernel_argument& argument, std::size_t step) {
  const bool is_image = argument.kind == argument_kind::image;
  const std::string place = label_of(*steps_[step].spec) + label_of(argument);
  if (!array.first_step) {
    array.first_step = step;
    array.label = label_of(*steps_[step].spec) + label_of(argument);
    array.is_image = is_image;
    if (is_image) array.dimensions = argument.type.starts_with("image3d") ? 3 : 2;
    if (is_image && !argument.type.starts_with("image2d_t") && !argument.type.starts_with("image3d_t"))
      throw argument_error(
          place + ": clotho runs kernels with image2d_t and image3d_t, not with this kind of image");
  } else if (array.is_image != is_image) {
    throw argument_error(place + ": '" + array.name + "' is " + (is_image ? "a buffer" : "an image")
                         + " in step '" + steps_[*array.first_step].spec->id
                         + "'; use two arrays, or one kind of argument");
  }
  if (is_image)
    array.reads_integers = array.reads_integers || mentions_integers(steps_[step].source, argument.name);
  if (!is_image && argument.element) {
    if (array.type && *array.type != argument.element->base)
      throw argument_error(
          place + ": '" + array.name + "' holds " + opencl_name({*array.type, 1})
          + (array.element ? " for step '" + steps_[*array.first_step].spec->id + "'" : " as declared")
          + ", this kernel takes it as " + argument.type);
    array.type = argument.element->base;
    if (!array.element || argument.element->width > array.element->width) array.element = argument.element;
  } else if (!is_image) {
    array.struct_bytes = std::max(array.struct_bytes, argument.size_bytes);
  }
  array.is_read = array.is_read || may_read(argument);
  if (may_write(argument)) array.last_writer = step;
}

job_array* workspace::find_array(std::string_view name) {
  const auto found =
      std::find_if(arrays_.begin(), arrays_.end(), [&](const job_array& a) { return a.name == name; });
  return found == arrays_.end() ? nullptr : &*found;
}

job_array& workspace::array(std::string_view name) {
  if (job_array* found = find_array(name)) return *found;
  std::vector<std::string> names;
  for (const job_array& known : arrays_) names.push_back(known.name);
  const auto near = did_you_mean(name, names);
  throw argument_error("there is no array '" + printable(name) + "'"
                       + (near            ? "; did you mean '" + *near + "'?"
                          : names.empty() ? ""
                                          : "; there are " + join(names, ", ")));
}

// A wrong number is named as such, before a size that is made of it looks wrong.
void workspace::check_numbers(const job_step& step) {
  for (const kernel_argument& argument : step.signature.arguments) {
    const auto* given = std::get_if<literal>(find_value(*step.spec, argument.name));
    if (argument.kind == argument_kind::value && given)
      in_context(label_of(*step.spec) + label_of(argument),
                 [&] { return numbers_for(argument, *given, job_.parameters, symbols()); });
  }
}

void workspace::resolve() {
  for (const job_step& step : steps_) check_numbers(step);
  for (job_array& array : arrays_) (void)resolved(array);
  for (std::size_t i = 0; i < steps_.size(); ++i) (void)range_of(i);
}

job_array& workspace::resolved(job_array& array) {
  using state = job_array::state;
  if (array.progress == state::resolved) return array;
  if (array.progress == state::resolving)
    throw argument_error(array.label + ": the size of '" + array.name
                         + "' depends on itself; give its shape, as in " + array.name + "=zeros:1024");
  array.progress = state::resolving;
  array.content = content_of(array);
  array.progress = state::resolved;
  check_vectors(array);
  return array;
}

host_array workspace::content_of(job_array& array) {
  if (const auto* file = std::get_if<file_input>(&array.source)) {
    return in_context(array.label, [&] { return read_input(*file, array.type); });
  }
  if (const auto* recipe = std::get_if<generator>(&array.source)) return generated(array, *recipe);
  if (const auto* numbers = std::get_if<literal>(&array.source)) return listed(array, *numbers);
  throw argument_error(array.label + ": an array comes from a file, a generator or a list of numbers");
}

host_array workspace::generated(job_array& array, const generator& recipe) {
  if (recipe.type && array.type && *recipe.type != *array.type)
    throw argument_error(array.label + " takes " + opencl_name({*array.type, 1}) + ", not "
                         + opencl_name({*recipe.type, 1}));
  std::optional<scalar> type = array.type ? array.type : recipe.type;
  std::vector<std::size_t> shape;
  if (recipe.what == generator::kind::like) {
    const job_array& model = resolved(this->array(recipe.like));
    if (!type) type = model.content.type;
    shape = model.content.shape;
  } else if (recipe.shape.empty()) {
    shape = shape_from_range(array);
  } else {
    for (const expression& size : recipe.shape)
      shape.push_back(
          in_context(array.label, [&] { return static_cast<std::size_t>(size.evaluate_size(symbols())); }));
  }
  // A pointee without a known type is bytes: as many as its structs take.
  if (!type && !array.is_image && array.struct_bytes > 1 && recipe.what != generator::kind::like)
    shape.push_back(array.struct_bytes);
  const scalar known = type.value_or(array.is_image ? scalar::f32 : scalar::u8);
  check_size(array, known, shape);
  return in_context(array.label, [&] { return generate(recipe, known, std::move(shape)); });
}

void workspace::check_size(const job_array& array, scalar type, const std::vector<std::size_t>& shape) const {
  const std::uint64_t most = target_.max_allocation_bytes;
  const auto size = checked_multiply<std::uint64_t>(element_count(shape), size_bytes(type));
  if (most != 0 && array.first_step && (!size || *size > most))
    throw capability_error(array.label + ": an array of " + shape_text(shape) + " " + short_name(type)
                           + " is too large for '" + target_.name + "', which allocates at most "
                           + format_size(most) + " at once; split the data");
}

host_array workspace::listed(const job_array& array, const literal& numbers) {
  const literal all = substitute(numbers, job_.parameters);
  const scalar type = array.type.value_or(scalar::f32);
  host_array list = make_array(type, {all.numbers.size()});
  for (std::size_t i = 0; i < all.numbers.size(); ++i) {
    const host_array one =
        in_context(array.label, [&] { return evaluate_number(all.numbers[i], type, symbols()); });
    std::memcpy(list.data.data() + i * one.size_bytes(), one.data.data(), one.size_bytes());
  }
  return list;
}

std::vector<std::size_t> workspace::shape_from_range(const job_array& array) {
  if (!array.first_step)
    throw argument_error(array.label + ": no step uses '" + array.name + "', so its shape must be given");
  const extent range = global_of(*array.first_step);
  std::vector<std::size_t> shape;
  for (unsigned d = range.dimensions(); d-- > 0;) shape.push_back(range[d]);
  if (stride_of(array) > 1) shape.push_back(stride_of(array));
  return shape;
}

symbol_lookup workspace::symbols() {
  return [this](std::string_view name) -> std::optional<double> {
    if (const auto value = parameter(name)) return value;
    return property(name);
  };
}

std::optional<double> workspace::parameter(std::string_view name) {
  for (const auto& [known, text] : job_.parameters) {
    if (known != name) continue;
    if (parameter_depth_ == deepest_parameter)
      throw argument_error("'" + known + "' is defined by itself: " + known + "=" + printable(text));
    ++parameter_depth_;
    const double value = evaluate_number(text, symbols());
    --parameter_depth_;
    return value;
  }
  return std::nullopt;
}

symbol_lookup workspace::symbols_of(std::size_t i) {
  return [this, i, outer = symbols()](std::string_view name) -> std::optional<double> {
    if (const auto inner = argument_value(steps_[i], name)) return inner;
    return outer(name);
  };
}

std::optional<double> workspace::property(std::string_view text) {
  if (job_array* whole = find_array(text)) {
    const std::vector<std::size_t>& shape = resolved(*whole).content.shape;
    return shape.empty() ? 1 : static_cast<double>(shape[0]);
  }
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  job_array* owner = find_array(text.substr(0, dot));
  if (!owner) return std::nullopt;
  const host_array& content = resolved(*owner).content;
  const std::string_view word = text.substr(dot + 1);
  if (word == "bytes") return static_cast<double>(element_count(content.shape) * size_bytes(content.type));
  // The last dimension of a 3D image without channels is its width, however small.
  if (owner->is_image && owner->dimensions == 3 && content.shape.size() == 3) {
    std::vector<std::size_t> with_channels = content.shape;
    with_channels.push_back(1);
    return shape_property(with_channels, word);
  }
  return shape_property(content.shape, word);
}

std::optional<double> workspace::argument_value(const job_step& step, std::string_view name) {
  const std::string_view base = name.substr(0, name.find('.'));
  for (const array_binding& binding : step.arrays)
    if (step.signature.arguments[binding.argument].name == base)
      return property(binding.array + std::string(name.substr(base.size())));
  if (base != name) return std::nullopt;
  const value* given = find_value(*step.spec, std::string(name));
  const auto* number = given ? std::get_if<literal>(given) : nullptr;
  if (!number) return std::nullopt;
  const literal all = substitute(*number, job_.parameters);
  return all.numbers.size() == 1 ? std::optional(evaluate_number(all.numbers[0], symbols())) : std::nullopt;
}

extent workspace::evaluate_extent(std::size_t step, const std::vector<expression>& sizes, const char* what) {
  if (sizes.empty()) return {};
  const std::string label = label_of(*steps_[step].spec) + what;
  if (sizes.size() > 3)
    throw argument_error(label + " has " + std::to_string(sizes.size()) + " dimensions; there are at most 3");
  std::array<std::size_t, 3> numbers{1, 1, 1};
  const symbol_lookup names = symbols_of(step);
  for (std::size_t d = 0; d < sizes.size(); ++d)
    numbers[d] = in_context(label, [&] { return static_cast<std::size_t>(sizes[d].evaluate_size(names)); });
  return extent(static_cast<unsigned>(sizes.size()), numbers);
}

extent workspace::global_of(std::size_t step) {
  if (globals_[step]) return *globals_[step];
  const std::string& kernel = steps_[step].signature.name;
  if (sizing_[step])
    throw argument_error(
        label_of(*steps_[step].spec) + "the range of kernel '" + kernel
        + "' depends on an array that takes its shape from the range; give one of them, as in -g 1024");
  sizing_[step] = true;
  const step_spec& spec = *steps_[step].spec;
  globals_[step] =
      spec.global.empty() ? obvious_range(steps_[step]) : evaluate_extent(step, spec.global, "global size");
  sizing_[step] = false;
  return *globals_[step];
}

// The range of a kernel that nobody gave one: its images' or its buffers' size, if they all agree.
extent workspace::obvious_range(const job_step& step) {
  std::vector<extent> candidates;
  bool has_images = false;
  for (const array_binding& binding : step.arrays) has_images = has_images || array(binding.array).is_image;
  for (const array_binding& binding : step.arrays) {
    job_array& used = array(binding.array);
    if (used.is_image != has_images) continue;
    const std::vector<std::size_t> shape = resolved(used).content.shape;
    extent size(element_count(shape) / stride_of(used));
    if (has_images) {
      const auto side = [&](const char* name) {
        return static_cast<std::size_t>(property(used.name + "." + name).value_or(1));
      };
      size = extent(used.dimensions, {side("w"), side("h"), used.dimensions == 3 ? side("d") : 1});
    }
    if (std::find(candidates.begin(), candidates.end(), size) == candidates.end()) candidates.push_back(size);
  }
  if (candidates.size() == 1) return candidates[0];
  throw argument_error(label_of(*step.spec) + "how many work-items should kernel '" + step.signature.name
                       + "' have? Give the global size by -g, as in -g 1024 or -g img.w,img.h"
                       + (candidates.empty() ? "" : "; its arrays differ in size, so none can stand for it"));
}

nd_range workspace::range_of(std::size_t i) {
  const step_spec& spec = *steps_[i].spec;
  nd_range range(global_of(i));
  if (!spec.offset.empty()) range.offset(evaluate_extent(i, spec.offset, "offset"));
  if (!spec.local.empty()) range.local(evaluate_extent(i, spec.local, "local size"));
  if (spec.round_up) range.rounded_up();
  return range;
}

} // namespace clotho::job::detail
