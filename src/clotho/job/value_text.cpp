// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/value_text.hpp>

#include <array>
#include <charconv>

#include <clotho/core/text.hpp>

namespace clotho::job {
namespace {

// The shortest text that reads back as the same number.
std::string number_text(double number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

std::string shape_of(const generator& recipe) {
  std::vector<std::string> parts;
  for (const expression& size : recipe.shape) parts.push_back(size.text());
  return join(parts, "x");
}

struct writer {
  std::string operator()(const literal& what) const { return join(what.numbers, ","); }

  std::string operator()(const file_input& what) const {
    std::string text = "@" + what.path.string();
    if (!what.hint.member.empty()) text += ":" + what.hint.member;
    if (what.hint.type) text += std::string(",") + short_name(*what.hint.type);
    for (std::size_t i = 0; i < what.hint.shape.size(); ++i)
      text += (i == 0 ? "," : "x") + std::to_string(what.hint.shape[i]);
    return text;
  }

  std::string operator()(const generator& what) const {
    using kind = generator::kind;
    std::string text;
    switch (what.what) {
    case kind::zeros: text = "zeros:" + shape_of(what); break;
    case kind::fill: text = "fill:" + shape_of(what) + ",value=" + number_text(what.value); break;
    case kind::iota: text = "iota:" + shape_of(what); break;
    case kind::uniform: text = "rand:" + shape_of(what); break;
    case kind::normal: text = "randn:" + shape_of(what); break;
    case kind::like: text = "like:" + what.like; break;
    }
    if (what.what == kind::uniform && what.low != 0) text += ",lo=" + number_text(what.low);
    if (what.what == kind::uniform && what.high != 1) text += ",hi=" + number_text(what.high);
    if (what.seed != 0) text += ",seed=" + std::to_string(what.seed);
    if (what.type) text += std::string(",type=") + short_name(*what.type);
    return text;
  }

  std::string operator()(const local_size& what) const { return "local:" + what.bytes.text(); }
  std::string operator()(const null_pointer&) const { return "null"; }

  std::string operator()(const sampler_value& what) const {
    return std::string("sampler:") + (what.linear ? "linear," : "nearest,") + what.address
           + (what.normalized ? ",normalized" : "");
  }

  std::string operator()(const buffer_name& what) const { return what.name; }
};

} // namespace

std::string to_string(const value& what) { return std::visit(writer{}, what); }

} // namespace clotho::job
