// SPDX-License-Identifier: Apache-2.0
// clotho tune --primitive: which numbers make clotho's own primitives fast.
#include "tune_primitives.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <clotho/algo/tuning_space.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/tuning_store.hpp>
#include <clotho/runtime/version.hpp>

#include "interrupt.hpp"
#include "primitive_trials.hpp"
#include "support/exit_code.hpp"
#include "support/output.hpp"
#include "tune_report.hpp"

namespace clotho::tool {
namespace {

using values = std::map<std::string, std::vector<std::uint32_t>>;

// A primitive on elements of a type.
struct subject {
  const primitive_work_kind* kind;
  scalar type;
  [[nodiscard]] std::string name() const { return std::string(kind->primitive) + " " + short_name(type); }
};

const primitive_work_kind& kind_of(const std::string& name) {
  std::vector<std::string> known;
  for (const primitive_work_kind& one : primitive_work_kinds()) {
    if (one.primitive == name) return one;
    known.emplace_back(one.primitive);
  }
  if (find_tunable(name) != nullptr)
    throw argument_error("--primitive " + name + ": it has no numbers to tune; there are "
                         + join(known, ", "));
  const auto near = did_you_mean(name, known);
  throw argument_error(
      "--primitive " + printable(name) + ": there is no such primitive; "
      + (near ? "did you mean '" + *near + "'?" : "there are " + join(known, ", ") + ", all"));
}

std::vector<const primitive_work_kind*> kinds_of(const std::vector<std::string>& names) {
  std::vector<const primitive_work_kind*> found;
  if (names == std::vector<std::string>{"all"})
    for (const primitive_work_kind& one : primitive_work_kinds()) found.push_back(&one);
  else
    for (const std::string& name : names) found.push_back(&kind_of(name));
  return found;
}

std::vector<scalar> types_of(const std::vector<std::string>& names) {
  std::vector<scalar> found;
  for (const std::string& name : names) {
    const std::optional<element_type> type = parse_element_type(name);
    if (!type || type->width != 1)
      throw argument_error("--type " + printable(name) + ": this is no type; as in u32, f32, f64");
    found.push_back(type->base);
  }
  return found;
}

// Of the types asked for those that the primitive has; without a wish its first.
void add_subjects(std::vector<subject>& to, const primitive_work_kind& kind,
                  const std::vector<scalar>& types) {
  if (types.empty()) return to.push_back({&kind, kind.types.front()});
  for (const scalar type : types)
    if (std::find(kind.types.begin(), kind.types.end(), type) != kind.types.end())
      to.push_back({&kind, type});
}

std::vector<subject> subjects_of(const tune_command& given) {
  const std::vector<scalar> types = types_of(given.types);
  std::vector<subject> found;
  for (const primitive_work_kind* kind : kinds_of(given.primitives)) {
    const std::size_t before = found.size();
    add_subjects(found, *kind, types);
    if (found.size() != before || given.primitives.front() == "all") continue;
    std::vector<std::string> known;
    for (const scalar type : kind->types) known.emplace_back(short_name(type));
    throw argument_error("--type " + join(given.types, ",") + ": " + std::string(kind->primitive)
                         + " is tuned for " + join(known, ", "));
  }
  if (found.empty()) throw argument_error("no primitive is tuned for " + join(given.types, ", "));
  return found;
}

std::vector<std::size_t> sizes_of(const tune_command& given, const primitive_work_kind& kind) {
  constexpr std::uint64_t most = std::uint64_t{1} << 30;
  if (given.sizes.empty()) return {kind.usual_size};
  std::vector<std::size_t> sizes;
  for (const std::string& text : given.sizes) {
    const std::optional<std::uint64_t> size = parse_size(text);
    if (!size || *size == 0 || *size > most)
      throw argument_error("--size " + printable(text) + ": give a number from 1 to 1G, as in 4M");
    sizes.push_back(static_cast<std::size_t>(*size));
  }
  return sizes;
}

void check_names(const std::vector<subject>& subjects, const std::vector<std::string>& wishes) {
  for (const std::string& wish : wishes) {
    const std::string name = wish.substr(0, wish.find('='));
    const bool is_known =
        name == "shape" || std::any_of(subjects.begin(), subjects.end(), [&](const subject& one) {
          return find_tunable(one.kind->primitive)->find(name) != nullptr;
        });
    if (!is_known)
      throw argument_error("--param " + printable(wish) + ": none of these primitives has a number '"
                           + printable(name) + "'; docs/tuning.md lists them");
  }
}

parameters numbers_of(const job::tuning_choice& choice) {
  parameters made;
  for (const auto& [name, value] : choice) made.set(name, value);
  return made;
}

std::uint32_t checked_number(const tunable& of, const std::string& name, std::string_view text) {
  tuning_table one = tuning_table::parse("* " + std::string(of.name) + " * " + name + "=" + std::string(text),
                                         "--param", tuning_names::known);
  return one.records().front().numbers[name];
}

// What --param says, instead of what is usually tried; of primitives that have no such number nothing.
void restrict_to(values& choices, const tunable& of, const std::vector<std::string>& wishes) {
  for (const std::string& wish : wishes) {
    const std::size_t equals = std::min(wish.find('='), wish.size());
    const std::string name = wish.substr(0, equals);
    const auto place = choices.find(name);
    if (place == choices.end()) continue;
    place->second.clear();
    for (const std::string_view text :
         split(std::string_view(wish).substr(std::min(equals + 1, wish.size())), ','))
      place->second.push_back(checked_number(of, name, text));
  }
}

// What there is to choose on a device.
struct choices {
  job::tuning_space space;
  job::tuning_choice standard; ///< what clotho comes with
};

choices choices_for(const subject& what, const device_info& device, const std::vector<std::string>& wishes) {
  const tunable& of = *find_tunable(what.kind->primitive);
  const parameters shipped = tuning_table::shipped().look_up(device, of.name, what.type);
  values all{{"shape", {static_cast<std::uint32_t>(shape::gpu)}}};
  if (device.type == device_type::cpu) all["shape"].push_back(static_cast<std::uint32_t>(shape::cpu));
  for (const tuning_number& number : of.numbers) all.emplace(number.name, number.choices);
  restrict_to(all, of, wishes);
  job::tuning_choice standard;
  for (auto& [name, tried] : all) {
    standard.emplace_back(name, shipped[name]);
    const tuning_number* number = of.find(name);
    // Some choice must stand for what the other shape does not read.
    if (number != nullptr && std::find(tried.begin(), tried.end(), shipped[name]) == tried.end())
      tried.push_back(shipped[name]);
  }
  const auto allowed = [&](const job::tuning_choice& choice) {
    const parameters numbers = numbers_of(choice);
    const bool is_plain = std::all_of(of.numbers.begin(), of.numbers.end(), [&](const tuning_number& one) {
      return one.of == numbers.shape() || numbers[one.name] == shipped[one.name];
    });
    return is_plain && tuning_refusal(device, of.name, what.type, numbers).empty();
  };
  return {job::tuning_space(all, allowed), std::move(standard)};
}

// What the shape does not read says nothing.
job::tuning_choice worth_saying(const subject& what, const job::tuning_choice& choice) {
  const tunable& of = *find_tunable(what.kind->primitive);
  const clotho::shape shape = numbers_of(choice).shape();
  job::tuning_choice made;
  for (const auto& one : choice)
    if (one.first == "shape" || of.find(one.first)->of == shape) made.push_back(one);
  return made;
}

class primitive_tuning {
 public:
  primitive_tuning(const tune_command& given, const interrupt_request& interrupt)
      : given_(given), interrupt_(interrupt) {}

  int run() {
    const std::vector<subject> subjects = subjects_of(given_);
    for (const subject& one : subjects) (void)sizes_of(given_, *one.kind);
    check_names(subjects, given_.parameters);
    const runtime rt(measuring_runtime(given_.selector, !given_.no_cache));
    const device_info& device = rt.devices()[0].info();
    tune_log log;
    if (!given_.log.empty())
      log = tune_log(given_.log, {"primitives", device.name, device.driver_version, values_text()});
    bool all_count = true;
    for (const subject& one : subjects) all_count = tune_one(one, device, log) && all_count;
    if (given_.json)
      print_json({{"schema", "clotho.tune/1"},
                  {"device", device.name},
                  {"driver", device.driver_version},
                  {"primitives", documents_}});
    if (!given_.no_save && all_count)
      print_note("saved in '" + job::tuning_store::of_user().file_for(device).string()
                 + "'; programs use it from now on");
    return status(all_count ? exit_code::ok : exit_code::failed);
  }

 private:
  [[nodiscard]] std::string values_text() const {
    return std::string(version_string) + " " + join(given_.sizes, ",");
  }

  bool tune_one(const subject& what, const device_info& device, tune_log& log) {
    const choices all = choices_for(what, device, given_.parameters);
    const std::unique_ptr<job::search> order = search_of(given_, all.space);
    // A runtime of its own: what it has built goes with it.
    const runtime rt(measuring_runtime(given_.selector, !given_.no_cache));
    progress_bar bar;
    const tuner_options options = options_of(given_, bar, all.space);
    primitive_trials trials(rt, *what.kind, what.type, sizes_of(given_, *what.kind), interrupt_.flag());
    log.turn_to(what.name());
    const tune_result result = tuner(trials, options, log).run(all.space, *order, all.standard);
    tell(what, tune_report(all.space, result));
    if (!result.best) {
      print_error(what.name() + ": no choice counts");
      return false;
    }
    if (!given_.no_save)
      job::tuning_store::of_user().save(device, std::string(what.kind->primitive),
                                        worth_saying(what, result.candidates[*result.best].choice),
                                        what.type);
    return true;
  }

  void tell(const subject& what, const tune_report& report) {
    if (!given_.json) {
      print("\n" + what.name() + "\n");
      return report.print();
    }
    nlohmann::json document{{"primitive", what.kind->primitive},
                            {"type", short_name(what.type)},
                            {"sizes", sizes_of(given_, *what.kind)}};
    document.update(report.to_json());
    documents_.push_back(std::move(document));
  }

  const tune_command& given_;
  const interrupt_request& interrupt_;
  nlohmann::json documents_ = nlohmann::json::array();
};

void refuse_kernel_options(const tune_command& given) {
  const kernel_options& of = given.kernel;
  const std::array texts{&of.global, &of.local, &of.offset, &of.standard, &of.options};
  const tune_command usual;
  const bool is_judged = given.allowed.absolute != usual.allowed.absolute
                         || given.allowed.relative != usual.allowed.relative || !of.expect.empty();
  const bool has_text =
      std::any_of(texts.begin(), texts.end(), [](const auto* one) { return !one->empty(); });
  if (!is_judged && !has_text && of.values.empty() && of.defines.empty() && of.folders.empty() && !of.round_up
      && given.build_timeout == 0)
    return;
  throw argument_error(
      "values, ranges, macros, tolerances and what compilers are told are of kernel files; primitives "
      "take --type, --size and --param");
}

} // namespace

int tune_primitives(const tune_command& given) {
  refuse_kernel_options(given);
  const interrupt_request interrupt;
  return primitive_tuning(given, interrupt).run();
}

} // namespace clotho::tool
