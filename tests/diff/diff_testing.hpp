#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

namespace wheelfix::testing {

inline const char* code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_diff:
      return "bad_diff";
    case ErrorCode::does_not_apply:
      return "does_not_apply";
    case ErrorCode::already_applied:
      return "already_applied";
    default:
      return "other";
  }
}

/// `CODE SUBJECT: MESSAGE` and, on a line of its own, `hint: HINT`; `no error` if nothing is thrown.
inline std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    auto text = std::string(code_name(error.code())) + ' ' + error.what();
    if (!error.hint().empty()) text += "\nhint: " + error.hint();
    return text;
  }
  return "no error";
}

inline std::string parse_error(std::string_view text) {
  return error_of([&] { parse_diff(text, "p.diff"); });
}

/// The one file of a patch.
inline FileDiff only_file(std::string_view text) {
  const auto diff = parse_diff(text, "p.diff");
  if (diff.files.size() != 1)
    throw Error(ErrorCode::usage, "", "the test's patch has another number of files");
  return diff.files.front();
}

/// A patch with one file `m.py` and these hunks.
inline std::string patch_of(std::string_view hunks) {
  return "--- a/m.py\n+++ b/m.py\n" + std::string(hunks);
}

inline Applied apply_to(std::string_view content, std::string_view patch, const ApplyOptions& options = {}) {
  return apply_diff(content, only_file(patch), options, "p.diff", "m.py");
}

inline std::string apply_error(std::string_view content, std::string_view patch,
                               const ApplyOptions& options = {}) {
  return error_of([&] { apply_to(content, patch, options); });
}

/// The numbers from `first` to `last`, one a line.
inline std::string numbers(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += std::to_string(i) + '\n';
  return text;
}

}  // namespace wheelfix::testing
