#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace wheelfix {

/// A package of a system, as far as the bill of materials and the licences of a wheel need it.
struct SystemPackage {
  std::string name;     ///< `libpng16-16`
  std::string version;  ///< `1.6.39-2+deb12u4`; empty if dpkg doesn't say
  /// Its package URL, `pkg:deb/debian/libpng16-16@1.6.39-2%2Bdeb12u4`. Source: package-url/purl-spec, "deb".
  std::string url;
  std::string copyright;  ///< what its copyright file says; empty if there is none
};

/// The packages that these files are of, by file, as dpkg's lists below `root` have them, or what they were
/// called before /lib became a link to /usr/lib. Files are paths in that system, without symlinks. Nothing
/// without dpkg. Source: dpkg-query(1), deb-control(5), Debian Policy 12.5. Throws Error{io}.
std::map<std::string, SystemPackage> debian_packages_of(const std::filesystem::path& root,
                                                        const std::set<std::string>& files);

/// Those of `files` that are lines of a package's list.
std::set<std::string> files_in_list(std::string_view list, const std::set<std::string>& files);

/// The Version of a package in dpkg's status file. `architecture`: empty for any.
std::optional<std::string> version_in_status(std::string_view status, std::string_view package,
                                             std::string_view architecture);

/// The ID of os-release(5): `debian`; empty if it doesn't say.
std::string system_id(std::string_view os_release);

/// The short name of the licence of most files, `libpng`, by a machine-readable copyright file; nothing if it
/// isn't one, or doesn't say. Source: Debian's copyright-format 1.0.
std::optional<std::string> main_licence(std::string_view copyright);

}  // namespace wheelfix
