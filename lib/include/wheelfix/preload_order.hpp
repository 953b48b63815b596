#pragma once

#include <string>
#include <vector>

#include <wheelfix/layout.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// An order in which libraries can be loaded by their paths, each finding all that it needs loaded before it.
struct PreloadOrder {
  /// What stands before what needs it. Of what could come next the first by file name, so that the same
  /// libraries have the same order wherever they stand.
  std::vector<PlacedLibrary> libraries;
  /// Libraries that need each other in a circle: no order of them serves a loader. In `libraries` they stand
  /// together, by name.
  std::vector<std::vector<PlacedLibrary>> cycles;
};

/// The order of all that the libraries at `roots`, paths in the tree, need of these wheels, at first hand or
/// by way of others; the roots aren't in it unless another needs them. A needed name is met by the library of
/// that soname or, for want of a soname, file name: the one of the same wheel, else of the first wheel that
/// has one.
PreloadOrder preload_order(const PlacedWheels& wheels, const std::vector<std::string>& roots);

}  // namespace wheelfix
#pragma GCC visibility pop
