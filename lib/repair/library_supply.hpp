#pragma once

#include <cstddef>
#include <optional>
#include <vector>
#include <wheelfix/imports.hpp>
#include <wheelfix/repair.hpp>

#include "environment/missing_libraries.hpp"

namespace wheelfix {

/// Adds to the first `changeable` wheels of a set the libraries that they lack for certain, from the folders
/// and templates that the options allow.
class LibrarySupply {
 public:
  LibrarySupply(WheelSet& set, std::size_t changeable, const RepairOptions& options)
      : set_(set), changeable_(changeable), options_(options) {}

  /// Until nothing is left to add, because what was added may need more. Throws Error{bad_recipe} for a file
  /// that isn't a library for the set's system, and as read_library_file and make_stub.
  std::vector<SuppliedLibrary> run();

 private:
  bool is_for_supplied(const MissingLibrary& missing) const;
  std::optional<AddedLibrary> find(const MissingLibrary& missing);
  std::optional<AddedLibrary> from_folder(const MissingLibrary& missing);
  std::optional<AddedLibrary> stub(const MissingLibrary& missing);

  WheelSet& set_;
  std::size_t changeable_;
  const RepairOptions& options_;
  std::vector<SuppliedLibrary> supplied_;
};

}  // namespace wheelfix
