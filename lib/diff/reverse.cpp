#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

#include "diff/reverse.hpp"

namespace wheelfix {
namespace {

using Kind = FileDiff::Kind;

HunkLine::Kind swapped(HunkLine::Kind kind) {
  if (kind == HunkLine::Kind::context) return kind;
  return kind == HunkLine::Kind::added ? HunkLine::Kind::removed : HunkLine::Kind::added;
}

Kind swapped(Kind kind) {
  if (kind == Kind::create) return Kind::remove;
  if (kind == Kind::remove) return Kind::create;
  return kind;
}

// Within each run of changes, removed lines come first again.
void order_changes(std::vector<HunkLine>& lines) {
  const auto is_context = [](const HunkLine& line) { return line.kind == HunkLine::Kind::context; };
  for (auto run = lines.begin(); run != lines.end();) {
    run = std::find_if_not(run, lines.end(), is_context);
    const auto end = std::find_if(run, lines.end(), is_context);
    std::stable_partition(run, end,
                          [](const HunkLine& line) { return line.kind == HunkLine::Kind::removed; });
    run = end;
  }
}

FileDiff reversed_file(FileDiff file, const std::string& diff_name) {
  const auto fail = [&](const char* message) {
    throw Error(ErrorCode::bad_diff, fmt::format("{}:{}", diff_name, file.patch_line), message);
  };
  if (file.kind == Kind::copy) fail("a copy can't be reversed");
  if (file.binary && !file.binary_reverse) fail("the binary change carries no reverse");
  file.kind = swapped(file.kind);
  std::swap(file.old_name, file.new_name);
  if (file.new_mode || file.kind == Kind::create)
    std::swap(file.old_mode, file.new_mode);  // else the mode stays
  std::swap(file.binary, file.binary_reverse);
  std::transform(file.hunks.begin(), file.hunks.end(), file.hunks.begin(), reversed_hunk);
  return file;
}

}  // namespace

Hunk reversed_hunk(Hunk hunk) {
  std::swap(hunk.old_start, hunk.new_start);
  std::swap(hunk.old_count, hunk.new_count);
  for (auto& line : hunk.lines) line.kind = swapped(line.kind);
  order_changes(hunk.lines);
  return hunk;
}

Diff reversed(const Diff& diff) {
  Diff result{diff.name, {}};
  for (auto file = diff.files.rbegin(); file != diff.files.rend(); ++file)
    result.files.push_back(reversed_file(*file, diff.name));
  return result;
}

}  // namespace wheelfix
