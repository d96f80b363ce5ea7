// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/token_cursor.hpp>

#include <algorithm>

namespace clotho::detail::clc {
namespace {

const token nothing{};

bool opens(const token& t) { return t.is("(") || t.is("[") || t.is("{"); }

std::string_view opening_of(const token& t) {
  if (t.is(")")) return "(";
  if (t.is("]")) return "[";
  if (t.is("}")) return "{";
  return {};
}

// A brace ends what was left open inside it: one missing parenthesis must not hide the rest of the file.
std::vector<std::size_t> match_brackets(std::span<const token> tokens) {
  std::vector<std::size_t> closing(tokens.size(), tokens.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (opens(tokens[i])) open.push_back(i);
    const std::string_view wanted = opening_of(tokens[i]);
    if (wanted.empty()) continue;
    if (wanted != "{" && (open.empty() || !tokens[open.back()].is(wanted))) continue;
    while (!open.empty()) {
      const std::size_t last = open.back();
      open.pop_back();
      closing[last] = i;
      if (tokens[last].is(wanted)) break;
    }
  }
  return closing;
}

} // namespace

token_cursor::token_cursor(std::span<const token> tokens)
    : tokens_(tokens), closing_(match_brackets(tokens)), end_(tokens.size()) {}

const token& token_cursor::peek(std::size_t ahead) const noexcept {
  return at_ + ahead < end_ ? tokens_[at_ + ahead] : nothing;
}

bool token_cursor::next_is_any(std::initializer_list<std::string_view> texts) const noexcept {
  return std::any_of(texts.begin(), texts.end(), [&](std::string_view text) { return next_is(text); });
}

bool token_cursor::take(std::string_view text) noexcept {
  if (done() || !next_is(text)) return false;
  step();
  return true;
}

bool token_cursor::take_any(std::initializer_list<std::string_view> texts) noexcept {
  if (done() || !next_is_any(texts)) return false;
  step();
  return true;
}

void token_cursor::skip() noexcept {
  if (done()) return;
  move_to(opens(peek()) ? closing_[at_] + 1 : at_ + 1);
}

void token_cursor::skip_to(std::initializer_list<std::string_view> marks) noexcept {
  while (!done() && !next_is_any(marks)) skip();
}

std::span<const token> token_cursor::slice(std::size_t begin, std::size_t end) const noexcept {
  end = std::min(end, end_);
  return begin < end ? tokens_.subspan(begin, end - begin) : std::span<const token>{};
}

std::size_t token_cursor::index_of(std::span<const token> part) const noexcept {
  return static_cast<std::size_t>(part.data() - tokens_.data());
}

token_cursor::window::window(token_cursor& cursor, std::size_t begin, std::size_t end) noexcept
    : cursor_(cursor), old_end_(cursor.end_), leave_at_(std::min(end, cursor.end_)) {
  cursor_.end_ = leave_at_;
  cursor_.move_to(begin);
}

token_cursor::window::~window() {
  cursor_.end_ = old_end_;
  cursor_.at_ = leave_at_;
}

} // namespace clotho::detail::clc
