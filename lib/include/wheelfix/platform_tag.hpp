#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/loader.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A version of a C library or of macOS, as platform tags have it.
struct PlatformVersion {
  unsigned major = 0;
  unsigned minor = 0;

  /// `2.17`, or `10.13.2`, whose third part says nothing here.
  static std::optional<PlatformVersion> parse(std::string_view text);
  auto operator<=>(const PlatformVersion&) const = default;
};

/// `2.17`.
std::string to_string(const PlatformVersion& version);

/// A wheel's platform tag. Sources: PEP 425, 513, 571, 599, 600, 656, 730, 738 and 776.
struct PlatformTag {
  /// any_linux: with any C library. It isn't named `linux`, because GNU compilers have a macro of that name.
  enum class System { any, any_linux, manylinux, musllinux, macos, windows, ios, android, emscripten, other };

  System system = System::other;
  /// As in the tag: `x86_64`, `universal2`, `arm64_iphoneos`; for win32 `x86`; empty for any and other.
  std::string machine;
  /// The oldest glibc, musl, macOS or iOS, or API level of Android, that suffices by the tag; `manylinux1` is
  /// 2.5.
  std::optional<PlatformVersion> version;

  /// Whether an installer on some machine takes the tag, as far as machines and versions of that system are
  /// known: no Mac takes `macosx_10_9_arm64`. Source: packaging.tags.
  bool is_of_some_machine() const;
  /// Whose rules its libraries are loaded by; nothing for `any` and for systems whose loader isn't simulated.
  std::optional<LoaderKind> loader() const;

  /// Every text parses as some tag.
  static PlatformTag parse(std::string_view text);
  bool operator==(const PlatformTag&) const = default;
};

/// The system that a set of wheels is promised, by all their platform tags: of the first tag that names a
/// system; what tags of other systems say is left out. Without such a tag it is glibc on x86_64.
///
/// On Linux the policies' libraries and glibc's own are promised. Sources: PEP 513, 571, 599, 600, 656, and
/// auditwheel's policies, which say which libraries of each are left to the system. On Windows it is what
/// System32 has in version 10, and the folder of a Python of that version, of the newest without one; the
/// tree must fold case. On macOS dyld's rules take what is named as the system's for there; wheels that are
/// all universal2 are taken for arm64.
LoaderSystem promised_system(const std::vector<std::string>& platform_tags,
                             const std::optional<PlatformVersion>& python = {});

}  // namespace wheelfix
#pragma GCC visibility pop
