#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>
#include <wheelfix/imports.hpp>

namespace wheelfix {

/// A library that is to load in a process where nothing is loaded before it.
struct LoadTarget {
  std::size_t wheel = 0;
  std::string path;  ///< in the tree
};

/// Search paths for libraries of a set, thought out on the simulated loader of glibc or musl. The set's tree
/// always has the plan's libraries in it.
class RpathPlan {
 public:
  /// A library with folders put behind its own.
  struct Edit {
    PlacedLibrary library;
    BinaryInfo original;
    std::vector<std::string> added;
    SearchPathKind kind;  ///< rpath or runpath, for all of its path

    std::vector<std::string> path() const;
    BinaryInfo edited() const;
  };

  /// Which of the set's wheels may be changed.
  enum class Scope {
    all,      ///< all that are changeable
    changed,  ///< those of them that the plan changes already
  };

  /// `changeable` by wheel. `kind` as RepairOptions has it.
  RpathPlan(WheelSet& set, std::vector<bool> changeable, SearchPathKind kind);

  /// Puts folders in until the target loads, or nothing more can be done.
  void make_load(const LoadTarget& target);
  /// Does so only where it gets the target to load.
  void try_to_load(const LoadTarget& target, Scope scope);

  /// Takes out what no target needs: wheels, then libraries, then folders.
  void drop_unneeded();

  /// The libraries that the targets lead to, by path.
  std::set<std::string> reached() const;
  std::set<std::size_t> changed_wheels() const;
  /// By wheel and entry.
  const std::map<std::pair<std::size_t, std::string>, Edit>& edits() const { return edits_; }

  /// A library that a folder on a search path makes of use under this name, or null: of the wheel of the
  /// library that needs it, else of one that `wheel` requires, else of the first.
  const PlacedLibrary* find_provider(const std::string& name, std::size_t needed_by, std::size_t wheel) const;

 private:
  using Key = std::pair<std::size_t, std::string>;
  using Edits = std::map<Key, Edit>;
  struct Holder {
    const PlacedLibrary* library;
    SearchPathKind kind;
  };

  LoadResult load(const LoadTarget& target) const;
  bool fix_all(const LoadTarget& target, Scope scope);
  bool fix(const LoadFailure& failure, const LoadTarget& target, Scope scope);
  std::optional<Holder> choose_holder(const std::vector<const PlacedLibrary*>& chain,
                                      const LoadTarget& target, Scope scope) const;
  std::optional<Holder> heir_of_rpath(const std::vector<const PlacedLibrary*>& chain,
                                      const LoadTarget& target, Scope scope) const;
  bool may_change(const PlacedLibrary* library, Scope scope) const;
  bool add(const Holder& holder, const std::string& folder);
  const BinaryInfo& info(const PlacedLibrary& library) const;
  SearchPathKind own_kind(const PlacedLibrary& library) const;
  void set_edits(Edits edits);
  std::vector<std::string> outcomes() const;
  void keep_own_kind(const Key& key, const std::vector<std::string>& expected);
  bool try_edits(Edits edits, const std::vector<std::string>& expected);

  WheelSet& set_;
  std::vector<bool> changeable_;
  SearchPathKind kind_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_file_name_;
  std::vector<LoadTarget> targets_;
  Edits edits_;
};

}  // namespace wheelfix
