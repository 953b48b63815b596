#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

enum class BinaryFormat { elf, pe, macho };

std::string_view to_string(BinaryFormat format) noexcept;

/// The C library that an ELF file was linked to, by its needed names.
enum class CLibrary { unknown, glibc, musl };

std::string_view to_string(CLibrary library) noexcept;

/// The versions of another library's symbols that an ELF file needs (its .gnu.version_r).
struct VersionsNeeded {
  std::string file;                   ///< the needed name, `libc.so.6`
  std::vector<std::string> versions;  ///< as `GLIBC_2.17`, in the file's order

  bool operator==(const VersionsNeeded&) const = default;
};

/// How a Mach-O file needs a library. Source: <mach-o/loader.h>.
enum class NeededKind {
  load,      ///< LC_LOAD_DYLIB: loaded with the file, an error if it is missing; so are all of ELF and PE
  weak,      ///< LC_LOAD_WEAK_DYLIB: loaded with the file, and may be missing
  reexport,  ///< LC_REEXPORT_DYLIB: as load, and its symbols count as the file's own
  lazy,      ///< LC_LAZY_LOAD_DYLIB: loaded at the first call
  upward,    ///< LC_LOAD_UPWARD_DYLIB: as load, but initialised after the file, for needs in a circle
};

std::string_view to_string(NeededKind kind) noexcept;

/// The oldest version of a system that a Mach-O file was built to run on.
struct MinimumOs {
  std::string platform;  ///< `macos`, `ios`, `ios-simulator`, `mac-catalyst` and so on; else `platform-99`
  std::string version;   ///< `10.9`, `11.0`, or with a third part that isn't 0, `10.13.2`

  bool operator==(const MinimumOs&) const = default;
};

/// What the dynamic loader learns from a library or program: no more than a loader reads. Sources: for ELF
/// the System V ABI's generic part (gabi) and glibc's elf.h; for PE Microsoft's "PE Format"; for Mach-O
/// Apple's <mach-o/loader.h> and <mach-o/fat.h>.
///
/// A fat Mach-O file has a slice for each machine, of which a process maps one. The fields of such a file are
/// those of all slices together: `machine` as below, names once each in order of first appearance, `soname`
/// and `minimum_os` if all agree, flags if all have them. slice_for is the loader's choice.
struct BinaryInfo {
  BinaryFormat format = BinaryFormat::elf;
  /// As the platform tags of that system write it, else `machine-243` with the number in the header.
  /// ELF: `x86_64`, `aarch64`, `i686`, `armv7l`. PE: `amd64`, `arm64`, `arm32`, and `x86` for what the tag
  /// win32 means; an ARM64EC image says amd64 and an ARM64X image arm64, as their headers do. Mach-O:
  /// `x86_64`, `arm64`, `i386`, `ppc`, `ppc64`, with the subtypes `arm64e` and `x86_64h`; a fat file's is
  /// `universal2` for x86_64 and arm64, the one machine if it has one slice, else `i386+x86_64`.
  std::string machine;
  unsigned bits = 64;       ///< 32 or 64
  bool big_endian = false;  ///< ELF, Mach-O
  /// ELF: has a dynamic section. Mach-O: a dylib, bundle or program, no object file. PE: always.
  /// Without it all names below are empty.
  bool is_dynamic = false;
  /// It is started, not loaded. ELF: ET_EXEC, or marked DF_1_PIE, because glibc loads neither; not a library
  /// that can be started too and names an interpreter, like libc.so.6 and libQt6Core.so.6. PE: isn't marked a
  /// DLL. Mach-O: MH_EXECUTE.
  bool is_program = false;
  std::optional<std::string> soname;  ///< ELF: DT_SONAME. Mach-O: the install name, LC_ID_DYLIB. PE: none
  /// In the file's order. ELF: DT_NEEDED. PE: the import table's DLLs, as written (Windows ignores case).
  /// Mach-O: every kind of LC_LOAD_DYLIB, install names as `@rpath/libc10.dylib`.
  std::vector<std::string> needed;
  std::vector<NeededKind> needed_kinds;   ///< Mach-O: beside `needed`, as many; empty for the others
  std::vector<std::string> delay_needed;  ///< PE: DLLs loaded at the first call of one of their functions
  /// ELF: DT_RPATH's entries between colons. An entry may be empty, which means the working directory; a list
  /// that is present but has no text counts as absent, as ld.so takes it. Mach-O: one a LC_RPATH, in order,
  /// where a colon is nothing special. PE: none.
  std::vector<std::string> rpath;
  std::vector<std::string> runpath;             ///< ELF: DT_RUNPATH's entries, likewise
  std::vector<VersionsNeeded> versions_needed;  ///< ELF
  /// Mach-O: by LC_BUILD_VERSION and LC_VERSION_MIN_MACOSX and its kin; mostly one, two for a file that is
  /// for macOS and Mac Catalyst alike.
  std::vector<MinimumOs> minimum_os;
  /// Carries a signature, whether good or not. Mach-O: LC_CODE_SIGNATURE. PE: a certificate table.
  bool has_signature = false;
  /// Of a fat Mach-O file, in its order, none with slices of its own; empty for all other files.
  std::vector<BinaryInfo> slices;

  /// The one that counts: `runpath`, or `rpath` if there is none.
  const std::vector<std::string>& search_path() const { return runpath.empty() ? rpath : runpath; }

  bool operator==(const BinaryInfo&) const = default;
};

/// The part of a file that a process of this machine maps: the slice, or the file itself if it is of that
/// machine and has no slices. Nothing if there is none. By the name alone: x86_64 doesn't take x86_64h.
const BinaryInfo* slice_for(const BinaryInfo& info, std::string_view machine);

/// The oldest macOS, as `10.9`; nothing if the file doesn't say.
std::optional<std::string> minimum_macos(const BinaryInfo& info);

/// `text` cut at its colons; no entries if it is empty.
std::vector<std::string> split_search_path(std::string_view text);
std::string join_search_path(const std::vector<std::string>& entries);

/// The newest GLIBC_x.y that is needed, as `2.17`, or nothing.
std::optional<std::string> minimum_glibc(const BinaryInfo& info);

CLibrary c_library(const BinaryInfo& info);

/// What the name of an extension module says about the Python that imports it. Source: PEP 3149, PEP 703, and
/// importlib.machinery.EXTENSION_SUFFIXES.
struct ExtensionSuffix {
  std::string text;                   ///< `.cpython-313t-x86_64-linux-gnu.so`, `.abi3.so`, `.pyd`, `.so`
  std::optional<std::string> python;  ///< the ABI tag, `cp313t`; nothing for abi3 and plain suffixes
  bool abi3 = false;
  bool free_threaded = false;
};

/// The suffix of a path that Python would import as a module; nothing for other libraries: those whose names
/// begin with lib, and `libX.so.1`.
std::optional<ExtensionSuffix> extension_suffix(std::string_view path);

/// Whether a Python that imports modules of these ABIs, `cp313t` and `abi3`, imports one with this suffix.
bool is_imported(const ExtensionSuffix& suffix, const std::set<std::string>& abis);

/// How many of a file's first bytes binary_format looks at.
constexpr std::size_t binary_head_size = 64;

/// Whether `head`, a file's first bytes, begin like a binary of a format that is read here. Those of a Java
/// class file, which has the magic of a fat Mach-O file, don't.
std::optional<BinaryFormat> binary_format(std::string_view head) noexcept;

/// Reads a library or program. `subject` names it in errors. Throws Error{bad_binary}, naming the structure
/// and the offset at fault, for what is truncated, contradicts itself, or has another format.
BinaryInfo read_binary(std::string_view bytes, const std::string& subject);

/// How a second reader, LIEF in a process of its own, agrees with read_binary.
struct SecondOpinion {
  enum class Outcome { absent, agrees, disagrees, died };

  Outcome outcome = Outcome::absent;
  std::string text;  ///< for people; empty if it agrees

  bool operator==(const SecondOpinion&) const = default;
};

std::string_view to_string(SecondOpinion::Outcome outcome) noexcept;

/// Which tag holds the search path of an ELF file.
enum class SearchPathKind {
  keep,     ///< the existing one; DT_RUNPATH if both or neither exist
  rpath,    ///< DT_RPATH, which the libraries that it loads inherit
  runpath,  ///< DT_RUNPATH, which is for this library alone and turns DT_RPATH off
};

/// How to change an ELF library. What is absent stays.
struct LibraryEdit {
  std::optional<std::vector<std::string>> search_path = {};  ///< entries; an empty list removes the tag
  SearchPathKind kind = SearchPathKind::keep;
  std::optional<std::vector<std::string>> needed = {};  ///< all of them, in order
  std::optional<std::string> soname = {};
  /// By the current file, the file that BinaryInfo::versions_needed name instead: another one, or none, which
  /// leaves the symbols without a version. glibc ends a process if such a file isn't loaded.
  std::map<std::string, std::optional<std::string>> version_files = {};

  bool empty() const {
    return !search_path && kind == SearchPathKind::keep && !needed && !soname && version_files.empty();
  }
};

/// The edited library. As few bytes as possible change, and `strip` and `patchelf` still work on it. Throws
/// Error{bad_binary} as read_binary, and Error{cannot_edit}, with the reason, if the file has no usable room.
std::string edit_library(std::string bytes, const LibraryEdit& edit, const std::string& subject);

}  // namespace wheelfix
#pragma GCC visibility pop
