#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>
#include <wheelfix/library_rules.hpp>

#include "environment/library_index.hpp"
#include "repair/repair_plan.hpp"

namespace wheelfix {

/// Search paths for libraries of a set: folders are added after a library's own until a target loads.
class RpathPlan : public RepairPlan {
 public:
  /// A library with folders added after its own.
  struct Edit {
    PlacedLibrary library;
    BinaryInfo original;
    std::vector<std::string> added;
    SearchPathKind kind;  ///< rpath or runpath, for all of its path

    std::vector<std::string> path() const;
    BinaryInfo edited() const;
  };

  /// `changeable` by wheel.
  RpathPlan(WheelSet& set, std::vector<bool> changeable, const RepairOptions& options);

  void make_load(const PlacedLibrary& target) override;
  void try_to_load(const PlacedLibrary& target, Scope scope) override;
  /// Wheels, then libraries, then folders.
  void drop_unneeded() override;
  std::set<std::string> reached() const override;
  std::set<std::size_t> changed_wheels() const override;
  std::string hint(const LoadFailure& failure, const ImportRoot& root) const override;
  void apply(std::vector<WheelEdit>& wheels, RepairReport& report) const override;

 private:
  using Key = std::pair<std::size_t, std::string>;
  using Edits = std::map<Key, Edit>;
  struct Holder {
    const PlacedLibrary* library;
    SearchPathKind kind;
  };

  /// A library that a folder on a search path makes available under this name, or null: one of the wheel of
  /// the library that needs it, else of one that `wheel` requires, else of the first.
  const PlacedLibrary* find_provider(const std::string& name, std::size_t needed_by, std::size_t wheel) const;
  std::string hint_for_unnamed(const std::string& name) const;
  LoadResult load(const PlacedLibrary& target) const;
  bool fix_all(const PlacedLibrary& target, Scope scope);
  bool fix(const LoadFailure& failure, const PlacedLibrary& target, Scope scope);
  std::optional<Holder> choose_holder(const std::vector<const PlacedLibrary*>& chain,
                                      const PlacedLibrary& target, Scope scope) const;
  std::optional<Holder> heir_of_rpath(const std::vector<const PlacedLibrary*>& chain,
                                      const PlacedLibrary& target, Scope scope) const;
  bool may_change(const PlacedLibrary* library, Scope scope) const;
  bool add(const Holder& holder, const std::string& folder);
  const BinaryInfo& info(const PlacedLibrary& library) const;
  SearchPathKind own_kind(const PlacedLibrary& library) const;
  void set_edits(Edits edits);
  std::vector<std::string> outcomes() const;
  std::vector<LibraryRule> rules_for(std::size_t wheel, SearchPathKind kind) const;
  void keep_own_kind(const Key& key, const std::vector<std::string>& expected);
  bool try_edits(Edits edits, const std::vector<std::string>& expected);

  WheelSet& set_;
  LibraryIndex names_;
  std::vector<bool> changeable_;
  const RepairOptions& options_;
  SearchPathKind kind_;
  std::vector<PlacedLibrary> targets_;
  Edits edits_;
};

}  // namespace wheelfix
