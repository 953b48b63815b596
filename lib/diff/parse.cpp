#include <fmt/format.h>

#include <utility>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

#include "diff/file_part.hpp"
#include "diff/notice.hpp"
#include "diff/patch_text.hpp"

namespace wheelfix {
namespace {

// As many as the largest wheels have.
constexpr std::size_t most_files = 20'000;

bool begins_plain_part(const PatchText& text) {
  return text.line().starts_with("--- ") && text.line(1).starts_with("+++ ");
}

}  // namespace

Diff parse_diff(std::string_view text, std::string name) {
  Diff diff;
  PatchText lines(text, name);
  while (!lines.at_end()) {
    if (diff.files.size() > most_files)
      throw Error(ErrorCode::limit_exceeded, name, fmt::format("is for more than {} files", most_files),
                  "split it in two");
    if (lines.line().starts_with("diff --git ")) {
      diff.files.push_back(parse_git_part(lines));
    } else if (begins_plain_part(lines)) {
      diff.files.push_back(parse_plain_part(lines));
    } else {
      refuse_foreign_diff(lines);
      lines.advance();
    }
  }
  if (diff.files.empty())
    throw Error(ErrorCode::bad_diff, name, "contains no diff", "only unified diffs are read");
  diff.name = std::move(name);
  return diff;
}

}  // namespace wheelfix
