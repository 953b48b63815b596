#include "python/surroundings.hpp"

#include <algorithm>
#include <array>

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

/// The logical line that an offset stands on.
std::size_t line_of(const Source& source, std::size_t offset) {
  const auto behind = std::ranges::upper_bound(source.lines, offset);
  return static_cast<std::size_t>(behind - source.lines.begin()) - 1;
}

/// The column of what stands first from an offset on; a tab goes on to the next multiple of 8.
std::size_t indent_at(const Source& source, std::size_t offset) {
  std::size_t columns = 0;
  for (auto at = offset; at < source.text.size(); ++at) {
    if (source.text[at] == '\t') {
      columns = (columns / 8 + 1) * 8;
    } else if (source.text[at] == ' ') {
      ++columns;
    } else {
      break;
    }
  }
  return columns;
}

/// The logical lines of a source as the headers and blocks of its statements.
class Blocks {
 public:
  explicit Blocks(const Source& source) : source_(source) {
    for (const auto begin : source.lines) indents_.push_back(indent_at(source, begin));
  }

  std::size_t count() const { return indents_.size(); }
  std::size_t indent(std::size_t line) const { return indents_[line]; }

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
  std::vector<std::size_t> indents_;
};

bool is_for_os_error(const Blocks& blocks, std::size_t clause) {
  constexpr std::array<std::string_view, 5> names = {"OSError", "Exception", "BaseException",
                                                     "EnvironmentError", "IOError"};
  return blocks.is_bare_except(clause) ||
         std::ranges::any_of(names, [&](auto name) { return blocks.has_name(clause, name); });
}

bool raises(const Blocks& blocks, std::size_t header) {
  const auto end = blocks.block_end(header);
  for (auto line = header; line < end; ++line)
    if (blocks.has_name(line, "raise")) return true;
  return false;
}

bool asks_for_file(const Blocks& blocks, std::size_t line) {
  constexpr std::array<std::string_view, 4> names = {"exists", "lexists", "isfile", "is_file"};
  return std::ranges::any_of(names, [&](auto name) { return blocks.has_name(line, name); });
}

/// Whether what stands behind it may be for a file that is there alone: `if not p.exists(): return None`.
bool guards_rest(const Blocks& blocks, std::size_t line) {
  return (blocks.begins_with(line, "if") || blocks.begins_with(line, "elif")) &&
         asks_for_file(blocks, line) && !raises(blocks, line);
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

bool suppresses(const Blocks& blocks, std::size_t header) {
  return blocks.begins_with(header, "with") && blocks.has_name(header, "suppress");
}

bool header_catches(const Blocks& blocks, std::size_t header) {
  return blocks.begins_with(header, "try") ? try_catches(blocks, header) : suppresses(blocks, header);
}

bool header_spares(const Blocks& blocks, std::size_t header) {
  return blocks.begins_with(header, "try") || blocks.begins_with(header, "except") ||
         suppresses(blocks, header) ||
         (blocks.begins_with(header, "if") && blocks.has_name(header, "__name__"));
}

}  // namespace

Surroundings::Surroundings(const Source& source) : source_(source) {
  const Blocks blocks(source);
  std::vector<std::size_t> open;
  Line module;
  for (std::size_t line = 0; line < blocks.count(); ++line) {
    while (!open.empty() && blocks.indent(open.back()) >= blocks.indent(line)) open.pop_back();
    const bool ends = blocks.begins_with(line, "def") || blocks.begins_with(line, "class");
    auto& around = open.empty() ? module : lines_[open.back()];
    Line own = ends ? Line() : around;
    own.is_caught = own.is_caught || header_catches(blocks, line);
    own.is_spared = own.is_spared || header_spares(blocks, line);
    own.is_guarded = own.is_guarded || asks_for_file(blocks, line);
    if (guards_rest(blocks, line)) around.is_guarded = true;
    lines_.push_back(own);
    open.push_back(line);
  }
}

bool Surroundings::failure_is_caught(std::size_t offset) const {
  return !lines_.empty() && lines_[line_of(source_, offset)].is_caught;
}

bool Surroundings::is_for_file_there(std::size_t offset) const {
  return !lines_.empty() && lines_[line_of(source_, offset)].is_guarded;
}

bool Surroundings::may_be_spared(std::size_t offset) const {
  return !lines_.empty() && lines_[line_of(source_, offset)].is_spared;
}

}  // namespace wheelfix::python
