#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

enum class BinaryFormat { elf, pe, macho };

std::string_view to_string(BinaryFormat format) noexcept;

/// The C library that an ELF file was linked to, as its needed names tell.
enum class CLibrary { unknown, glibc, musl };

std::string_view to_string(CLibrary library) noexcept;

/// The versions of another library's symbols that an ELF file asks for (its .gnu.version_r).
struct VersionsNeeded {
  std::string file;                   ///< the needed name, `libc.so.6`
  std::vector<std::string> versions;  ///< as `GLIBC_2.17`, in the file's order

  bool operator==(const VersionsNeeded&) const = default;
};

/// What the dynamic loader learns from a library or program: no more than a loader reads. Sources: the System
/// V ABI's generic part (gabi) and glibc's elf.h.
struct BinaryInfo {
  BinaryFormat format = BinaryFormat::elf;
  std::string machine;  ///< as in platform tags: `x86_64`, `aarch64`, `i686`, `armv7l`; else `machine-243`
  unsigned bits = 64;   ///< 32 or 64
  bool big_endian = false;
  bool is_dynamic = false;  ///< has a dynamic section; without one all below is empty
  bool is_program = false;  ///< names an interpreter, so it is started, not loaded
  std::optional<std::string> soname;
  std::vector<std::string> needed;  ///< in the file's order
  /// Entries between colons. An entry may be empty, which means the working directory; a list that is
  /// present but has no text counts as absent, as ld.so takes it.
  std::vector<std::string> rpath;    ///< DT_RPATH
  std::vector<std::string> runpath;  ///< DT_RUNPATH
  std::vector<VersionsNeeded> versions_needed;

  bool operator==(const BinaryInfo&) const = default;
};

/// `text` cut at its colons; no entries where it is empty.
std::vector<std::string> split_search_path(std::string_view text);
std::string join_search_path(const std::vector<std::string>& entries);

/// The greatest GLIBC_x.y asked for, as `2.17`, or nothing.
std::optional<std::string> minimum_glibc(const BinaryInfo& info);

CLibrary c_library(const BinaryInfo& info);

/// What the name of an extension module says of the Python that imports it. Source: PEP 3149, PEP 703, and
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

/// Whether `head`, a file's first bytes, begin as a binary of a format that is read here does.
std::optional<BinaryFormat> binary_format(std::string_view head) noexcept;

/// Reads a library or program. `subject` names it in errors. Throws Error{bad_binary}, naming the structure
/// and the offset at fault, for what is truncated, contradicts itself, or is none of the formats.
BinaryInfo read_binary(std::string_view bytes, const std::string& subject);

/// How a second reader's word, LIEF's in a process of its own, stands beside read_binary's.
struct SecondOpinion {
  enum class Outcome { absent, agrees, disagrees, died };

  Outcome outcome = Outcome::absent;
  std::string text;  ///< for people; empty where it agrees

  bool operator==(const SecondOpinion&) const = default;
};

std::string_view to_string(SecondOpinion::Outcome outcome) noexcept;

/// Which tag holds the search path of an ELF file.
enum class SearchPathKind {
  keep,     ///< the one that is there; DT_RUNPATH where both are or none is
  rpath,    ///< DT_RPATH, which the libraries that it loads inherit
  runpath,  ///< DT_RUNPATH, which is for this library alone and turns DT_RPATH off
};

/// What an ELF library is to be. What is absent stays.
struct LibraryEdit {
  std::optional<std::vector<std::string>> search_path = {};  ///< entries; an empty list takes the tag away
  SearchPathKind kind = SearchPathKind::keep;
  std::optional<std::vector<std::string>> needed = {};  ///< all of them, in order
  std::optional<std::string> soname = {};

  bool empty() const { return !search_path && kind == SearchPathKind::keep && !needed && !soname; }
};

/// The edited library. The file changes in as few bytes as will do, and stays such that `strip` and
/// `patchelf` work on it. Throws Error{bad_binary} as read_binary, and Error{cannot_edit} where the file has
/// no room that can be used, with the reason.
std::string edit_library(std::string bytes, const LibraryEdit& edit, const std::string& subject);

}  // namespace wheelfix
