// The input is a file's content, a line `%%` and a patch. Applying it gives a result or one of the errors
// that are promised, and what a hunk reports lies within the options.
#include <algorithm>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using namespace wheelfix;

std::optional<Diff> parse(std::string_view text) {
  try {
    return parse_diff(text, "fuzz.diff");
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<Applied> apply_one(std::string_view content, const FileDiff& file,
                                 const ApplyOptions& options) {
  try {
    return apply_diff(content, file, options, "fuzz.diff", "subject");
  } catch (const Error& e) {
    CHECK_PROPERTY(e.code() == ErrorCode::does_not_apply || e.code() == ErrorCode::already_applied ||
                   (e.code() == ErrorCode::bad_diff && file.binary));
    CHECK_PROPERTY(e.subject().starts_with("fuzz.diff:"));
    return std::nullopt;
  }
}

void check(std::string_view content, const FileDiff& file, const ApplyOptions& options) {
  const auto applied = apply_one(content, file, options);
  if (!applied) return;
  CHECK_PROPERTY(applied->hunks.size() == file.hunks.size());
  CHECK_PROPERTY(
      std::ranges::all_of(applied->hunks, [&](const HunkReport& hunk) { return hunk.fuzz <= options.fuzz; }));
  CHECK_PROPERTY(!(options.strict_eol && applied->crlf_kept));
  if (file.kind == FileDiff::Kind::remove) CHECK_PROPERTY(applied->content.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  const auto mark = text.find("%%\n");
  if (mark == text.npos) return 0;
  const auto diff = parse(text.substr(mark + 3));
  if (!diff) return 0;
  for (const auto& file : diff->files) {
    check(text.substr(0, mark), file, {});
    check(text.substr(0, mark), file, {.fuzz = 2});
    check(text.substr(0, mark), file, {.fuzz = 1, .strict_eol = true});
  }
  return 0;
}
