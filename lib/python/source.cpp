#include "python/source.hpp"

#include <fmt/format.h>

#include <wheelfix/error.hpp>

#include "python/lexer.hpp"

namespace wheelfix::python {

std::size_t line_number(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  for (std::size_t i = 0; i < offset;) {
    const auto length = line_end_length(text, i);
    i += length == 0 ? 1 : length;
    if (length > 0 && i <= offset) ++line;
  }
  return line;
}

void throw_bad_python(std::string_view text, const std::string& subject, std::size_t offset,
                      const std::string& message) {
  throw Error(ErrorCode::bad_python, fmt::format("{}:{}", subject, line_number(text, offset)), message,
              "see whether Python itself reads the file: `python3 -m py_compile`");
}

Source read_source(std::string_view text, const std::string& subject) {
  if (text.size() > max_source_size)
    throw_bad_python(text.substr(0, 0), subject, 0,
                     fmt::format("it has more than {} bytes", max_source_size));
  Source source;
  source.text = text;
  source.subject = subject;
  source.encoding = source_encoding(text, subject);
  source.code_begin = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  Lexer(source).run();
  return source;
}

}  // namespace wheelfix::python
