#pragma once

#include <string>
#include <vector>

#include <wheelfix/layout.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// An order in which libraries can be loaded by their paths, so that all that each needs is loaded before it.
struct PreloadOrder {
  /// Each library before those that need it. Of those that could come next the first by file name, so that
  /// the same libraries have the same order wherever they are.
  std::vector<PlacedLibrary> libraries;
  /// Libraries that need each other in a circle, so that no order of them works. In `libraries` they are
  /// together, by name.
  std::vector<std::vector<PlacedLibrary>> cycles;
};

/// The order of all that the libraries at `roots`, paths in the tree, need from these wheels, directly or
/// through others; the roots aren't in it unless another needs them. A needed name means the library of that
/// soname or, without a soname, file name: the one of the same wheel, else of the first wheel that has one.
PreloadOrder preload_order(const PlacedWheels& wheels, const std::vector<std::string>& roots);

}  // namespace wheelfix
#pragma GCC visibility pop
