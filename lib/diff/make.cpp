#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

#include "diff/edit_script.hpp"
#include "diff/git_binary_encode.hpp"
#include "diff/git_blob_id.hpp"
#include "diff/git_name.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t context_lines = 3;
constexpr unsigned type_mask = 0170000;
constexpr unsigned symlink_type = 0120000;
constexpr unsigned owner_may_execute = 0100;

template <class... Args>
void append(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void append_line(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

void append_range(std::string& out, char mark, std::size_t begin, std::size_t end) {
  const auto count = end - begin;
  const auto start = count == 0 ? begin : begin + 1;
  if (count == 1) {
    append(out, " {}{}", mark, start);
  } else {
    append(out, " {}{},{}", mark, start, count);
  }
}

// The hunks of one file. Edits whose context would touch share a hunk.
class HunkWriter {
 public:
  HunkWriter(std::string& out, const TextLines& before, const TextLines& after)
      : out_(out), before_(before), after_(after) {}

  void write(std::span<const LineEdit> edits) {
    while (!edits.empty()) {
      std::size_t count = 1;
      while (count < edits.size() && edits[count].old_begin - edits[count - 1].old_end <= 2 * context_lines)
        ++count;
      write_hunk(edits.first(count));
      edits = edits.subspan(count);
    }
  }

 private:
  void write_hunk(std::span<const LineEdit> edits) {
    const auto lead = std::min(context_lines, edits.front().old_begin);
    const auto trail = std::min(context_lines, before_.size() - edits.back().old_end);
    auto at = edits.front().old_begin - lead;
    out_ += "@@";
    append_range(out_, '-', at, edits.back().old_end + trail);
    append_range(out_, '+', edits.front().new_begin - lead, edits.back().new_end + trail);
    out_ += " @@\n";
    for (const auto& edit : edits) {
      write_lines(' ', before_, at, edit.old_begin);
      write_lines('-', before_, edit.old_begin, edit.old_end);
      write_lines('+', after_, edit.new_begin, edit.new_end);
      at = edit.old_end;
    }
    write_lines(' ', before_, at, at + trail);
  }

  void write_lines(char mark, const TextLines& lines, std::size_t begin, std::size_t end) {
    for (; begin < end; ++begin) append_line(out_, mark, lines[begin]);
  }

  std::string& out_;
  const TextLines& before_;
  const TextLines& after_;
};

// git keeps one bit of the permissions.
unsigned git_mode(const FilePair::Side& side, const std::string& path) {
  if ((side.mode & type_mask) == symlink_type) {
    throw Error(ErrorCode::bad_diff, path,
                "is a symbolic link, which a patch of a wheel can't make or change",
                "leave it out of the comparison");
  }
  return (side.mode & owner_may_execute) != 0 ? 0100755 : 0100644;
}

std::string_view content(const std::optional<FilePair::Side>& side) {
  return side ? side->content : std::string_view{};
}

bool is_binary(const std::optional<FilePair::Side>& side) {
  return content(side).find('\0') != std::string_view::npos;
}

// Comparing a line takes over a hundred bytes, and a patch of so many lines couldn't be read back.
bool has_too_many_lines(const FilePair& pair) {
  constexpr std::ptrdiff_t most = 900'000;
  return std::ranges::count(content(pair.before), '\n') + std::ranges::count(content(pair.after), '\n') >
         most;
}

std::string blob_id(const std::optional<FilePair::Side>& side) {
  return side ? git_blob_id(side->content) : std::string(null_blob_id);
}

bool is_unchanged(const FilePair& pair) {
  if (!pair.before || !pair.after) return !pair.before && !pair.after;
  return pair.before->content == pair.after->content && pair.before->mode == pair.after->mode;
}

void append_mode_lines(std::string& out, const FilePair& pair) {
  const auto old_mode = pair.before ? git_mode(*pair.before, pair.path) : 0;
  const auto new_mode = pair.after ? git_mode(*pair.after, pair.path) : 0;
  if (!pair.before) {
    append(out, "new file mode {:o}\n", new_mode);
  } else if (!pair.after) {
    append(out, "deleted file mode {:o}\n", old_mode);
  } else if (old_mode != new_mode) {
    append(out, "old mode {:o}\nnew mode {:o}\n", old_mode, new_mode);
  }
}

// With the mode at its end if both sides have the same one, as git does.
void append_index_line(std::string& out, const FilePair& pair) {
  append(out, "index {}..{}", blob_id(pair.before), blob_id(pair.after));
  if (pair.before && pair.after && git_mode(*pair.before, pair.path) == git_mode(*pair.after, pair.path)) {
    append(out, " {:o}", git_mode(*pair.after, pair.path));
  }
  out += '\n';
}

// git puts a tab after a name with a space, because patch would take what follows the space as a date. After
// a space at the name's end patch doesn't see the tab: such a name is quoted.
void append_name_line(std::string& out, std::string_view mark, std::string_view prefix, const FilePair& pair,
                      bool present) {
  if (!present) {
    append(out, "{} /dev/null\n", mark);
    return;
  }
  const auto name = std::string(prefix) + pair.path;
  const bool spaced = name.find(' ') != std::string::npos;
  if (name.ends_with(' ')) {
    append(out, "{} {}\n", mark, quote_git_name_with_spaces(name));
  } else {
    append(out, "{} {}{}\n", mark, quote_git_name(name), spaced ? "\t" : "");
  }
}

void append_text_change(std::string& out, const FilePair& pair) {
  append_name_line(out, "---", "a/", pair, pair.before.has_value());
  append_name_line(out, "+++", "b/", pair, pair.after.has_value());
  const auto before = lines_with_ends(content(pair.before));
  const auto after = lines_with_ends(content(pair.after));
  HunkWriter(out, before, after).write(edit_script(before, after));
}

void append_binary_change(std::string& out, const FilePair& pair) {
  append_index_line(out, pair);
  out += "GIT binary patch\n";
  append_binary_hunk(out, binary_change(content(pair.before), content(pair.after)));
  append_binary_hunk(out, binary_change(content(pair.after), content(pair.before)));
}

void append_file(std::string& out, const FilePair& pair) {
  const bool same_content = content(pair.before) == content(pair.after);
  const bool binary = is_binary(pair.before) || is_binary(pair.after) || has_too_many_lines(pair);
  const auto quote = same_content || binary ? quote_git_name_with_spaces : quote_git_name;
  std::string header;
  append(header, "diff --git {} {}\n", quote("a/" + pair.path), quote("b/" + pair.path));
  const auto bare = header.size();
  append_mode_lines(header, pair);
  if (same_content && header.size() == bare) return;
  out += header;
  if (!same_content) {
    binary ? append_binary_change(out, pair) : append_text_change(out, pair);
  } else if (!pair.before || !pair.after) {
    append_index_line(
        out, pair);  // by it GNU patch knows that the file is empty, which it asks before it removes one
  }
}

}  // namespace

std::string make_diff(const std::vector<FilePair>& pairs) {
  std::string out;
  for (const auto& pair : pairs) {
    if (!is_unchanged(pair)) append_file(out, pair);
  }
  return out;
}

}  // namespace wheelfix
