#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <clotho/core/text.hpp>

namespace clotho::job::detail {

/// Feeds nlohmann's parser and counts, since its events do not say where they are.
class counting_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  explicit counting_iterator(const char* at, std::size_t* count = nullptr) : at_(at), count_(count) {}

  reference operator*() const { return *at_; }
  counting_iterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  counting_iterator operator++(int) {
    const counting_iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const counting_iterator& a, const counting_iterator& b) { return a.at_ == b.at_; }
  friend bool operator!=(const counting_iterator& a, const counting_iterator& b) { return !(a == b); }

 private:
  const char* at_;
  std::size_t* count_;
};

[[nodiscard]] inline std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

/// Feeds the document to a handler of nlohmann's events; `read_bytes` says how much has been read.
template <class Handler> bool parse_json(std::string_view text, Handler& handler, std::size_t& read_bytes) {
  const counting_iterator begin(text.data(), &read_bytes), end(text.data() + text.size());
  return nlohmann::json::sax_parse(begin, end, &handler);
}

/// What nlohmann complains about, without "[json.exception...] parse error at line 1, column 5: ".
[[nodiscard]] inline std::string plain_json_message(std::string_view message) {
  if (message.starts_with('[')) message.remove_prefix(std::min(message.find("] ") + 2, message.size()));
  if (message.starts_with("parse error at"))
    message.remove_prefix(std::min(message.find(": ") + 2, message.size()));
  return printable(message);
}

} // namespace clotho::job::detail
