#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/version.hpp>
#include <wheelfix/wheel.hpp>

#include "binary/helper_process.hpp"
#include "environment/python_tag.hpp"

namespace wheelfix {

/// A Python for which wheels will be installed, and the tags that it takes.
struct PythonTarget {
  std::string name;  ///< `cp313t`, `Python 3.13t`, or the interpreter's path
  PythonVersion version;
  std::optional<Version> full_version;  ///< `3.11.7`; nothing if it was given by its tag
  /// Python and ABI tags that it takes together, the best first: `cp313` and `cp313t`, `py3` and `none`.
  std::vector<std::pair<std::string, std::string>> tags;
  /// Platform tags, the best first; nothing if it was given by its tag, which says nothing of a platform.
  std::optional<std::vector<std::string>> platforms;
};

/// A Python by its tag (`cp311`, `cp313t`, `pp310`), a CPython by its version (`3.11`, `3.13t`, `3.11.7`), or
/// an interpreter by its program's path or name in PATH (`python3.11`). Throws Error{usage} for another text,
/// and what ask_interpreter throws.
PythonTarget python_target(std::string_view text);

/// Nothing if the text isn't a tag of a Python 3, or is CPython's before 3.2. A PyPy is assumed to have the
/// ABI pp73, like all since 3.6.
std::optional<PythonTarget> parse_python_target(std::string_view tag);

/// Nothing if the text isn't a version of two or three parts, with `t` for a free-threaded Python, or has no
/// tag that parse_python_target takes.
std::optional<PythonTarget> parse_python_version(std::string_view text);

/// Asks a Python 3.4 or later about itself: runs it with -I, so that working directory and environment have
/// no effect. Throws Error{usage} if the program can't be started, doesn't answer in time, or doesn't answer
/// like a Python.
PythonTarget ask_interpreter(const std::filesystem::path& program,
                             std::chrono::milliseconds time = std::chrono::seconds(5));

/// What ask_interpreter has an interpreter run, which prints lines `KEY=VALUE`; the last key is `end`.
extern const char* const interpreter_script;

/// Why a process that ran it, for at most that time, gave no answer; nothing if it ended by itself.
std::optional<std::string> failure_to_answer(const HelperEnd& end, std::chrono::milliseconds time);

/// The first program of this name in the folders of PATH; empty if there is none.
std::filesystem::path find_on_path(std::string_view name);

/// The answer of an interpreter to that script: lines `KEY=VALUE`. Throws Error{usage, subject =
/// name} for another answer.
PythonTarget parse_interpreter_answer(std::string_view answer, const std::string& name);

/// Platform tags of a Linux, the best first. Source: packaging.tags, so PEP 513, 571, 599, 600 and 656. A
/// `_manylinux` module, by which a system can refuse some, isn't used.
struct LinuxPlatform {
  std::string machine;                 ///< `x86_64`, for a process of 32 bits `i686`
  std::optional<PythonVersion> glibc;  ///< 2.36
  std::optional<PythonVersion> musl;   ///< 1.2
};
std::vector<std::string> linux_platforms(const LinuxPlatform& platform);

/// Whether it takes a tag, given as its three parts.
bool takes(const PythonTarget& target, std::string_view python, std::string_view abi,
           std::string_view platform);

/// Those of a wheel's tags that the Python takes.
std::vector<std::string> fitting_tags(const WheelName& name, const PythonTarget& target);

/// Why an installer for this Python would not take the wheel: the part of its tags that doesn't fit, and its
/// Requires-Python. Empty if it would.
std::vector<Finding> check_python(const Wheel& wheel, const PythonTarget& target);

}  // namespace wheelfix
