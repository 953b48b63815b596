#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "diff/apply_binary.hpp"
#include "diff/apply_hunks.hpp"
#include "diff/explain.hpp"
#include "diff/git_binary_decode.hpp"

namespace wheelfix {
namespace {

using Kind = FileDiff::Kind;

constexpr std::size_t most_lines = 4'000'000;

struct Names {
  std::string_view diff;
  std::string_view subject;

  std::string at(std::size_t line) const { return fmt::format("{}:{}", diff, line); }
};

[[noreturn]] void fail_applied_already(const FileDiff& file, const Names& names) {
  throw Error(ErrorCode::already_applied, names.at(file.patch_line),
              fmt::format("{} is already as the patch makes it", names.subject),
              "--skip-applied skips what is already applied");
}

[[noreturn]] void fail_other_content(const FileDiff& file, const Names& names, std::string message) {
  throw Error(ErrorCode::does_not_apply, names.at(file.patch_line), std::move(message),
              "the patch is for another version of the file");
}

bool is_result(const Lines& lines, const FileDiff& file, const ApplyOptions& options) {
  const auto ends = tolerates_crlf(lines, file.hunks, options) ? LineEnds::ignore_cr : LineEnds::exact;
  return std::all_of(file.hunks.begin(), file.hunks.end(),
                     [&](const Hunk& hunk) { return has_result(lines, hunk, 0, ends); });
}

// Whatever fuzz is allowed: a file that has the result is left alone before context is given up.
bool took_fuzz(const Applied& applied) {
  return std::any_of(applied.hunks.begin(), applied.hunks.end(),
                     [](const HunkReport& hunk) { return hunk.fuzz > 0; });
}

Applied apply_text(std::string_view content, const FileDiff& file, const ApplyOptions& options,
                   const Names& names) {
  const auto count = static_cast<std::size_t>(std::ranges::count(content, '\n'));
  if (count > most_lines)
    throw Error(ErrorCode::limit_exceeded, std::string(names.subject),
                fmt::format("has {} lines, too many to be patched: more than {}", count, most_lines),
                "replace the file with --remove and --add instead");
  const Lines lines(content);
  auto outcome = apply_hunks(lines, file.hunks, options);
  auto* applied = std::get_if<Applied>(&outcome);
  if ((applied == nullptr || took_fuzz(*applied)) && is_result(lines, file, options))
    fail_applied_already(file, names);
  if (applied != nullptr) return std::move(*applied);
  const auto& failure = std::get<HunkFailure>(outcome);
  if (failure.gave_up)
    throw Error(
        ErrorCode::limit_exceeded, names.at(file.hunks[failure.index].patch_line),
        fmt::format("hunk {} isn't where it says in {}, nor are many before it: looking for all of them "
                    "takes too long",
                    failure.index + 1, names.subject),
        "make the patch again from this version of the file");
  throw Error(ErrorCode::does_not_apply, names.at(file.hunks[failure.index].patch_line),
              explain_failure(lines, file.hunks, failure, names.subject),
              advise(lines, file.hunks, failure, options));
}

Applied apply_binary_change(std::string_view content, const FileDiff& file, const Names& names) {
  try {
    auto change = apply_binary(content, *file.binary, file.binary_reverse);
    if (change.outcome == BinaryOutcome::applied_already) fail_applied_already(file, names);
    if (change.outcome == BinaryOutcome::applied) return {std::move(change.content), {}, false};
  } catch (const DamagedBinary& damage) {
    throw Error(ErrorCode::bad_diff, names.at(file.patch_line),
                fmt::format("the binary patch is damaged: {}", damage.what()),
                std::string(damaged_binary_hint));
  }
  fail_other_content(file, names,
                     fmt::format("{} is not the file that the binary patch was made for", names.subject));
}

Applied apply_change(std::string_view content, const FileDiff& file, const ApplyOptions& options,
                     const Names& names) {
  return file.binary ? apply_binary_change(content, file, names) : apply_text(content, file, options, names);
}

// `content` exists although nothing should.
[[noreturn]] void fail_existing(std::string_view content, const FileDiff& file, const ApplyOptions& options,
                                const Names& names) {
  if (apply_change({}, file, options, names).content == content) fail_applied_already(file, names);
  fail_other_content(
      file, names,
      fmt::format("{} already exists, with other content than the patch creates", names.subject));
}

}  // namespace

Applied apply_diff(std::string_view content, const FileDiff& file, const ApplyOptions& options,
                   std::string_view diff_name, std::string_view subject) {
  const Names names{diff_name, subject};
  if (file.kind == Kind::create && !content.empty()) fail_existing(content, file, options, names);
  auto applied = apply_change(content, file, options, names);
  if (file.kind == Kind::remove && !applied.content.empty()) {
    const auto left = Lines(applied.content).size();
    fail_other_content(file, names,
                       fmt::format("the patch removes {}, but its content differs: {} would be left", subject,
                                   counted(left, "line")));
  }
  return applied;
}

bool may_create(const FileDiff& file) {
  if (file.kind != Kind::modify) return file.kind == Kind::create;
  return file.hunks.size() == 1 && file.hunks.front().old_start == 0 && file.hunks.front().old_count == 0;
}

}  // namespace wheelfix
