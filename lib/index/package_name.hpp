#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

enum class PackageKind {
  none,
  wheel,
  sdist,
  old_sdist,  ///< in a form that PEP 527 and 625 have done away with, and that pip takes all the same
};

/// What a file in the indexed folder is by its name: `.whl`; `.tar.gz` or `.zip`, or another archive's ending
/// that pip knows, if the rest can be a project and a version; else none. Eggs and installers, which pip
/// and uv no longer take, are none, and so are hidden files.
PackageKind package_kind(std::string_view file_name);

/// A project and a version, both in normal form.
struct PackageName {
  std::string project;
  std::string version;

  bool operator==(const PackageName&) const = default;
};

/// A wheel's, from its name, build tag or not. Throws Error{bad_wheel}.
PackageName wheel_package_name(std::string_view file_name);

/// All readings of an sdist's name, `NAME-VERSION.tar.gz` or any other ending, the shortest NAME first. Names
/// and old versions can have dashes (`a-1.0-1` is version 1.0-1 of a, or version 1 of a-1.0), so that there
/// may be several, and PKG-INFO must tell.
std::vector<PackageName> sdist_package_names(std::string_view file_name);

}  // namespace wheelfix
