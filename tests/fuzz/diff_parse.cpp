// A patch that is read names only files below its folder, has hunks that count right, and is the same
// reversed twice.
#include <algorithm>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

#include "diff/header_name.hpp"
#include "diff/reverse.hpp"
#include "fuzz/check.hpp"

namespace {

using namespace wheelfix;

std::optional<Diff> parse(std::string_view text) {
  try {
    return parse_diff(text, "fuzz.diff");
  } catch (const Error& e) {
    CHECK_PROPERTY(e.code() == ErrorCode::bad_diff || e.code() == ErrorCode::limit_exceeded);
    return std::nullopt;
  }
}

void check_hunk(const Hunk& hunk) {
  const auto count = [&](HunkLine::Kind other) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(hunk.lines, [&](const HunkLine& line) { return line.kind != other; }));
  };
  CHECK_PROPERTY(count(HunkLine::Kind::added) == hunk.old_count);
  CHECK_PROPERTY(count(HunkLine::Kind::removed) == hunk.new_count);
  const auto once = reversed_hunk(hunk);
  CHECK_PROPERTY(reversed_hunk(reversed_hunk(once)) == once);
}

void check_file(const FileDiff& file) {
  CHECK_PROPERTY(file.old_name.empty() == (file.kind == FileDiff::Kind::create));
  CHECK_PROPERTY(file.new_name.empty() == (file.kind == FileDiff::Kind::remove));
  CHECK_PROPERTY(!name_fault(file.old_name) && !name_fault(file.new_name));
  for (const auto& hunk : file.hunks) check_hunk(hunk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto diff = parse(as_text(data, size));
  if (!diff) return 0;
  CHECK_PROPERTY(!diff->files.empty());
  for (const auto& file : diff->files) check_file(file);
  return 0;
}
