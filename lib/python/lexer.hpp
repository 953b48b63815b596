#pragma once

#include "python/source.hpp"

namespace wheelfix::python {

/// Fills in the tokens and lines of a source whose text and encoding are set.
class Lexer {
 public:
  explicit Lexer(Source& source) : source_(source), text_(source.text), at_(source.code_begin) {}

  void run();

 private:
  struct Quote {
    char character = 0;
    bool triple = false;
    bool raw = false;
  };
  /// A bracket or an f-string that isn't closed yet.
  struct Open {
    enum class Kind : std::uint8_t { bracket, field, format };
    Kind kind = Kind::bracket;
    bool in_specification = false;  ///< of a field: after its colon
    char closes = 0;                ///< the bracket that ends it
    Quote quote = {};               ///< of the f-string
    std::uint32_t token = 0;        ///< that opened it
  };

  void skip_blanks();
  void take_continuation();
  void take_comment();
  void open_line();
  void take_line_end(std::size_t length);
  void take_token();
  void take_name_or_string();
  void take_number();
  void take_string(std::size_t begin, const Quote& quote);
  void take_operator();
  void open(char closing);
  void close(char closing);

  bool in_format_text() const;
  void take_format_text();
  void take_format_piece(std::size_t begin);
  void open_field();
  void skip_format_escape();

  void finish();
  void add(Token::Kind kind, std::size_t begin, std::size_t end);
  bool at_quote(const Quote& quote) const;
  Quote read_quote(bool raw);
  char peek(std::size_t distance = 0) const {
    return at_ + distance < text_.size() ? text_[at_ + distance] : '\0';
  }
  bool at_end() const { return at_ >= text_.size(); }
  [[noreturn]] void fail(std::size_t offset, const std::string& message) const;

  Source& source_;
  std::string_view text_;
  std::size_t at_;
  std::size_t line_begin_ = 0;  ///< of the physical line
  bool line_is_open_ = false;   ///< a logical line has begun
  std::vector<Open> open_;
};

}  // namespace wheelfix::python
