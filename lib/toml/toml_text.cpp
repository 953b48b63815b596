#include "toml/toml_text.hpp"

#include <fmt/format.h>

#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {

std::string toml_quoted(std::string_view text) {
  if (!is_valid_utf8(text))
    throw Error(ErrorCode::usage, printable(text), "isn't UTF-8, so it can't be in a TOML file",
                "give the file or folder another name");
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\u{:04X}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace wheelfix
