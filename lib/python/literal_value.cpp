#include "python/literal_value.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/text.hpp"

namespace wheelfix::python {
namespace {

std::optional<unsigned> digit_value(char c, unsigned base) {
  const char lower = ascii_lower(c);
  const auto value = is_ascii_digit(c)              ? static_cast<unsigned>(c - '0')
                     : lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10
                                                    : base;
  return value < base ? std::optional(value) : std::nullopt;
}

// What a backslash and one character mean; source: the reference's chapter 2.4.1.
std::optional<char> simple_escape(char c) {
  constexpr std::string_view letters = "\\'\"abfnrtv";
  constexpr std::string_view values = "\\'\"\a\b\f\n\r\t\v";
  const auto at = letters.find(c);
  return at == letters.npos ? std::nullopt : std::optional(values[at]);
}

class ValueReader {
 public:
  ValueReader(std::string& out, const Source& source, const LiteralForm& form, std::size_t begin,
              std::size_t end)
      : out_(out), source_(source), form_(form), at_(begin), end_(end) {}

  void run() {
    while (at_ < end_) {
      if (peek() == '\\' && !form_.raw) {
        take_escape();
      } else {
        take_character();
      }
    }
  }

 private:
  char peek(std::size_t distance = 0) const {
    return at_ + distance < end_ ? source_.text[at_ + distance] : '\0';
  }

  void take_character() {
    if (const auto length = line_end_length(source_.text.substr(0, end_), at_); length > 0) {
      out_ += '\n';
      at_ += length;
      return;
    }
    const char c = peek();
    const bool doubled = form_.format && (c == '{' || c == '}') && peek(1) == c;
    at_ += doubled ? 2 : 1;
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 || source_.encoding == Encoding::utf8) {
      out_ += c;
    } else {
      append_utf8(out_, source_.encoding == Encoding::latin1 ? byte : 0xFFFD);
    }
  }

  void take_escape() {
    const auto line_end = line_end_length(source_.text.substr(0, end_), at_ + 1);
    if (line_end > 0) {
      at_ += 1 + line_end;
    } else if (const auto simple = simple_escape(peek(1)); simple && at_ + 1 < end_) {
      out_ += *simple;
      at_ += 2;
    } else if (digit_value(peek(1), 8)) {
      take_octal();
    } else if (!take_long_escape(peek(1))) {
      out_ += '\\';  // it stays, and what follows is read by itself
      ++at_;
    }
  }

  void take_octal() {
    std::uint32_t value = 0;
    const auto limit = ++at_ + 3;
    for (; at_ < limit; ++at_) {
      const auto digit = digit_value(peek(), 8);
      if (!digit) break;
      value = value * 8 + *digit;
    }
    append(value);
  }

  bool take_long_escape(char letter) {
    if (letter == 'x') return take_hexadecimal(2), true;
    if (form_.kind == LiteralKind::bytes) return false;
    if (letter == 'u') return take_hexadecimal(4), true;
    if (letter == 'U') return take_hexadecimal(8), true;
    if (letter == 'N') return take_named(), true;
    return false;
  }

  void take_hexadecimal(unsigned digits) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < digits; ++i) {
      const auto digit = digit_value(peek(2 + i), 16);
      if (!digit) fail(fmt::format("\\{} must have {} hexadecimal digits", peek(1), digits));
      value = value * 16 + *digit;
    }
    if (value > 0x10FFFF) fail("the number is too high for a character");
    at_ += 2 + digits;
    append(value);
  }

  void take_named() {
    const auto close = source_.text.substr(0, end_).find('}', at_);
    if (peek(2) != '{' || close == std::string_view::npos) fail("\\N must be followed by a name in braces");
    out_ += '*';
    at_ = close + 1;
  }

  void append(std::uint32_t value) {
    if (form_.kind == LiteralKind::bytes) {
      out_ += static_cast<char>(value);
    } else {
      append_utf8(out_, value);
    }
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw_bad_python(source_.text, source_.subject, at_, message);
  }

  std::string& out_;
  const Source& source_;
  const LiteralForm& form_;
  std::size_t at_;
  std::size_t end_;
};

}  // namespace

LiteralForm literal_form(const Source& source, const Token& token) {
  const auto text = source.text_of(token);
  LiteralForm form;
  std::size_t quote = 0;
  for (; text[quote] != '\'' && text[quote] != '"'; ++quote) {
    const char letter = ascii_lower(text[quote]);
    if (letter == 'r') form.raw = true;
    if (letter == 'b') form.kind = LiteralKind::bytes;
    if (letter == 'f' || letter == 't') form.format = true;
  }
  const auto rest = text.substr(quote);
  const std::size_t triple = rest.size() >= 3 && rest[1] == rest[0] && rest[2] == rest[0] ? 3 : 1;
  form.body_begin = token.begin + quote + triple;
  form.body_end = form.format ? form.body_begin : token.end - triple;
  return form;
}

void append_value(std::string& out, const Source& source, const LiteralForm& form, std::size_t begin,
                  std::size_t end) {
  ValueReader(out, source, form, begin, end).run();
}

}  // namespace wheelfix::python
