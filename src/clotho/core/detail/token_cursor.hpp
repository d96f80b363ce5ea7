#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include <clotho/core/detail/lexer.hpp>

namespace clotho::detail::clc {

/// A place in a list of tokens, with brackets matched once so that skipping what they hold costs nothing.
/// Reading past the end gives an empty token.
class token_cursor {
 public:
  explicit token_cursor(std::span<const token> tokens);

  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] std::size_t end() const noexcept { return end_; }
  [[nodiscard]] bool done() const noexcept { return at_ >= end_; }
  void move_to(std::size_t at) noexcept { at_ = at < end_ ? at : end_; }
  void step() noexcept { move_to(at_ + 1); }

  [[nodiscard]] const token& peek(std::size_t ahead = 0) const noexcept;
  [[nodiscard]] bool next_is(std::string_view text) const noexcept { return peek().is(text); }
  [[nodiscard]] bool next_is_any(std::initializer_list<std::string_view> texts) const noexcept;
  bool take(std::string_view text) noexcept;
  bool take_any(std::initializer_list<std::string_view> texts) noexcept;

  /// The bracket that closes the one at `open`, or the end of the tokens.
  [[nodiscard]] std::size_t closing(std::size_t open) const noexcept { return closing_[open]; }
  /// Past the next token, and all it holds if it is an opening bracket.
  void skip() noexcept;
  /// Up to one of these marks outside of any brackets, or to the end.
  void skip_to(std::initializer_list<std::string_view> marks) noexcept;

  [[nodiscard]] std::span<const token> slice(std::size_t begin, std::size_t end) const noexcept;
  /// Where `part`, a part of these tokens, begins.
  [[nodiscard]] std::size_t index_of(std::span<const token> part) const noexcept;

  /// Makes [begin, end) all there is, until it goes out of scope; the cursor then stands at `end`.
  class window {
   public:
    window(token_cursor& cursor, std::size_t begin, std::size_t end) noexcept;
    ~window();
    window(const window&) = delete;
    window& operator=(const window&) = delete;

   private:
    token_cursor& cursor_;
    std::size_t old_end_;
    std::size_t leave_at_;
  };

 private:
  std::span<const token> tokens_;
  std::vector<std::size_t> closing_;
  std::size_t at_ = 0;
  std::size_t end_;
};

} // namespace clotho::detail::clc
