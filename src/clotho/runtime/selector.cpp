// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/selector.hpp>

#include <algorithm>
#include <array>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho {
namespace {

std::string hex_digits(std::string_view text) {
  std::string digits = to_lower(text);
  digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
  return digits;
}

/// Text from outside, safe and short enough for a message.
std::string quote(std::string_view text) {
  constexpr std::size_t most = 80;
  return "'" + printable(text.substr(0, most)) + (text.size() > most ? "..." : "") + "'";
}

std::optional<std::uint64_t> parse_cl_version(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '.');
  const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto major = parse_unsigned(parts[0]);
  const auto minor = parts.size() == 2 ? parse_unsigned(parts[1]) : std::optional<std::uint64_t>(0);
  if (!plain || parts.size() > 2 || !major || !minor || *major > 99 || *minor > 99) return std::nullopt;
  return 100 * *major + *minor;
}

} // namespace

/// Reads the grammar in the header.
class selector_parser {
 public:
  explicit selector_parser(std::span<const device_info> devices) : devices_(devices) {}

  [[nodiscard]] selector parse(std::string_view text) const {
    selector result;
    result.text_ = trim(text);
    if (result.text_.empty()) return result;
    for (const std::string_view word : split(result.text_, ','))
      result.words_.push_back(parse_word(trim(word)));
    return result;
  }

 private:
  using kind = selector::kind;

  enum class value { none, text, hex, version, size, count };
  struct keyword {
    std::string_view text;
    kind what;
    value takes;
  };
  static constexpr std::array keywords{
      keyword{"gpu", kind::type, value::none},
      keyword{"cpu", kind::type, value::none},
      keyword{"accelerator", kind::type, value::none},
      keyword{"other", kind::type, value::none},
      keyword{"pocl", kind::family, value::none},
      keyword{"rusticl", kind::family, value::none},
      keyword{"clover", kind::family, value::none},
      keyword{"mesa", kind::family, value::none},
      keyword{"oclgrind", kind::family, value::none},
      keyword{"nvidia", kind::family, value::none},
      keyword{"amd", kind::family, value::none},
      keyword{"intel", kind::family, value::none},
      keyword{"arm", kind::family, value::none},
      keyword{"mali", kind::family, value::none},
      keyword{"qualcomm", kind::family, value::none},
      keyword{"apple", kind::family, value::none},
      keyword{"fp64", kind::fp64, value::none},
      keyword{"fp16", kind::fp16, value::none},
      keyword{"images", kind::images, value::none},
      keyword{"spirv", kind::spirv, value::none},
      keyword{"svm", kind::svm, value::none},
      keyword{"sync", kind::sync, value::none},
      keyword{"sub", kind::sub, value::none},
      keyword{"all", kind::all, value::none},
      keyword{"exclusive", kind::exclusive, value::none},
      keyword{"cl", kind::cl, value::version},
      keyword{"mem", kind::mem, value::size},
      keyword{"cu", kind::cu, value::count},
      keyword{"name", kind::name, value::text},
      keyword{"platform", kind::platform, value::text},
      keyword{"vendor", kind::vendor, value::text},
      keyword{"driver", kind::driver, value::text},
      keyword{"uuid", kind::uuid, value::hex},
  };

  [[nodiscard]] static std::string form(const keyword& known) {
    std::string text(known.text);
    switch (known.takes) {
    case value::none: return text;
    case value::text: return text + "=TEXT";
    case value::hex: return text + "=HEX";
    case value::version: return text + ">=3.0";
    case value::size: return text + ">=8GiB";
    case value::count: return text + ">=16";
    }
    return text;
  }

  [[noreturn]] void fail(const std::string& what) const {
    std::string message = "bad device selector: " + what + "\n  words:";
    for (const keyword& known : keywords) message += " " + form(known);
    message += "\n  joined by '+', several by ',', the N-th match by ':N'";
    for (std::size_t i = 0; i < devices_.size(); ++i)
      message += (i == 0 ? "\n  devices: " : "\n           ") + canonical_selector(i, devices_) + " "
                 + quote(devices_[i].name);
    throw selection_error(selection_error::reason::bad_selector, message);
  }

  [[nodiscard]] selector::word parse_word(std::string_view text) const {
    if (text.empty()) fail("there is nothing before or after a ','");
    selector::word result;
    result.text = text;
    const std::size_t colon = text.find(':');
    for (const std::string_view part : split(text.substr(0, colon), '+'))
      result.conditions.push_back(parse_condition(trim(part), text));
    if (colon == std::string_view::npos) return result;
    result.index = parse_index(trim(text.substr(colon + 1)), text);
    const bool every = std::any_of(result.conditions.begin(), result.conditions.end(),
                                   [](const selector::condition& c) { return c.what == kind::all; });
    if (every) fail("'all' takes every match, so " + quote(text) + " cannot have an index");
    return result;
  }

  [[nodiscard]] std::uint64_t parse_index(std::string_view digits, std::string_view word) const {
    const bool plain = digits.find_first_not_of("0123456789") == std::string_view::npos;
    const auto number = plain ? parse_unsigned(digits) : std::nullopt;
    if (!number) fail("':' in " + quote(word) + " must be followed by a number that ends the word");
    return *number;
  }

  [[nodiscard]] selector::condition parse_condition(std::string_view text, std::string_view word) const {
    if (text.empty()) fail("a condition is missing in " + quote(word));
    const std::size_t end = std::min(text.find_first_of("<>=!"), text.size());
    const keyword& known = find_keyword(trim(text.substr(0, end)));
    std::string_view rest = text.substr(end);
    if (known.takes == value::none) {
      if (!rest.empty()) fail(quote(text) + ": '" + std::string(known.text) + "' takes no value");
      return {known.what, std::string(known.text)};
    }
    const bool at_least = form(known).find('>') != std::string::npos;
    if (at_least && rest.starts_with(">=")) rest.remove_prefix(1);
    rest = rest.starts_with('=') ? trim(rest.substr(1)) : std::string_view();
    if (rest.empty()) fail(quote(text) + ": write " + form(known));
    return parse_value(known, rest, text);
  }

  [[nodiscard]] selector::condition parse_value(const keyword& known, std::string_view text,
                                                std::string_view whole) const {
    std::optional<std::uint64_t> number = 0;
    switch (known.takes) {
    case value::none:
    case value::text: return {known.what, std::string(text)};
    case value::hex: {
      const std::string digits = hex_digits(text);
      if (digits.empty() || digits.find_first_not_of("0123456789abcdef") != std::string::npos) break;
      return {known.what, digits};
    }
    case value::version: number = parse_cl_version(text); break;
    case value::size: number = parse_size(text); break;
    case value::count: number = parse_unsigned(text); break;
    }
    if (!number || known.takes == value::hex) fail(quote(whole) + ": write " + form(known));
    return {known.what, std::string(text), *number};
  }

  [[nodiscard]] const keyword& find_keyword(std::string_view text) const {
    const std::string lower = text.size() < 64 ? to_lower(text) : std::string();
    const auto found =
        std::find_if(keywords.begin(), keywords.end(), [&](const keyword& k) { return k.text == lower; });
    if (found != keywords.end()) return *found;
    fail("there is no word " + quote(text) + suggestion(text));
  }

  [[nodiscard]] std::string suggestion(std::string_view text) const {
    for (const device_info& device : devices_)
      if (!text.empty() && contains_ignoring_case(device.name, text))
        return "; did you mean 'name=" + printable(text) + "'?";
    std::vector<std::string> words;
    for (const keyword& known : keywords) words.emplace_back(known.text);
    const auto near = text.size() < 64 ? did_you_mean(text, words) : std::nullopt;
    return near ? "; did you mean '" + *near + "'?" : "";
  }

  std::span<const device_info> devices_;
};

selector selector::parse(std::string_view text, std::span<const device_info> devices) {
  return selector_parser(devices).parse(text);
}

} // namespace clotho
