#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace example {

/// What somebody asked for cannot be: a word that is no option, a number out of its range.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The options of an example, each with the variable that it sets, and how the example ends.
class command_line {
 public:
  command_line(std::string name, std::string about) : name_(std::move(name)), about_(std::move(about)) {}

  void number(const std::string& name, std::size_t& value, std::size_t least, std::size_t most,
              std::string meaning) {
    meaning += " (" + std::to_string(least) + " to " + std::to_string(most) + ", default "
               + std::to_string(value) + ")";
    add(name, "N", std::move(meaning), [=, &value](const std::string& word) {
      const auto parsed = clotho::parse_unsigned(word);
      if (!parsed || *parsed < least || *parsed > most)
        throw usage_error(name + ": '" + word + "' is not a number from " + std::to_string(least) + " to "
                          + std::to_string(most));
      value = static_cast<std::size_t>(*parsed);
    });
  }
  void text(const std::string& name, std::string& value, const std::string& placeholder,
            std::string meaning) {
    if (!value.empty()) meaning += " (default " + value + ")";
    add(name, placeholder, std::move(meaning), [&value](const std::string& word) { value = word; });
  }
  void devices(std::string& selector) {
    text("--devices", selector, "SELECTOR",
         "where to run, as 'clotho devices' names it; else CLOTHO_DEVICES, or the best");
  }
  void flag(const std::string& name, bool& value, std::string meaning) {
    add(name, "", std::move(meaning), [&value](const std::string&) { value = true; });
  }

  /// Reads the options and calls `body`, which says whether the result is right. Gives what main returns: 0
  /// right, 1 wrong or failed, 2 asked wrongly.
  template <class Body> [[nodiscard]] int run(int argc, char** argv, Body&& body) const {
    try {
      if (!parse({argv + 1, argv + argc})) return 0;
      return body() ? 0 : 1;
    } catch (const usage_error& asked_wrongly) {
      std::fprintf(stderr, "%s: %s; see %s --help\n", name_.c_str(), asked_wrongly.what(), name_.c_str());
      return 2;
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "%s: %s\n", name_.c_str(), message_of(failure).c_str());
      return 1;
    }
  }

 private:
  struct option {
    std::string name, placeholder, meaning;
    std::function<void(const std::string&)> set;
  };

  void add(std::string name, std::string placeholder, std::string meaning,
           std::function<void(const std::string&)> set) {
    options_.push_back({std::move(name), std::move(placeholder), std::move(meaning), std::move(set)});
  }

  /// Whether to go on: not after --help.
  [[nodiscard]] bool parse(const std::vector<std::string>& words) const {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == "--help" || words[i] == "-h") return help(), false;
      const option& found = find(words[i]);
      const bool takes_word = !found.placeholder.empty();
      if (takes_word && i + 1 == words.size())
        throw usage_error(words[i] + " needs a " + found.placeholder + " after it");
      found.set(takes_word ? words[++i] : "");
    }
    return true;
  }
  [[nodiscard]] const option& find(const std::string& word) const {
    for (const option& one : options_)
      if (one.name == word) return one;
    throw usage_error("there is no option '" + clotho::printable(word) + "'");
  }
  void help() const {
    std::printf("%s\n\n  %s [OPTION...]\n\n", about_.c_str(), name_.c_str());
    for (const option& one : options_)
      std::printf("  %-20s %s\n", (one.name + " " + one.placeholder).c_str(), one.meaning.c_str());
    std::printf("  %-20s %s\n", "--help", "show this");
  }

  // Of a task that failed since another did, the first cause says more.
  [[nodiscard]] static std::string message_of(const std::exception& failure) {
    const auto* const consequence = dynamic_cast<const clotho::dependency_error*>(&failure);
    if (consequence == nullptr || !consequence->cause()) return failure.what();
    try {
      std::rethrow_exception(consequence->cause());
    } catch (const std::exception& cause) {
      return cause.what();
    } catch (...) {
      return failure.what();
    }
  }

  std::string name_, about_;
  std::vector<option> options_;
};

} // namespace example
