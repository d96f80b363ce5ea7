// SPDX-License-Identifier: Apache-2.0
#include "tune_log.hpp"

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>

namespace clotho::tool {
namespace {

constexpr const char* schema = "clotho.tune.log/1";

nlohmann::json header_of(const tune_subject& subject) {
  return {{"schema", schema},
          {"kernel", subject.name},
          {"device", subject.device},
          {"driver", subject.driver},
          {"values", subject.values}};
}

job::tuning_choice choice_from(const nlohmann::json& from) {
  job::tuning_choice choice; // nlohmann's objects are in the order of their names, as choices are
  for (const auto& [name, value] : from.items())
    choice.emplace_back(name, name == "shape" ? (value == "cpu" ? 0 : 1) : value.get<std::uint32_t>());
  return choice;
}

tune_outcome outcome_from(const nlohmann::json& from) {
  if (from.contains("refused"))
    return {.seconds = 0, .likely = {}, .launches = 0, .refusal = from.at("refused")};
  return {from.at("seconds"), {from.at("low"), from.at("high")}, from.at("launches"), {}};
}

std::string key_of(const std::string& part, const job::tuning_choice& choice) {
  return part + ": " + job::to_string(choice);
}

} // namespace

nlohmann::json to_json(const job::tuning_choice& choice) {
  nlohmann::json to = nlohmann::json::object();
  for (const auto& [name, value] : choice)
    if (name == "shape")
      to[name] = value == 0 ? "cpu" : "gpu";
    else
      to[name] = value;
  return to;
}

tune_log::tune_log(std::filesystem::path file, const tune_subject& subject) : file_(std::move(file)) {
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(file_, ignored);
  std::string text = is_there ? os::read_text(file_) : std::string();
  text.resize(text.rfind('\n') + 1); // 0 when there is none
  if (is_there && text.size() != std::filesystem::file_size(file_))
    std::filesystem::resize_file(file_, text.size());
  if (!text.empty()) read(text, subject);
  out_.open(file_, std::ios::app);
  if (!out_) throw io_error("cannot write", file_.string());
  if (text.empty()) append(header_of(subject));
}

void tune_log::read(const std::string& text, const tune_subject& subject) {
  int number = 0;
  for (const std::string_view line : split(std::string_view(text).substr(0, text.size() - 1), '\n')) {
    ++number;
    try {
      const nlohmann::json entry = nlohmann::json::parse(line);
      const auto key = [&](const char* what) {
        return key_of(entry.value("of", ""), choice_from(entry.at(what)));
      };
      if (number == 1) {
        if (entry != header_of(subject))
          throw format_error({file_.string(), 1, 1},
                             "this is the log of something else: another kernel, device, driver or "
                             "other values; take another file");
      } else if (entry.contains("try")) {
        known_[key("try")].refusal = "the process ended while it ran";
      } else if (entry.contains("broken off")) {
        known_.erase(key("broken off"));
      } else {
        known_[key("choice")] = outcome_from(entry);
      }
    } catch (const nlohmann::json::exception& why) {
      throw format_error({file_.string(), number, 1},
                         "this is no line of a tuning log: " + printable(why.what()));
    }
  }
}

const tune_outcome* tune_log::find(const job::tuning_choice& choice) const {
  const auto found = known_.find(key_of(part_, choice));
  return found == known_.end() ? nullptr : &found->second;
}

// At once, so that it is there when the next thing ends the process.
void tune_log::append(nlohmann::json line) {
  if (file_.empty()) return;
  if (!part_.empty()) line["of"] = part_;
  out_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n' << std::flush;
  if (!out_) throw io_error("cannot write", file_.string());
}

void tune_log::begin(const job::tuning_choice& choice) { append({{"try", to_json(choice)}}); }

void tune_log::forget(const job::tuning_choice& choice) { append({{"broken off", to_json(choice)}}); }

void tune_log::end(const job::tuning_choice& choice, const tune_outcome& outcome) {
  nlohmann::json line{{"choice", to_json(choice)}};
  if (outcome.counts())
    line.update({{"seconds", outcome.seconds},
                 {"low", outcome.likely.low},
                 {"high", outcome.likely.high},
                 {"launches", outcome.launches}});
  else
    line["refused"] = outcome.refusal;
  append(line);
}

} // namespace clotho::tool
