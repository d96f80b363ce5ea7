// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/tree.hpp>

namespace clotho::job::detail {
namespace {

// Feeds the parser and counts, since its events do not say where they are.
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

// Builds the tree from the parser's events.
class builder {
 public:
  builder(std::string_view text, std::string_view file) : text_(text), place_{std::string(file), 1, 1} {}

  [[nodiscard]] std::size_t* counter() { return &at_; }
  [[nodiscard]] tree take() { return std::move(root_); }

  bool null() { fail(add(tree::kind::string), "null has no meaning here"); }
  bool boolean(bool flag) { return scalar(tree::kind::boolean, flag ? "true" : "false"); }
  bool number_integer(std::int64_t number) { return scalar(tree::kind::integer, std::to_string(number)); }
  bool number_unsigned(std::uint64_t number) { return scalar(tree::kind::integer, std::to_string(number)); }
  bool number_float(double number, const std::string&) { return scalar(tree::kind::real, real_text(number)); }
  bool string(std::string& text) { return scalar(tree::kind::string, text); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(tree::kind::table); }
  bool start_array(std::size_t) { return open(tree::kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(const std::string& name) {
    tree& table = *open_.back();
    tree member;
    member.key = name;
    member.path = member_path(table.path, name);
    member.where = locate(token_start());
    if (table.find(name)) fail(member, "there are two of it");
    check_size(table);
    table.children.push_back(std::move(member));
    token_end_ = at_;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& why) {
    throw format_error(locate(position > 0 ? position - 1 : 0), plain(why.what()));
  }

 private:
  bool scalar(tree::kind what, const std::string& text) {
    tree& node = add(what);
    node.text = text;
    return true;
  }

  bool open(tree::kind what) {
    tree& node = add(what);
    open_.push_back(&node);
    if (open_.size() > static_cast<std::size_t>(deepest_tree))
      fail(node, "arrays and objects are nested too deep");
    return true;
  }

  bool close() {
    open_.pop_back();
    token_end_ = at_;
    return true;
  }

  // The node for a value that begins: the document, an item, or the member its key has made.
  tree& add(tree::kind what) {
    if (!open_.empty() && open_.back()->is(tree::kind::array)) add_item(*open_.back());
    tree& node = open_.empty() ? root_ : open_.back()->children.back();
    node.what = what;
    node.where = locate(token_start());
    token_end_ = at_;
    return node;
  }

  static void add_item(tree& array) {
    tree item;
    item.path = item_path(array.path, array.children.size());
    array.children.push_back(std::move(item));
  }

  // The token that was just read begins behind the one before it.
  [[nodiscard]] std::size_t token_start() const {
    const std::size_t start = text_.find_first_not_of(" \t\r\n,:", token_end_);
    return start == std::string_view::npos ? text_.size() : start;
  }

  // Goes on from the place before, so that a long document is walked once.
  source_location locate(std::size_t offset) {
    for (; located_ < std::min(offset, text_.size()); ++located_) {
      const auto byte = static_cast<unsigned char>(text_[located_]);
      if (byte == '\n') {
        ++place_.line;
        place_.column = 1;
      } else if ((byte & 0xc0) != 0x80) { // Not within a character of UTF-8.
        ++place_.column;
      }
    }
    return place_;
  }

  // Without "[json.exception...] parse error at line 1, column 5: ".
  static std::string plain(std::string_view message) {
    if (message.starts_with('[')) message.remove_prefix(std::min(message.find("] ") + 2, message.size()));
    if (message.starts_with("parse error at"))
      message.remove_prefix(std::min(message.find(": ") + 2, message.size()));
    return printable(message);
  }

  std::string_view text_;
  std::size_t at_ = 0;        // what the parser has read
  std::size_t token_end_ = 0; // where the last token ended, at the latest
  source_location place_;     // of located_
  std::size_t located_ = 0;
  tree root_;
  std::vector<tree*> open_; // Stable: only the innermost one grows.
};

} // namespace

tree read_json(std::string_view text, std::string_view file) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  builder result(text, file);
  const counting_iterator begin(text.data(), result.counter()), end(text.data() + text.size());
  nlohmann::json::sax_parse(begin, end, &result);
  return result.take();
}

} // namespace clotho::job::detail
