#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

enum class PackageKind {
  none,
  wheel,
  sdist,
  old_sdist,  ///< in a form that PEP 527 and 625 abolished, but that pip still takes
};

/// The kind of a file in the indexed folder by its name: `.whl`; `.tar.gz` or `.zip`, or another archive's
/// ending that pip knows, if the rest can be a project and a version; else `none`, also for hidden files and
/// for eggs and installers, which pip and uv no longer take.
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
/// and old versions can have dashes (`a-1.0-1` is version 1.0-1 of a, or version 1 of a-1.0), so there may be
/// several, and PKG-INFO decides.
std::vector<PackageName> sdist_package_names(std::string_view file_name);

}  // namespace wheelfix
