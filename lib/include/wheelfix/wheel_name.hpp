#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/version.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// The parts of a wheel's name that follow its version.
struct NameTags {
  std::optional<std::string> build;
  std::vector<std::string> python;
  std::vector<std::string> abi;
  std::vector<std::string> platform;

  bool operator==(const NameTags&) const = default;
};

/// A wheel's file name, `{distribution}-{version}(-{build})?-{python}-{abi}-{platform}.whl`, each part in the
/// spelling it has in the name. Source: packaging.python.org, "Binary distribution format", "File name
/// convention". `parse` and `to_string` round-trip. As Python's `packaging` reads it, except for what no
/// build tool writes: only ASCII, no white space, a letter or digit somewhere in the distribution, letters,
/// digits and `_` in tags, and at most 4096 combinations of them.
class WheelName {
 public:
  /// `file_name` has no folder. Throws Error{bad_wheel, subject = file_name} with what is wrong and an
  /// example.
  static WheelName parse(std::string_view file_name);

  const std::string& distribution() const {
    return distribution_;
  }  ///< `torch`, `MarkupSafe`, `zope.interface`
  const std::string& version_text() const { return version_text_; }  ///< `2.1.0`, as spelled
  Version version() const { return Version::parse(version_text_); }
  const std::optional<std::string>& build() const {
    return build_;
  }  ///< `0` in `triton-2.1.0-0-cp311-…`; begins with a digit
  const std::vector<std::string>& python_tags() const { return python_; }
  const std::vector<std::string>& abi_tags() const { return abi_; }
  const std::vector<std::string>& platform_tags() const { return platform_; }

  /// All tags of the compressed set, `py2-none-any`, `py3-none-any`, in the order python, abi, platform.
  std::vector<std::string> expanded_tags() const;

  std::string to_string() const;
  /// Throws Error{bad_wheel, subject = the name} for what isn't a version as a file name spells it, without
  /// `-`.
  WheelName with_version(std::string version_text) const;
  NameTags tags() const { return {build_, python_, abi_, platform_}; }
  /// Throws Error{bad_wheel, subject = the name} for what is no tag or build tag.
  WheelName with_tags(NameTags tags) const;

 private:
  WheelName() = default;

  std::string distribution_;
  std::string version_text_;
  std::optional<std::string> build_;
  std::vector<std::string> python_;
  std::vector<std::string> abi_;
  std::vector<std::string> platform_;
};

/// Expands one tag or compressed tag set (`py2.py3-none-any`), as a `Tag:` line of WHEEL may hold it. Empty
/// if it isn't one, is over 1024 bytes or stands for more than 4096 tags.
std::vector<std::string> expand_tag_set(std::string_view tag_set);

}  // namespace wheelfix
#pragma GCC visibility pop
