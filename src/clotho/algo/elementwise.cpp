// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/elementwise.hpp>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/snippet.hpp>
#include <clotho/algo/kernels/elementwise.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/flow/runtime.hpp>

namespace clotho {

using detail::elementwise_argument;
using detail::snippet_argument;

namespace {

std::string spelled(const snippet_argument& wanted) {
  return std::string("'") + (wanted.is_pointer && wanted.is_const ? "const " : "")
         + opencl_name({wanted.type, 1}) + (wanted.is_pointer ? "* " : " ") + wanted.name + "'";
}

// A number as the type that the kernel takes.
class converted {
 public:
  converted(const snippet_argument& wanted, const elementwise_argument& given)
      : wanted_(wanted), given_(given) {
    visit_scalar(wanted.type, [&]<class T>(T) {
      if constexpr (!std::is_same_v<T, half>) keep(value_as<T>());
    });
  }
  [[nodiscard]] launch_argument argument() const {
    launch_argument made(nullptr);
    made.what = detail::bound::scalar;
    made.type = {wanted_.type, 1};
    made.size = size_bytes(wanted_.type);
    made.object = bytes_.data();
    return made;
  }

 private:
  template <class T> void keep(T value) { std::memcpy(bytes_.data(), &value, sizeof(T)); }
  template <class T> [[nodiscard]] T value_as() const {
    const auto negative = static_cast<std::int64_t>(given_.integer);
    if constexpr (std::floating_point<T>) {
      if (given_.is_fraction) return static_cast<T>(given_.fraction);
      return given_.is_negative ? static_cast<T>(negative) : static_cast<T>(given_.integer);
    } else {
      if (given_.is_fraction) refuse(std::to_string(given_.fraction));
      if (given_.is_negative ? !std::in_range<T>(negative) : !std::in_range<T>(given_.integer))
        refuse(given_.is_negative ? std::to_string(negative) : std::to_string(given_.integer));
      return static_cast<T>(given_.integer);
    }
  }
  [[noreturn]] void refuse(const std::string& number) const {
    throw argument_error("elementwise: the number " + number + " does not fit the argument "
                         + spelled(wanted_));
  }

  const snippet_argument& wanted_;
  const elementwise_argument& given_;
  alignas(8) std::array<std::byte, 8> bytes_{};
};

} // namespace

struct elementwise::state {
  placement where;
  detail::snippet_signature signature;
  std::string statement, preamble;
  std::string key; // arguments, statement and preamble

  [[nodiscard]] const detail::primitive& program() const;
  void check(std::span<const elementwise_argument> given) const;
  [[nodiscard]] std::size_t common_count(std::span<const elementwise_argument> given) const;
};

elementwise::elementwise(const placement& where, std::string_view arguments, std::string_view statement,
                         std::string_view preamble)
    : state_(std::make_shared<const state>(
        state{where, detail::parse_snippet_signature(arguments, {"i", "n"}), std::string(statement),
              std::string(preamble),
              std::string(arguments) + '\n' + std::string(statement) + '\n' + std::string(preamble)})) {
  if (trim(statement).empty()) throw argument_error("elementwise: the statement is empty");
  if (state_->signature.empty())
    throw argument_error("elementwise: there are no arguments, so nothing could be written");
  for (const snippet_argument& one : state_->signature)
    if (one.type == scalar::f64)
      detail::require_type(where, scalar::f64, "elementwise: the argument " + spelled(one));
}

const detail::primitive& elementwise::state::program() const {
  return detail::primitive_for(where, {kernels::elementwise, 0, key}, "elementwise", scalar::f32,
                               [&](const parameters& tuning) {
                                 return detail::primitive_request{
                                     {{"ARGUMENTS", detail::parameter_text(signature)},
                                      {"TILE", std::to_string(tuning["tile"])},
                                      {"GROUP", std::to_string(tuning["group"])}},
                                     {tuning.shape() == shape::cpu ? "elementwise_cpu" : "elementwise_gpu"},
                                     preamble,
                                     {{"STATEMENT", "statement", statement}}};
                               });
}

void elementwise::state::check(std::span<const elementwise_argument> given) const {
  if (given.size() != signature.size())
    throw argument_error("elementwise: there are " + std::to_string(signature.size()) + " arguments ("
                         + detail::name_text(signature) + "), and " + std::to_string(given.size())
                         + " were given");
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (signature[i].is_pointer != given[i].memory.has_value())
      throw argument_error("elementwise: " + spelled(signature[i]) + " takes "
                           + (signature[i].is_pointer ? "memory" : "a number") + ", and was given "
                           + (given[i].memory ? "memory" : "a number"));
    if (given[i].memory && given[i].memory->type != signature[i].type)
      throw argument_error("elementwise: " + spelled(signature[i]) + " was given elements of type "
                           + opencl_name({given[i].memory->type, 1}));
  }
}

std::size_t elementwise::state::common_count(std::span<const elementwise_argument> given) const {
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i].memory) continue;
    if (!first) first = i;
    detail::check_same_count("elementwise", signature[*first].name, *given[*first].memory, signature[i].name,
                             *given[i].memory);
  }
  if (!first)
    throw argument_error("elementwise: no argument is memory: say how many indices by over(count, ...)");
  return given[*first].memory->size();
}

future<void> elementwise::run(std::optional<std::size_t> count,
                              std::span<const elementwise_argument> given) const {
  state_->check(given);
  const std::uint64_t n = count ? *count : state_->common_count(given);
  const placement& where = state_->where;
  if (n == 0) return detail::nothing_to_do(where);
  const detail::primitive& built = state_->program();

  std::vector<converted> numbers;
  std::vector<flow_argument> arguments;
  std::vector<detail::writable> results;
  numbers.reserve(given.size());
  arguments.reserve(given.size() + 1);
  arguments.emplace_back(launch_argument(n));
  for (std::size_t i = 0; i < given.size(); ++i) {
    const snippet_argument& wanted = state_->signature[i];
    if (!wanted.is_pointer)
      arguments.emplace_back(numbers.emplace_back(wanted, given[i]).argument());
    else if (wanted.is_const)
      arguments.emplace_back(in(detail::readable(where, *given[i].memory).bytes));
    else
      arguments.emplace_back(inout(results.emplace_back(where, *given[i].memory, true).memory().bytes));
  }
  const bool cpu = built.shape == shape::cpu;
  const std::size_t each = cpu ? built.tuning["tile"] : built.tuning["group"];
  const std::size_t items = detail::divide_up(n, each);
  future<void> last =
      where.owner().launch(built.kernels[0], cpu ? detail::one_by_one(items) : detail::groups_of(each, items),
                           std::span<const flow_argument>(arguments));
  for (const detail::writable& one : results) last = one.finish(std::move(last));
  return last;
}

} // namespace clotho
