#pragma once

#include <memory>
#include <optional>
#include <string>

#include "loader/loaded_set.hpp"

namespace wheelfix {

/// A name that something asks for.
struct NameRequest {
  std::string name;
  std::optional<std::size_t> needed_by;  ///< none for a request from outside
  std::optional<std::size_t> caller;     ///< whose code asks, for a request from outside
  NeededKind kind = NeededKind::load;
  bool at_start = false;  ///< the program doesn't run yet
};

/// A file that a name led to.
struct FoundFile {
  std::string path;  ///< as the loader writes it; a name where it is promised
  const TreeNode* node = nullptr;
  std::shared_ptr<const FileContent> content;
  FoundBy found_by = FoundBy::path;
  const BinaryInfo* slice = nullptr;  ///< where the file has some
  std::optional<std::size_t> path_of = {};
  std::string entry = {};
};

/// One of the three, or none where the name may miss.
struct Answer {
  std::optional<Resolution> loaded = {};  ///< to what is loaded already
  std::optional<FoundFile> found = {};    ///< to a library that is to be mapped
  std::string failure = {};               ///< the loader's words
};

/// What differs between loaders. Where the tree and the system of a process are needed, they are those it was
/// made with.
class SearchRules {
 public:
  virtual ~SearchRules() = default;
  /// Whether what an object needs is loaded with all that it needs before what stands behind it in the list.
  virtual bool is_depth_first() const { return false; }
  virtual Answer resolve(const NameRequest& request, LoadedSet& loaded) = 0;
  /// What $ORIGIN will stand for in a library that is about to be mapped.
  virtual std::string origin_of(const FoundFile& found) const = 0;
  /// Notes the names by which a newly mapped object is known.
  virtual void enter(std::size_t object, const NameRequest& request, FoundBy found_by,
                     LoadedSet& loaded) const = 0;
};

/// What rules look at; the process owns it or outlives it.
struct LoaderContext {
  const FileTree& files;
  const LoaderSystem& system;
  const LoaderEnvironment& environment;
};

std::unique_ptr<SearchRules> glibc_rules(const LoaderContext& context);
std::unique_ptr<SearchRules> musl_rules(const LoaderContext& context);
std::unique_ptr<SearchRules> dyld_rules(const LoaderContext& context);
std::unique_ptr<SearchRules> windows_rules(const LoaderContext& context);

/// A path seen from the process's working directory.
std::string absolute_path(const LoaderContext& context, const std::string& path);
const TreeNode* find_path(const LoaderContext& context, const std::string& path);

/// To an object that is loaded: by its name or, where a search `found` it, by its file.
Answer already_loaded(const NameRequest& request, std::size_t object, const FoundFile* found = nullptr);

/// What stands for a library that is promised, without a file: it has this soname and needs nothing.
FoundFile promised_library(const LoaderContext& context, const std::string& name, FoundBy found_by);

}  // namespace wheelfix
