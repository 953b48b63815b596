#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/imports.hpp>
#include <wheelfix/repair.hpp>

namespace wheelfix {

/// Changes, planned on the simulated loader, that make libraries of a set load. The set always includes them.
/// A target is a library that should load in a process of its own.
class RepairPlan {
 public:
  /// Which of the set's wheels may be changed.
  enum class Scope {
    all,      ///< all that are changeable
    changed,  ///< those of them that the plan changes already
  };

  RepairPlan() = default;
  RepairPlan(const RepairPlan&) = delete;
  RepairPlan& operator=(const RepairPlan&) = delete;
  virtual ~RepairPlan() = default;

  /// Makes changes until the target loads, or nothing more can be done.
  virtual void make_load(const PlacedLibrary& target) = 0;
  /// The same, but makes no change if the target still doesn't load.
  virtual void try_to_load(const PlacedLibrary& target, Scope scope) = 0;
  /// Removes what no target needs.
  virtual void drop_unneeded() = 0;

  /// The libraries that the targets lead to, by path.
  virtual std::set<std::string> reached() const = 0;
  virtual std::set<std::size_t> changed_wheels() const = 0;

  /// Why a module still fails, for a finding's hint.
  virtual std::string hint(const LoadFailure& failure, const ImportRoot& root) const = 0;
  /// Makes the changes in the wheels, which are the first of the set, and reports them. Throws as repair.
  virtual void apply(std::vector<WheelEdit>& wheels, RepairReport& report) const = 0;
};

/// Whether a library loads in a process of its own, after the preload modules of its packages.
bool loads(const WheelSet& set, const PlacedLibrary& library);

/// A hint's text about a library that nothing of the set has.
std::string advice_for_unknown(const WheelSet& set);

/// `_C.so needs libone.so needs libtwo.so: `, empty for what nothing needs.
std::string chain_text(const LoadFailure& failure);

}  // namespace wheelfix
