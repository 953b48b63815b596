#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct [[gnu::visibility("hidden")]] LibrarySymbols;

/// A library or program in a wheel.
struct WheelLibrary {
  std::string path;  ///< of the entry
  BinaryInfo info;
  /// If requested: the architectures of NVIDIA GPUs that an ELF or PE file has code for, in .nv_fatbin
  /// sections and the like, also relocatable code: machine code as `sm_86`, `sm_90a`, then PTX as
  /// `compute_90`, each by number. It is what `cuobjdump -all` finds.
  std::vector<std::string> cuda_archs = {};
  /// Python can import it as an extension module: it is named like one (see extension_suffix), and exports
  /// the function by which an import begins, `PyInit_NAME`, or has no symbols that could be looked at. Else
  /// a file of such a name is a plugin, which something else opens.
  bool is_module = false;
  /// If requested: the symbols by which a loader binds it. Null if they can't be read.
  std::shared_ptr<const LibrarySymbols> symbols = {};
};

struct WheelLibraries {
  std::vector<WheelLibrary> libraries;  ///< in order of path
  /// `bad-library`, an error: what begins like a library, but can't be read, with the structure at fault.
  std::vector<Finding> findings;
};

/// What is known of libraries by the paths of their entries.
using KnownLibraries = std::map<std::string, BinaryInfo, std::less<>>;

struct ReadLibrariesOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor. The result doesn't depend on it
  ProgressCallback progress = {};
  bool cuda_archs = false;  ///< look for GPU code too
  bool symbols = false;     ///< read the symbols of libraries in wheels too
  /// Libraries that aren't read again; null: none. It must outlive the call.
  const KnownLibraries* known = nullptr;
};

/// Compares LIEF's reading of a library of the opened wheel with ours. The library is streamed to LIEF's
/// process. Throws Error{bad_archive | io}.
SecondOpinion cross_check(const Wheel& wheel, const WheelLibrary& library);

/// A library that isn't in a wheel, with its cuda_archs; its path is the file's. Throws Error{bad_binary
/// | io}.
WheelLibrary read_library_file(const std::filesystem::path& file);
SecondOpinion cross_check_file(const WheelLibrary& library);

/// An entry of a wheel, as edited. Throws Error{bad_binary | bad_archive | io}.
WheelLibrary read_library(const WheelEdit& edit, const std::string& path);

/// Reads all libraries of a wheel, as edited, each no further than the last of its headers, tables and names.
/// Entries are recognized by their first bytes; those named like sources (`.py`, `.h` and the like) are
/// skipped. Throws Error{bad_archive | io | cancelled}.
WheelLibraries read_libraries(const WheelEdit& edit, const ReadLibrariesOptions& options = {});
WheelLibraries read_libraries(const Wheel& wheel, const ReadLibrariesOptions& options = {});

/// The same of each wheel of a set, with one progress for all: it counts bytes of the wheels' files, and its
/// activity names the wheel, `reading torch 2.1.0`.
std::vector<WheelLibraries> read_libraries(const std::vector<WheelEdit>& wheels,
                                           const ReadLibrariesOptions& options = {});

/// The same as read_libraries(edit), where `unedited` is the result for the wheel without the edit: only what
/// the edit changes is read.
WheelLibraries read_edited_libraries(const WheelEdit& edit, const WheelLibraries& unedited,
                                     const ReadLibrariesOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
