#include "python/caught_failure.hpp"

#include <algorithm>
#include <array>

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

/// The logical lines of a source as the headers and blocks of its statements.
class Blocks {
 public:
  explicit Blocks(const Source& source) : source_(source) {}

  std::size_t count() const { return source_.lines.size(); }

  /// The line that an offset stands on.
  std::size_t line_of(std::size_t offset) const {
    const auto behind = std::ranges::upper_bound(source_.lines, offset);
    return static_cast<std::size_t>(behind - source_.lines.begin()) - 1;
  }

  /// Columns; a tab goes on to the next multiple of 8.
  std::size_t indent(std::size_t line) const {
    std::size_t columns = 0;
    for (auto at = source_.lines[line]; at < source_.text.size(); ++at) {
      if (source_.text[at] == '\t') {
        columns = (columns / 8 + 1) * 8;
      } else if (source_.text[at] == ' ') {
        ++columns;
      } else {
        break;
      }
    }
    return columns;
  }

  bool begins_with(std::size_t line, std::string_view name) const {
    return source_.is_name(first_token(line), name);
  }

  /// `except:`.
  bool is_bare_except(std::size_t line) const { return source_.is_op(first_token(line) + 1, ":"); }

  bool has_name(std::size_t line, std::string_view name) const {
    for (auto token = first_token(line);
         source_.tokens[token].kind != Kind::newline && source_.tokens[token].kind != Kind::end; ++token)
      if (source_.is_name(token, name)) return true;
    return false;
  }

  /// The line behind a header's block.
  std::size_t block_end(std::size_t header) const {
    auto line = header + 1;
    while (line < count() && indent(line) > indent(header)) ++line;
    return line;
  }

 private:
  std::size_t first_token(std::size_t line) const {
    const auto found = std::ranges::lower_bound(source_.tokens, source_.lines[line], {}, &Token::begin);
    return static_cast<std::size_t>(found - source_.tokens.begin());
  }

  const Source& source_;
};

bool is_for_os_error(const Blocks& blocks, std::size_t clause) {
  constexpr std::array<std::string_view, 5> names = {"OSError", "Exception", "BaseException",
                                                     "EnvironmentError", "IOError"};
  return blocks.is_bare_except(clause) ||
         std::ranges::any_of(names, [&](auto name) { return blocks.has_name(clause, name); });
}

bool raises(const Blocks& blocks, std::size_t clause) {
  for (auto line = clause; line < blocks.block_end(clause); ++line)
    if (blocks.has_name(line, "raise")) return true;
  return false;
}

bool try_catches(const Blocks& blocks, std::size_t header) {
  bool catches = false;
  for (auto line = blocks.block_end(header);
       line < blocks.count() && blocks.indent(line) == blocks.indent(header) &&
       blocks.begins_with(line, "except");
       line = blocks.block_end(line)) {
    if (!is_for_os_error(blocks, line)) continue;
    if (raises(blocks, line)) return false;
    catches = true;
  }
  return catches;
}

bool header_catches(const Blocks& blocks, std::size_t header) {
  if (blocks.begins_with(header, "try")) return try_catches(blocks, header);
  return blocks.begins_with(header, "with") && blocks.has_name(header, "suppress");
}

}  // namespace

bool failure_is_caught(const Source& source, std::size_t offset) {
  if (source.lines.empty()) return false;
  const Blocks blocks(source);
  auto line = blocks.line_of(offset);
  for (auto indent = blocks.indent(line) + 1;; --line) {
    if (blocks.indent(line) < indent) {
      if (blocks.begins_with(line, "def") || blocks.begins_with(line, "class")) return false;
      if (header_catches(blocks, line)) return true;
      indent = blocks.indent(line);
    }
    if (line == 0) return false;
  }
}

}  // namespace wheelfix::python
