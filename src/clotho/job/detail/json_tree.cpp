// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/job/detail/json_input.hpp>
#include <clotho/job/detail/tree.hpp>

namespace clotho::job::detail {
namespace {

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
    throw format_error(locate(position > 0 ? position - 1 : 0), plain_json_message(why.what()));
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
  text = without_byte_order_mark(text);
  builder result(text, file);
  parse_json(text, result, *result.counter());
  return result.take();
}

} // namespace clotho::job::detail
