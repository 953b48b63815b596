#include "python/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"

namespace wheelfix::python {
namespace {

using namespace std::string_view_literals;

bool is_name_start(char c) {
  return is_ascii_alpha(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_name_part(char c) {
  return is_name_start(c) || is_ascii_digit(c);
}

bool is_quote(char c) {
  return c == '\'' || c == '"';
}

struct Prefix {
  bool raw = false;
  bool format = false;
};

// What the letters before a quote mean; nothing if they are a name.
std::optional<Prefix> string_prefix(std::string_view letters) {
  constexpr std::array prefixes = {"", "r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt"};
  if (letters.size() > 2) return std::nullopt;
  const auto lower = ascii_lower(letters);
  if (std::ranges::find(prefixes, lower) == prefixes.end()) return std::nullopt;
  return Prefix{lower.find('r') != lower.npos, lower.find_first_of("ft") != lower.npos};
}

// The longest operator at the start of `text`, which begins with one's character.
std::size_t operator_length(std::string_view text) {
  constexpr std::array longer = {"**="sv, "//="sv, ">>="sv, "<<="sv, "..."sv, "!="sv, "->"sv, "=="sv, "<="sv,
                                 ">="sv,  "<>"sv,  ":="sv,  "+="sv,  "-="sv,  "*="sv, "/="sv, "%="sv, "&="sv,
                                 "|="sv,  "^="sv,  "@="sv,  "**"sv,  "//"sv,  ">>"sv, "<<"sv};
  constexpr auto seconds = "*/<>.="sv;
  if (text.size() < 2 || seconds.find(text[1]) == seconds.npos) return 1;
  const auto* const found = std::ranges::find_if(longer, [&](auto op) { return text.starts_with(op); });
  return found == longer.end() ? 1 : found->size();
}

}  // namespace

void Lexer::run() {
  line_begin_ = at_;
  if (const auto nul = text_.find('\0'); nul != std::string_view::npos) fail(nul, "there is a NUL byte");
  while (true) {
    if (in_format_text()) {
      take_format_text();
      continue;
    }
    skip_blanks();
    if (at_end()) break;
    take_token();
  }
  finish();
}

void Lexer::finish() {
  if (!open_.empty()) {
    const auto& token = source_.tokens[open_.back().token];
    fail(token.begin, fmt::format("'{}' is never closed", source_.text_of(token)));
  }
  if (line_is_open_) add(Token::Kind::newline, at_, at_);
  add(Token::Kind::end, at_, at_);
}

void Lexer::add(Token::Kind kind, std::size_t begin, std::size_t end) {
  // Comments aren't checked, because CPython accepts other bytes in them.
  if (source_.encoding == Encoding::utf8 && !is_valid_utf8(text_.substr(begin, end - begin)))
    fail(begin, "there are bytes that are not UTF-8");
  if (source_.tokens.size() == max_tokens)
    fail(begin, fmt::format("there are more than {} tokens before this line", max_tokens));
  source_.tokens.push_back({kind, Token::no_partner, begin, end});
}

void Lexer::fail(std::size_t offset, const std::string& message) const {
  throw_bad_python(text_, source_.subject, offset, message);
}

void Lexer::skip_blanks() {
  while (peek() == ' ' || peek() == '\t' || peek() == '\f') ++at_;
}

void Lexer::take_token() {
  if (const auto length = line_end_length(text_, at_); length > 0) return take_line_end(length);
  if (peek() == '#') return take_comment();
  if (peek() == '\\') return take_continuation();
  open_line();
  if (is_name_start(peek()) || is_quote(peek())) return take_name_or_string();
  if (is_ascii_digit(peek()) || (peek() == '.' && is_ascii_digit(peek(1)))) return take_number();
  take_operator();
}

void Lexer::open_line() {
  if (line_is_open_) return;
  line_is_open_ = true;
  source_.lines.push_back(line_begin_);
}

void Lexer::take_line_end(std::size_t length) {
  if (line_is_open_ && open_.empty()) {
    add(Token::Kind::newline, at_, at_ + length);
    line_is_open_ = false;
  }
  at_ += length;
  line_begin_ = at_;
}

void Lexer::take_comment() {
  at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
}

void Lexer::take_continuation() {
  const auto length = line_end_length(text_, at_ + 1);
  if (length == 0) fail(at_, "a backslash that isn't at the end of a line");
  at_ += 1 + length;
  // CPython accepts CR LF here, because it adds a line end to such a file.
  if (!at_end()) return;
  if (length == 1) fail(at_, "the file ends after a backslash that continues the line");
  open_line();
}

void Lexer::take_name_or_string() {
  const auto begin = at_;
  while (is_name_part(peek())) ++at_;
  const auto letters = text_.substr(begin, at_ - begin);
  const auto prefix = is_quote(peek()) ? string_prefix(letters) : std::nullopt;
  if (!prefix) return add(Token::Kind::name, begin, at_);
  const auto quote = read_quote(prefix->raw);
  if (!prefix->format) return take_string(begin, quote);
  open_.push_back({.kind = Open::Kind::format,
                   .quote = quote,
                   .token = static_cast<std::uint32_t>(source_.tokens.size())});
  add(Token::Kind::format_start, begin, at_);
}

Lexer::Quote Lexer::read_quote(bool raw) {
  Quote quote{peek(), peek(1) == peek() && peek(2) == peek(), raw};
  at_ += quote.triple ? 3 : 1;
  return quote;
}

bool Lexer::at_quote(const Quote& quote) const {
  if (peek() != quote.character) return false;
  return !quote.triple || (peek(1) == quote.character && peek(2) == quote.character);
}

void Lexer::take_string(std::size_t begin, const Quote& quote) {
  const std::array<char, 4> stops = {quote.character, '\\', '\r', '\n'};
  while (true) {
    at_ = std::min(text_.find_first_of({stops.data(), stops.size()}, at_), text_.size());
    if (at_end()) fail(begin, "the string that begins here is never closed");
    if (at_quote(quote)) break;
    if (peek() == '\\') {
      at_ += 1 + std::max<std::size_t>(line_end_length(text_, at_ + 1), 1);
    } else if (peek() == quote.character || quote.triple) {
      ++at_;
    } else {
      fail(begin, "the string that begins here is never closed");
    }
  }
  at_ += quote.triple ? 3 : 1;
  add(Token::Kind::string, begin, at_);
}

// Source: the reference's chapter 2.4. `1if x` is a number and a name, as is `0x1for`, less its `f`.
void Lexer::take_number() {
  const auto begin = at_;
  const auto take_digits = [this](auto is_digit) {
    while (is_digit(peek()) || (peek() == '_' && is_digit(peek(1)))) ++at_;
  };
  const char base = ascii_lower(peek(1));
  if (peek() == '0' && (base == 'x' || base == 'o' || base == 'b')) {
    at_ += 2;
    take_digits([base](char c) {
      return is_ascii_digit(c) || (base == 'x' && ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
    });
    return add(Token::Kind::number, begin, at_);
  }
  take_digits(is_ascii_digit);
  if (peek() == '.') {
    ++at_;
    take_digits(is_ascii_digit);
  }
  const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
  if (ascii_lower(peek()) == 'e' && is_ascii_digit(peek(1 + sign))) {
    at_ += 1 + sign;
    take_digits(is_ascii_digit);
  }
  if (ascii_lower(peek()) == 'j') ++at_;
  add(Token::Kind::number, begin, at_);
}

void Lexer::take_operator() {
  constexpr std::string_view characters = "()[]{}:,.;@=->+*/%&|^~<>!";
  const char c = peek();
  if (characters.find(c) == std::string_view::npos)
    fail(at_, fmt::format("the character '{}' is invalid here", printable(text_.substr(at_, 1))));
  auto length = operator_length(text_.substr(at_, 3));
  const bool in_field = !open_.empty() && open_.back().kind == Open::Kind::field;
  if (in_field && c == ':') {
    length = 1;  // `{x:=5}` has the specification `=5`
    open_.back().in_specification = true;
  }
  const auto begin = at_;
  at_ += length;
  add(Token::Kind::op, begin, at_);
  if (c == '(') open(')');
  if (c == '[') open(']');
  if (c == '{') open('}');
  if (c == ')' || c == ']' || c == '}') close(c);
}

// The bracket is the last token.
void Lexer::open(char closing) {
  open_.push_back({.kind = Open::Kind::bracket,
                   .closes = closing,
                   .token = static_cast<std::uint32_t>(source_.tokens.size() - 1)});
}

void Lexer::close(char closing) {
  auto& token = source_.tokens.back();
  if (open_.empty() || open_.back().closes != closing)
    fail(token.begin, fmt::format("'{}' has no opening bracket", closing));
  token.partner = open_.back().token;
  source_.tokens[token.partner].partner = static_cast<std::uint32_t>(source_.tokens.size() - 1);
  open_.pop_back();
}

}  // namespace wheelfix::python
