// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include <clotho/job/detail/toml_scanner.hpp>
#include <clotho/job/detail/tree.hpp>

namespace clotho::job::detail {
namespace {

using kind = tree::kind;

// How a table came to be, which decides who may add to it.
enum class origin {
  implicit, // by the name of a table inside it: [a.b] makes a
  header,   // [a], or an item of [[a]]
  dotted,   // a.b = 1 makes a
  closed,   // { ... } and [ ... ]
  list      // the array that [[a]] makes
};

// Tables move as their parents grow; what stays is which child of which child they are.
using position = std::vector<std::size_t>;

class toml_reader {
 public:
  toml_reader(std::string_view text, std::string_view file) : scan_(text, file) {
    root_.where = {std::string(file), 0, 0};
  }

  tree read() {
    for (scan_.skip_lines(); !scan_.at_end(); scan_.skip_lines()) {
      if (scan_.peek() == '[')
        header();
      else
        assignment(root_, section_);
      scan_.end_line();
    }
    return std::move(root_);
  }

 private:
  void header() {
    const source_location where = scan_.place();
    const bool is_list = scan_.take("[[");
    if (!is_list) scan_.expect('[');
    const std::vector<std::string> key = scan_.key();
    scan_.expect(']');
    if (is_list) scan_.expect(']');
    section_.clear();
    tree* parent = &root_;
    for (std::size_t i = 0; i + 1 < key.size(); ++i) parent = &enter(*parent, key[i], where);
    tree& table = is_list ? add_to_list(*parent, key.back(), where) : open(*parent, key.back(), where);
    table.where = where;
  }

  // A table above the one a header names.
  tree& enter(tree& parent, const std::string& key, const source_location& where) {
    tree& child = child_of(parent, key, where, origin::implicit);
    if (origins_.at(section_) == origin::list) {
      section_.push_back(child.children.size() - 1);
      return child.children.back();
    }
    if (origins_.at(section_) == origin::closed) refuse_again(child, where);
    return child;
  }

  tree& open(tree& parent, const std::string& key, const source_location& where) {
    tree& table = child_of(parent, key, where, origin::implicit);
    origin& from = origins_.at(section_);
    if (from != origin::implicit) refuse_again(table, where);
    from = origin::header;
    return table;
  }

  tree& add_to_list(tree& parent, const std::string& key, const source_location& where) {
    tree& list = child_of(parent, key, where, origin::list);
    if (origins_.at(section_) != origin::list) refuse_again(list, where);
    tree item;
    item.path = item_path(list.path, list.children.size());
    section_.push_back(list.children.size());
    list.children.push_back(std::move(item));
    origins_[section_] = origin::header;
    return list.children.back();
  }

  // The child, made if there is none; section_ becomes its position.
  tree& child_of(tree& parent, const std::string& key, const source_location& where, origin from) {
    std::size_t index = 0;
    while (index < parent.children.size() && parent.children[index].key != key) ++index;
    section_.push_back(index);
    if (index == parent.children.size()) {
      check_size(parent);
      tree child;
      child.what = from == origin::list ? kind::array : kind::table;
      child.key = key;
      child.path = member_path(parent.path, key);
      child.where = where;
      parent.children.push_back(std::move(child));
      origins_[section_] = from;
    }
    return parent.children[index];
  }

  // "a.b = value" in the table at `at`, which is below `top`.
  void assignment(tree& top, const position at) {
    position outer = std::exchange(section_, at);
    tree* table = &top;
    for (const std::size_t index : at) table = &table->children[index];
    const source_location where = scan_.place();
    const std::vector<std::string> key = scan_.key();
    for (std::size_t i = 0; i + 1 < key.size(); ++i) {
      table = &child_of(*table, key[i], where, origin::dotted);
      if (origins_.at(section_) != origin::dotted) refuse_again(*table, where);
    }
    if (const tree* known = table->find(key.back())) refuse_again(*known, where);
    tree& member = child_of(*table, key.back(), where, origin::closed);
    scan_.expect('=');
    scan_.skip_blanks();
    value(member);
    section_ = std::move(outer);
  }

  void value(tree& node) {
    node.where = scan_.place();
    if (++depth_ > deepest_tree) fail(node, "arrays and tables are nested too deep");
    if (scan_.take("["))
      array(node);
    else if (scan_.take("{"))
      inline_table(node);
    else
      scan_.scalar(node);
    --depth_;
  }

  void array(tree& node) {
    node.what = kind::array;
    for (scan_.skip_lines(); !scan_.take("]"); scan_.skip_lines()) {
      tree item;
      item.path = item_path(node.path, node.children.size());
      value(item);
      node.children.push_back(std::move(item));
      scan_.skip_lines();
      if (!scan_.take(",") && scan_.peek() != ']') scan_.fail("',' or ']' expected");
    }
  }

  // A table of its own, whose dotted keys nothing outside can see.
  void inline_table(tree& node) {
    auto outer = std::exchange(origins_, {});
    node.what = kind::table;
    scan_.skip_blanks();
    if (!scan_.take("}")) {
      do {
        scan_.skip_blanks();
        assignment(node, {});
        scan_.skip_blanks();
      } while (scan_.take(","));
      scan_.expect('}');
    }
    origins_ = std::move(outer);
  }

  [[noreturn]] static void refuse_again(const tree& known, const source_location& where) {
    tree place;
    place.path = known.path;
    place.where = where;
    fail(place, "is there already, since line " + std::to_string(known.where.line));
  }

  toml_scanner scan_;
  tree root_;
  position section_;                   // of the table that the lines are about
  std::map<position, origin> origins_; // of all but scalars' parents
  int depth_ = 0;
};

} // namespace

tree read_toml(std::string_view text, std::string_view file) { return toml_reader(text, file).read(); }

} // namespace clotho::job::detail
