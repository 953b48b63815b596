#pragma once

#include <optional>
#include <string>
#include <vector>

#include <wheelfix/edit.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What is to become of the tags in a wheel's name. Tags with dots between them take the place of those that
/// are there; after a `+` they are added to them, after a `-` they are removed. Without a text they stay.
struct TagChanges {
  std::optional<std::string> python = {};
  std::optional<std::string> abi = {};
  std::optional<std::string> platform = {};
  std::optional<std::string> build = {};  ///< empty: the wheel gets none
};

/// The tags after it; the sets that change are sorted, as the binary distribution format has them. Throws
/// Error{usage}, with the option at fault as its subject, for what is no tag, and, unless `is_forced`, for a
/// tag that no Python accepts together with the others.
NameTags changed_tags(const WheelName& name, const TagChanges& changes, bool is_forced = false);

struct RetagOptions {
  bool force = false;  ///< accept tags that no Python is known to accept
  bool check = true;   ///< else libraries aren't read, and nothing is known of them
  unsigned jobs = 0;
  ProgressCallback progress = {};
};

/// Has a wheel written under other tags, in WHEEL too. A wheel that was for any platform gets Root-Is-Purelib
/// false; one that is from now on gets true, if there is no library in it. Returns warnings
/// of what the new tags promise and the wheel doesn't keep, and its old tags didn't promise already, and of
/// libraries that can't be read. Libraries are read unless the new tags are among the old ones. Throws as
/// changed_tags, and Error{bad_archive | io | cancelled}.
std::vector<std::string> retag(WheelEdit& edit, const TagChanges& changes, const RetagOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
