#pragma once

#include <map>
#include <optional>
#include <utility>
#include <wheelfix/preload_order.hpp>

#include "repair/repair_plan.hpp"

namespace wheelfix {

/// Modules that load libraries first, added to the packages of the targets: preload_order of what the targets
/// need, without what is found anyway.
class PreloadPlan : public RepairPlan {
 public:
  explicit PreloadPlan(WheelSet& set) : set_(set) {}

  void make_load(const PlacedLibrary& target) override;
  void try_to_load(const PlacedLibrary& target, Scope scope) override;
  void drop_unneeded() override;
  std::set<std::string> reached() const override;
  std::set<std::size_t> changed_wheels() const override;
  std::string hint(const LoadFailure& failure, const ImportRoot& root) const override;
  void apply(std::vector<WheelEdit>& wheels, RepairReport& report) const override;

 private:
  using Key = std::pair<std::size_t, std::string>;  ///< wheel, and folder of the package: `torch/`
  using Libraries = std::vector<std::string>;       ///< paths in the tree, in the order of loading
  struct Module {
    std::vector<PlacedLibrary> targets;
    Libraries libraries;
    Libraries published;  ///< those of the module that the wheel has already
  };

  std::optional<Key> package_of(std::size_t wheel, const std::string& entry) const;
  bool has_alone(std::size_t wheel, const std::string& entry) const;
  bool has_compiled_init(std::size_t wheel, const std::string& folder) const;
  Module& module_of(const Key& key);
  void set_libraries(const Key& key, Libraries libraries);
  Libraries order_for(const std::vector<PlacedLibrary>& targets) const;
  void drop_unneeded_of(const Key& key, const Module& module);
  std::vector<std::string> outcomes(const Module& module) const;
  std::string path_below_root(const std::string& path) const;
  std::optional<LoadFailure> first_failure(const PreloadOrder& order) const;
  std::optional<std::string> soname(const PlacedLibrary& library) const;

  WheelSet& set_;
  std::map<Key, Module> modules_;
};

}  // namespace wheelfix
