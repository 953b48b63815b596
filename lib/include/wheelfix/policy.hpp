#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/library.hpp>
#include <wheelfix/platform_tag.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// Something that a policy of Linux doesn't allow, or only from some policy on.
struct PolicyReason {
  enum class Kind {
    version,       ///< a version of a promised library's symbols
    library,       ///< a library that isn't promised
    symbol,        ///< a symbol of a promised library that isn't promised
    instructions,  ///< those of a level of x86-64, which not every machine of the tag has
  };

  Kind kind = Kind::version;
  /// Who needs it: an entry of the wheel, or the path of an external library below the sysroot.
  std::string path;
  std::string file;                ///< `libc.so.6`, `libpng16.so.16`; empty for instructions
  std::vector<std::string> names;  ///< versions, as `GLIBC_2.34`, symbols, `x86-64-v3`; none for a library
  std::optional<PlatformVersion> since;  ///< of the oldest policy that allows it; nothing: none does

  bool operator==(const PolicyReason&) const = default;
};

std::string_view to_string(PolicyReason::Kind kind) noexcept;

/// What is needed: `GLIBC_2.34 of libc.so.6`, `libpng16.so.16`, `the instructions of x86-64-v3`.
std::string what_is_needed(const PolicyReason& reason);
/// Which policies of manylinux or musllinux promise what is allowed since then: `which policies promise from
/// glibc 2.34 on`, `which no policy promises`.
std::string who_promises(const std::optional<PlatformVersion>& since, PlatformTag::System system);
/// Both, with a comma between them; of instructions `which not every machine has`.
std::string describe(const PolicyReason& reason, PlatformTag::System system);

/// A library that a wheel needs, that isn't in it, and that not every policy of its machine promises.
struct ExternalLibrary {
  enum class Kind {
    library,
    python,  ///< `libpython3.11.so.1.0`: Python's own, which a module has no need to name
    driver,  ///< `libcuda.so.1`: it belongs to a driver, and is nothing that a wheel could bring
  };

  std::string name;
  Kind kind = Kind::library;
  std::vector<std::string> needed_by;         ///< entries of the wheel
  std::vector<std::string> needed_by_others;  ///< names of external libraries; with a sysroot
  /// An entry of the wheel that has this name, as its file's or as its soname, where the loader doesn't look;
  /// or empty.
  std::string out_of_reach;
  /// Where the loader finds it below the sysroot; empty if it doesn't, and without a sysroot.
  std::string path;
  std::optional<PlatformVersion> since;  ///< of the oldest policy that promises it; nothing: none does

  bool operator==(const ExternalLibrary&) const = default;
};

std::string_view to_string(ExternalLibrary::Kind kind) noexcept;

/// What a wheel's libraries need of a Linux system, by the policies of manylinux and musllinux. Sources: PEP
/// 513, 571, 599, 600, 656, and auditwheel's policies.
struct WheelPolicy {
  /// manylinux or musllinux; any: there is no library in it; other: those in it are for other systems.
  PlatformTag::System system = PlatformTag::System::any;
  std::string machine;  ///< `x86_64`; empty for any and other
  /// The platform tag that most systems take, of those that are true of the wheel as it is:
  /// `manylinux_2_17_x86_64`, `linux_x86_64` if no policy allows it, `any`; empty for other.
  std::string tag;
  /// The same if the wheel brought its external libraries. What those that were found need counts, too.
  std::string grafted_tag;
  std::vector<PolicyReason> reasons;       ///< against the oldest policy, the gravest first
  std::vector<ExternalLibrary> externals;  ///< by name
};

struct PolicyOptions {
  /// The root folder of a system, in which external libraries are looked up, with what they need in turn. If
  /// it is for another machine or loader, or empty, nothing is looked up.
  std::filesystem::path sysroot = {};
  std::string library_path = {};  ///< LD_LIBRARY_PATH there
  /// Names of libraries that other wheels bring.
  std::set<std::string, std::less<>> brought = {};
};

/// The policy of a wheel, as edited. `libraries` are those of the wheel, read with their symbols, without
/// which withheld symbols aren't known. What its modules, programs, and libraries that no other of the wheel
/// needs load is followed as the loader does it, but not through promised libraries.
WheelPolicy wheel_policy(const WheelEdit& edit, const WheelLibraries& libraries,
                         const PolicyOptions& options = {});

/// The same of each wheel of a set, of which those count as brought that the wheels that it requires have.
std::vector<WheelPolicy> wheel_policies(const std::vector<WheelEdit>& wheels,
                                        const std::vector<WheelLibraries>& libraries,
                                        const PolicyOptions& options = {});

/// Its `tag`, as it would be without what only a driver brings: that is in no policy, and wheels that need it
/// are published for one anyway.
const std::string& true_tag(const WheelPolicy& policy);

/// Those that keep a platform tag from being true, without what only a driver brings. None if it is true, and
/// if the tag isn't one of the policies for the wheel's C library and machine.
std::vector<PolicyReason> reasons_against(const WheelPolicy& policy, std::string_view platform_tag);

}  // namespace wheelfix
#pragma GCC visibility pop
