#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/binary.hpp>
#include <wheelfix/file_tree.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

class [[gnu::visibility("hidden")]] SymbolTables;

/// Whose rules decide which file a name leads to.
enum class LoaderKind {
  glibc,  ///< ld.so(8), elf/dl-load.c
  musl,   ///< ldso/dynlink.c
  dyld,   ///< macOS: dyld(1), dyld/Loader.cpp
  /// Windows as Python 3.8 and later ask it: Microsoft's "Dynamic-link library search order", and
  /// LoadLibraryEx with LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR.
  windows,
};

std::string_view to_string(LoaderKind kind) noexcept;

/// What a loader takes from the system, beside files.
struct LoaderSystem {
  LoaderKind kind = LoaderKind::glibc;
  std::string machine = "x86_64";  ///< as BinaryInfo has it
  unsigned bits = 64;
  /// The loader's own soname, which it answers to without a search.
  std::string loader = "ld-linux-x86-64.so.2";
  std::string lib = "lib64";            ///< what $LIB stands for
  std::string platform = "x86_64";      ///< what $PLATFORM stands for
  std::vector<std::string> subfolders;  ///< of each search folder, tried first: `glibc-hwcaps/x86-64-v3`
  std::map<std::string, std::string, std::less<>> cache;  ///< path by name, as /etc/ld.so.cache has it
  std::vector<std::string> folders;                       ///< searched last
  /// Names that exist, wherever: what a platform tag promises on every system. For Windows in lower case.
  std::set<std::string, std::less<>> promised;
  /// Those of `promised` whose symbols have no versions: libX11.so.6.
  std::set<std::string, std::less<>> unversioned;
  /// Symbols without versions that `promised` libraries define, and the C library; for glibc without those that
  /// begin with `__`.
  std::set<std::string, std::less<>> symbols;
  /// Names that NVIDIA's driver brings, which is there or not: libcuda.so.1.
  std::set<std::string, std::less<>> driver;
  /// The same of Microsoft's Visual C++ redistributable package: msvcp140.dll.
  std::set<std::string, std::less<>> redistributable;
};

struct LoaderEnvironment {
  std::string library_path = {};  ///< LD_LIBRARY_PATH; unused for dyld and Windows
  std::string working_directory = "/";
  /// What every process runs, an absolute path: an interpreter, whose libraries and search paths count.
  /// Empty: a program without any.
  std::string program = {};
  std::vector<std::string> dll_folders = {};  ///< Windows: given to os.add_dll_directory
};

/// The rule by which a name led to a file.
enum class FoundBy {
  start,            ///< it is the program
  path,             ///< the name is a path
  loaded_name,      ///< a loaded object was asked for by that name before, or has it as its soname
  loaded_file,      ///< the search led to a file that is loaded
  rpath,            ///< DT_RPATH; for musl DT_RUNPATH too; for dyld LC_RPATH
  library_path,     ///< LD_LIBRARY_PATH
  runpath,          ///< DT_RUNPATH
  cache,            ///< /etc/ld.so.cache
  system_folder,    ///< LoaderSystem::folders
  root_folder,      ///< Windows: the folder of the DLL that was asked for by its path
  dll_folder,       ///< Windows: the program's folder, or LoaderEnvironment::dll_folders
  promised,         ///< LoaderSystem::promised
  driver,           ///< LoaderSystem::driver
  redistributable,  ///< LoaderSystem::redistributable
};

std::string_view to_string(FoundBy found_by) noexcept;

/// Whether something beside the system brings it.
constexpr bool is_brought(FoundBy found_by) noexcept {
  return found_by == FoundBy::driver || found_by == FoundBy::redistributable;
}

/// A file in a process.
struct LoadedObject {
  /// As the loader wrote it, `/a/b/../c/libx.so`, for dyld without symlinks; only a name if it is
  /// promised.
  std::string path;
  const TreeNode* file = nullptr;              ///< null if it is promised
  std::shared_ptr<const FileContent> content;  ///< its kind is library
  /// The object that loaded it; nothing for a program and for what was requested.
  std::optional<std::size_t> needed_by;
  const BinaryInfo* slice = nullptr;  ///< what is mapped of a file that has slices; part of its content

  const BinaryInfo& info() const { return slice != nullptr ? *slice : content->info; }
};

/// How a name was resolved.
struct Resolution {
  std::string name;                      ///< as requested
  std::optional<std::size_t> needed_by;  ///< the object that needs it; nothing for a request
  std::size_t object = 0;                ///< what it led to
  FoundBy found_by = FoundBy::path;
  // What the search found, with loaded_file too; all empty if there was none, with loaded_name.
  std::string path = {};                    ///< as the loader wrote it
  std::optional<std::size_t> path_of = {};  ///< whose search path it was, for rpath and runpath
  std::string entry = {};                   ///< of the search path, as written: `$ORIGIN/../lib`
};

/// Which object needs a library, which one needs that, and so on up to the request. The failures of one
/// request share the paths of its objects: a chain of 200 libraries that lack 1,000 names each has 200 of
/// them, not 20 million.
class LoadChain {
 public:
  struct Link {
    std::string path;
    std::optional<std::size_t> needed_by;  ///< the place of the one above
  };

  LoadChain() = default;
  LoadChain(std::shared_ptr<const std::vector<Link>> links, std::size_t last)
      : links_(std::move(links)), last_(last) {}

  bool empty() const { return !links_; }
  /// Of the object that needs the name itself. The chain must not be empty.
  const std::string& back() const { return (*links_)[last_].path; }
  /// All of them, the one that was requested first.
  std::vector<std::string> paths() const;

 private:
  std::shared_ptr<const std::vector<Link>> links_;
  std::size_t last_ = 0;
};

/// A name that led nowhere or to what can't be loaded, or a symbol that isn't found in what was loaded.
struct LoadFailure {
  /// The loader's message, as from dlerror: `libx.so.1: cannot open shared object file: No such file or
  /// directory`.
  std::string message;
  std::string name;      ///< as requested; of a symbol its own, or that of its version
  LoadChain chain = {};  ///< of the objects that need it; empty for what was requested
  /// What isn't found.
  enum class Kind { file, version, symbol } kind = Kind::file;
};

/// Its message, with names as printable() shows them: one line, for dyld three.
std::string printable_message(const LoadFailure& failure);

struct LoadResult {
  std::size_t first_object = 0;         ///< of Process::objects(): what it mapped begins there
  std::vector<LoadedObject> mapped;     ///< also what it unloaded again: number first_object and on
  std::vector<Resolution> resolutions;  ///< in the loader's order
  std::vector<LoadFailure> failures;    ///< the first; all of them for go_on

  bool ok() const { return failures.empty(); }
};

struct LoadOptions {
  /// The object with the requesting code, for glibc; without it the program.
  std::optional<std::size_t> caller = {};
  /// The effect of a name that can't be loaded.
  enum class OnFailure {
    give_up,  ///< ends the request, and unloads what it loaded: dlopen
    go_on,    ///< the name is skipped: `ld.so --list`
  } on_failure = OnFailure::give_up;
  /// RTLD_GLOBAL: all that is loaded later finds its symbols.
  bool is_global = false;
};

/// A process, as far as its loader is concerned: what is loaded in it, and the result of a request for more.
/// Nothing is run, and files are read only through the tree. Copies are independent. Tree and system must
/// outlive it. It loads object by object, each one's names in order: breadth first, except for dyld, which
/// loads what the first of them needs before what the second needs.
///
/// With tables of symbols it binds what it loads as RTLD_NOW has it done, and says what the loader doesn't
/// find first. A failure of that unloads what the request loaded.
///
/// Differences from a real machine: programs load like libraries, and their own symbols aren't bound.
/// For dyld there are no DYLD_ variables, fallback folders and cryptexes; for Windows no manifests,
/// redirection and KnownDLLs, and delay loads never happen.
class Process {
 public:
  /// Starts the environment's program, as far as it and its libraries are there.
  /// `symbols`: of the tree's files, to outlive it; null: symbols and their versions are ignored.
  Process(const FileTree& files, const LoaderSystem& system, LoaderEnvironment environment = {},
          SymbolTables* symbols = nullptr);
  Process(const Process& other);
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Starts the program at an absolute path, once and before all requests. Without it, and without a program
  /// of the environment, the process is one whose program has no search path and needs nothing.
  LoadResult start(const std::string& program, const LoadOptions& options = {});
  /// dlopen: a name to search for or, with a `/`, a path.
  LoadResult load(const std::string& name, const LoadOptions& options = {});

  const std::vector<LoadedObject>& objects() const;

 private:
  struct [[gnu::visibility("hidden")]] State;
  std::unique_ptr<State> state_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
