#pragma once

#include <exception>
#include <string>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What kind of failure an Error is. The command line turns each into one of its exit statuses
/// (`exit_status`).
enum class ErrorCode {
  usage,            ///< the caller requested something that makes no sense: an unknown option
  bad_label,        ///< a local version label that no version can have
  bad_archive,      ///< not a ZIP, truncated, damaged, or a structure that readers disagree about
  bad_wheel,        ///< a ZIP, but not a wheel by the binary distribution format
  bad_diff,         ///< a patch file that can't be parsed, or has what is refused (`..`, a symlink, an ed
                    ///< script)
  does_not_apply,   ///< a patch whose file or hunk isn't in the wheel; a requirement or classifier to be
                    ///< changed that METADATA doesn't have; a project to be locked that no file pins
  already_applied,  ///< a patch whose result is in the wheel already; a requirement or classifier to be added
                    ///< that METADATA has
  bad_binary,       ///< a library that is truncated, contradicts itself, or has an unknown format
  cannot_edit,      ///< a library that is sound, but has no room for the edit
  bad_recipe,       ///< a recipe or stub template that can't be parsed, or needs what the wheel doesn't have
  bad_receipt,      ///< a receipt that can't be parsed, or isn't one of wheelfix
  bad_python,       ///< a Python source that no Python reads, or in an encoding that isn't read here
  limit_exceeded,   ///< an entry, a ratio or a count over the Limits
  output_exists,    ///< the output file exists and overwriting was not requested, or it is the source
  io,               ///< the operating system failed to read or write
  cancelled,        ///< the progress callback or a signal stopped it
};

/// The one failure mechanism of the library: everything that can't go on throws this.
/// `subject` names the file and, after a `: `, the entry or `file:line` where it went wrong; `message` says
/// what is wrong; `hint` says what to do next and may be empty. They don't end in a newline.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string subject, std::string message, std::string hint = {});

  ErrorCode code() const noexcept { return code_; }
  const std::string& subject() const noexcept { return subject_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& hint() const noexcept { return hint_; }

  /// `subject: message`, without the hint.
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  ErrorCode code_;
  std::string subject_;
  std::string message_;
  std::string hint_;
  std::string what_;
};

/// The exit status that the command line documents for a failure: 2 wrong usage, 3 the input was refused, 4
/// reading or writing failed.
int exit_status(ErrorCode code) noexcept;

}  // namespace wheelfix
#pragma GCC visibility pop
