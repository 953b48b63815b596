// The literal parts of f-strings and t-strings, with their fields' specifications. Source: PEP 701 and the
// reference's chapter 2.4.3.
#include <algorithm>

#include "python/lexer.hpp"

namespace wheelfix::python {

bool Lexer::in_format_text() const {
  return !open_.empty() && (open_.back().kind == Open::Kind::format || open_.back().in_specification);
}

// Up to where a field begins or ends, or the string ends.
void Lexer::take_format_text() {
  const auto quote = open_.back().quote;
  const auto begin = at_;
  while (!at_end() && !at_quote(quote)) {
    const bool in_specification = open_.back().in_specification;
    const bool doubled = !in_specification && peek(1) == peek();
    if (peek() == '\\') {
      skip_format_escape();
    } else if ((peek() == '{' || peek() == '}') && doubled) {
      at_ += 2;
    } else if (peek() == '{') {
      take_format_piece(begin);
      return open_field();
    } else if (peek() == '}') {
      take_format_piece(begin);
      if (!in_specification) fail(at_, "a single '}' in an f-string");
      return take_operator();
    } else if (line_end_length(text_, at_) > 0 && !quote.triple) {
      // It ends the specification of a field, which goes on in the next line.
      if (!in_specification) break;
      open_.back().in_specification = false;
      return take_format_piece(begin);
    } else {
      ++at_;
    }
  }
  if (at_end() || !at_quote(quote)) fail(begin, "the f-string is never closed");
  take_format_piece(begin);
  if (open_.back().kind == Open::Kind::field) fail(begin, "a field of the f-string is never closed");
  const auto end = at_ + (quote.triple ? 3 : 1);
  add(Token::Kind::format_end, at_, end);
  const auto last = static_cast<std::uint32_t>(source_.tokens.size() - 1);
  source_.tokens[last].partner = open_.back().token;
  source_.tokens[open_.back().token].partner = last;
  open_.pop_back();
  at_ = end;
}

void Lexer::take_format_piece(std::size_t begin) {
  if (at_ > begin) add(Token::Kind::format_text, begin, at_);
}

void Lexer::open_field() {
  const auto quote = open_.back().quote;
  add(Token::Kind::op, at_, at_ + 1);
  ++at_;
  open_.push_back({.kind = Open::Kind::field,
                   .closes = '}',
                   .quote = quote,
                   .token = static_cast<std::uint32_t>(source_.tokens.size() - 1)});
}

// A backslash doesn't escape a brace. `\N{NAME}` has braces of its own.
void Lexer::skip_format_escape() {
  ++at_;
  if (peek() == '{' || peek() == '}') return;
  if (!open_.back().quote.raw && peek() == 'N' && peek(1) == '{') {
    const auto end = text_.find_first_of("}'\"\r\n", at_);
    if (end == std::string_view::npos || text_[end] != '}') fail(at_, "a character's name is never closed");
    at_ = end + 1;
    return;
  }
  at_ = std::min(at_ + std::max<std::size_t>(line_end_length(text_, at_), 1), text_.size());
}

}  // namespace wheelfix::python
