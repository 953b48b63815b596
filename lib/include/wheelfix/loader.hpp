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

namespace wheelfix {

/// Whose rules decide which file a name leads to.
enum class LoaderKind {
  glibc,  ///< ld.so(8), elf/dl-load.c
  musl,   ///< ldso/dynlink.c
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
  /// Names that are there, wherever: what a platform tag promises of every system.
  std::set<std::string, std::less<>> promised;
  /// Names that a driver brings, which is there or not: libcuda.so.1.
  std::set<std::string, std::less<>> driver;
};

struct LoaderEnvironment {
  std::string library_path = {};  ///< LD_LIBRARY_PATH
  std::string working_directory = "/";
};

/// By which rule a name led to a file.
enum class FoundBy {
  start,          ///< it is the program
  path,           ///< the name is a path
  loaded_name,    ///< a loaded object was asked for by that name before, or has it as its soname
  loaded_file,    ///< the search led to a file that is loaded
  rpath,          ///< DT_RPATH; for musl DT_RUNPATH too
  library_path,   ///< LD_LIBRARY_PATH
  runpath,        ///< DT_RUNPATH
  cache,          ///< /etc/ld.so.cache
  system_folder,  ///< LoaderSystem::folders
  promised,       ///< LoaderSystem::promised
  driver,         ///< LoaderSystem::driver
};

std::string_view to_string(FoundBy found_by) noexcept;

/// A file in a process.
struct LoadedObject {
  std::string path;  ///< as the loader wrote it, `/a/b/../c/libx.so`; only a name where it is promised
  const TreeNode* file = nullptr;              ///< null where it is promised
  std::shared_ptr<const FileContent> content;  ///< its kind is library
  std::optional<std::size_t> needed_by;        ///< the object that had it loaded; none for a program
                                               ///< and what was loaded by request
  const BinaryInfo& info() const { return content->info; }
};

/// How a name was resolved.
struct Resolution {
  std::string name;                      ///< as it was asked for
  std::optional<std::size_t> needed_by;  ///< the object that needs it; none for a request
  std::size_t object = 0;                ///< what it led to
  FoundBy found_by = FoundBy::path;
  // What the search found, with loaded_file too; all empty where there was none, with loaded_name.
  std::string path = {};                    ///< as the loader wrote it
  std::optional<std::size_t> path_of = {};  ///< whose search path it was, for rpath and runpath
  std::string entry = {};                   ///< of the search path, as written: `$ORIGIN/../lib`
};

/// A name that led nowhere, or to what can't be loaded.
struct LoadFailure {
  /// The loader's words, as dlerror has them: `libx.so.1: cannot open shared object file: No such file or
  /// directory`.
  std::string message;
  std::string name;  ///< as it was asked for
  /// Paths of the objects that need it, the one first that was requested.
  std::vector<std::string> chain;
};

struct LoadResult {
  std::size_t first_object = 0;         ///< of Process::objects(): what it mapped begins there
  std::vector<LoadedObject> mapped;     ///< also what it took back: number first_object and on
  std::vector<Resolution> resolutions;  ///< in the loader's order
  std::vector<LoadFailure> failures;    ///< the first; all of them where it went on

  bool ok() const { return failures.empty(); }
};

struct LoadOptions {
  /// The object with the code that asks, for glibc; without it the program.
  std::optional<std::size_t> caller = {};
  /// What a name that can't be loaded does.
  enum class OnFailure {
    give_up,  ///< ends the request, and takes back what it loaded: dlopen
    go_on,    ///< is left out: `ld.so --list`
  } on_failure = OnFailure::give_up;
};

/// A process, as far as its loader is concerned: what is loaded in it, and what becomes of a request for
/// more. Nothing is run and nothing read but through the tree. A copy goes its own way. Tree and system must
/// outlive it. Breadth first, as all of these loaders.
class Process {
 public:
  Process(const FileTree& files, const LoaderSystem& system, LoaderEnvironment environment = {});
  Process(const Process& other);
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Starts the program at an absolute path, once and before all requests. Without it the process is one
  /// whose program has no search path and needs nothing.
  LoadResult start(const std::string& program, const LoadOptions& options = {});
  /// dlopen: a name to search for or, with a `/`, a path.
  LoadResult load(const std::string& name, const LoadOptions& options = {});

  const std::vector<LoadedObject>& objects() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wheelfix
