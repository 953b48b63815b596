#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/metadata.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What is to be different in METADATA. All removals come first, then replacements, then additions; each in
/// the order of its list.
struct MetadataEdit {
  /// `NAME` for all requirements of that project; with extras, specifiers or a marker for those that have the
  /// same. `NAME; extra == "x"` is for all that the extra requires of that project.
  std::vector<std::string> remove_requires;
  /// Each gives its specifiers or URL, and its extras if it has some, to the one requirement of its project:
  /// of several to the one with the same marker.
  std::vector<std::string> replace_requires;
  std::vector<std::string> add_requires;
  std::optional<std::string> requires_python;
  std::vector<std::string> remove_classifiers;
  std::vector<std::string> add_classifiers;
};

/// A header that was added, removed or replaced: without `before`, without `after`, or with both.
struct HeaderChange {
  std::string key;
  std::optional<std::string> before;
  std::optional<std::string> after;

  bool operator==(const HeaderChange&) const = default;
};

struct EditedMetadata {
  HeaderDocument document;
  std::vector<HeaderChange> changes;
  std::vector<std::string> warnings;  ///< what is written, and some tool will not take as it is meant
};

/// METADATA with an edit, in which only the lines of changed headers differ: a replaced one keeps its place,
/// and a new one follows the last of its key, or else those that come before it in the core metadata
/// specification. An extra that an added requirement is for, and that isn't provided, gets a Provides-Extra.
/// Requirements and specifiers must be such as pip and uv take. Throws Error{usage} for one that isn't,
/// Error{does_not_apply} with `subject` if what is to be removed or replaced isn't there or is ambiguous, and
/// Error{already_applied} for what is there already.
EditedMetadata edit_metadata(const HeaderDocument& metadata, const MetadataEdit& edit,
                             std::string_view subject);

/// The same of a wheel's METADATA, as edited so far.
EditedMetadata edit_metadata(WheelEdit& wheel, const MetadataEdit& edit);

}  // namespace wheelfix
#pragma GCC visibility pop
