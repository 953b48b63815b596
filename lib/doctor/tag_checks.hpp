#pragma once

#include <string>
#include <vector>
#include <wheelfix/layout.hpp>
#include <wheelfix/library.hpp>
#include <wheelfix/platform_tag.hpp>
#include <wheelfix/wheel.hpp>

#include "environment/library_index.hpp"

namespace wheelfix {

/// One tag of a wheel's name, `cp311-cp311-manylinux_2_17_x86_64`.
struct WheelTag {
  std::string python;
  std::string abi;
  PlatformTag platform;
  std::string text;
};

/// All of them: compressed sets expanded, except combinations that nobody means (`cp310-cp39-…` of
/// `cp39.cp310-cp39.cp310-…`).
std::vector<WheelTag> wheel_tags(const WheelName& name);

/// Whether some installer takes the tag. Source: packaging.tags, which lists the tags that Pythons support.
bool is_of_some_python(const WheelTag& tag);

/// The tags of a wheel's name against its libraries: check_modules, check_platform and check_versions, in
/// this order. The libraries are those of the wheel. `names`: of the set; null: no wheel brings what is the
/// system's. `set`: with names, to look up the symbols that name no version.
std::vector<Finding> check_tags(const Wheel& wheel, const WheelLibraries& libraries,
                                const LibraryIndex* names = nullptr, const WheelSet* set = nullptr);

/// Extension modules that no Python of the tags imports, or not all of them; libraries that need the library
/// of another Python. `name`: the wheel's, or one that it is to get.
std::vector<Finding> check_modules(const Wheel& wheel, const WheelName& name,
                                   const WheelLibraries& libraries);

/// Machine, C library, and oldest macOS, and libraries in a wheel for any platform.
std::vector<Finding> check_platform(const Wheel& wheel, const WheelName& name,
                                    const WheelLibraries& libraries);

/// Versions of the system's libraries that the manylinux tags don't promise, of libraries and programs. Those
/// of symbols that name no version are known of libraries whose symbols were read.
std::vector<Finding> check_versions(const Wheel& wheel, const WheelLibraries& libraries,
                                    const LibraryIndex* names = nullptr, const WheelSet* set = nullptr);

/// The newest symbol of libstdc++ that a library binds without a version, of those whose version is known;
/// empty if there is none.
std::string_view newest_unversioned(const WheelLibrary& library);

/// Entries of search paths that make no sense: those that lead out of the folders of the layout, depend on
/// the working directory, or name a file; both kinds of path in one library.
std::vector<Finding> check_search_paths(const Wheel& wheel, const WheelLibraries& libraries,
                                        const Layout& layout, const Limits& limits = {});

/// `libc10.so` and the like; not programs, object files, or .NET assemblies, whose machine says nothing.
bool is_loadable(const WheelLibrary& library);
/// Python imports it, so the import fails if it can't be loaded; other libraries may be for other systems on
/// purpose.
bool is_module(const WheelLibrary& library);
/// Whether two names are of one kind of machine, because tags distinguish some that files don't:
/// `armv6l` and `armv7l`.
bool is_same_machine(std::string_view tag, std::string_view machine);

}  // namespace wheelfix
