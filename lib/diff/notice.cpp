#include "diff/notice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "diff/hunk_parser.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view unified_hint = "only unified diffs are read: make it with `diff -u` or `git diff`";

std::string_view without_digits(std::string_view text, bool& found) {
  const auto size = std::min(text.size(), text.find_first_not_of("0123456789"));
  found = size > 0;
  return text.substr(size);
}

// Removes `N` or `N,N` from `text`.
bool take_line_range(std::string_view& text) {
  bool found = false;
  text = without_digits(text, found);
  if (!found || !text.starts_with(',')) return found;
  text = without_digits(text.substr(1), found);
  return found;
}

// `3,5c`, `7a` or `9d`
bool is_ed_command(std::string_view line) {
  return take_line_range(line) && (line == "a" || line == "c" || line == "d");
}

// `3,5c3,6`, followed by `< ` or `> ` in a normal diff
bool is_normal_command(std::string_view line) {
  if (!take_line_range(line) || line.empty() ||
      std::string_view("acd").find(line.front()) == std::string_view::npos)
    return false;
  line.remove_prefix(1);
  return take_line_range(line) && line.empty();
}

bool begins_normal_diff(const PatchText& text) {
  if (!is_normal_command(text.line())) return false;
  const auto next = text.line(1);
  return next.starts_with("< ") || next.starts_with("> ");
}

// An ed command, and, before the next command, an empty line or a header, the line `.` that ends its input.
bool begins_ed_script(PatchText text) {
  if (!is_ed_command(text.line())) return false;
  do {
    text.advance();
    if (text.line() == ".") return true;
  } while (!text.line().empty() && !text.line().starts_with("--- ") && !is_ed_command(text.line()));
  return false;
}

bool begins_context_diff(const PatchText& text) {
  return text.line().starts_with("*** ") && text.line(1).starts_with("--- ") &&
         text.line(2).starts_with("***************");
}

bool begins_combined_diff(std::string_view line) {
  return line.starts_with("diff --cc ") || line.starts_with("diff --combined ") || line.starts_with("@@@ -");
}

[[noreturn]] void fail_ed_script(const PatchText& text) {
  text.fail("an ed script is never run", std::string(unified_hint));
}

}  // namespace

bool is_binary_notice(std::string_view line) {
  return line.starts_with("Binary files ") && line.find(" and ") != line.npos && line.ends_with(" differ");
}

void fail_binary_notice(const PatchText& text) {
  text.fail(fmt::format("'{}', and the patch doesn't say how", printable(text.line())),
            "make it with `git diff --binary`");
}

void refuse_foreign_diff(const PatchText& text) {
  const auto line = text.line();
  if (line.empty()) return;
  if (begins_context_diff(text)) text.fail("this is a context diff", std::string(unified_hint));
  if (begins_combined_diff(line))
    text.fail("this is the combined diff of a merge", "make it against one parent");
  if (begins_normal_diff(text))
    text.fail("this is a diff without context or names", std::string(unified_hint));
  if (begins_ed_script(text)) fail_ed_script(text);
  if (is_binary_notice(line)) fail_binary_notice(text);
  if (line == "GIT binary patch") text.fail("a binary patch without a `diff --git` header");
  if (parse_hunk_header(line))
    text.fail("a hunk without a file header", "a `---` and a `+++` line must name the file before it");
}

void fail_without_hunk(const PatchText& text) {
  if (is_ed_command(text.line())) fail_ed_script(text);
  text.fail("no hunk follows the file header", "a hunk begins with `@@ -START,COUNT +START,COUNT @@`");
}

}  // namespace wheelfix
