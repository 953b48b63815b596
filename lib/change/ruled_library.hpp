#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>
#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/library_rules.hpp>

namespace wheelfix {

/// One library's dynamic section while rules are applied to it.
class RuledLibrary {
 public:
  explicit RuledLibrary(const BinaryInfo& info);

  /// Returns whether the rule found what it removes or replaces; true for rules that only add.
  bool apply(const LibraryRule& rule);

  /// The edit, and its kinds. `info`: before.
  std::pair<LibraryEdit, std::set<How>> changes(const BinaryInfo& info, SearchPathKind kind) const;

 private:
  using Names = std::vector<std::string>;

  Names path_;
  Names needed_;
  Names version_files_;  ///< one for each of BinaryInfo::versions_needed
  std::optional<std::string> soname_;
  bool keep_kind_ = true;  ///< no rule gave a path
};

}  // namespace wheelfix
