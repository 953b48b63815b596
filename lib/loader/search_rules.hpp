#pragma once

#include <memory>
#include <optional>
#include <string>

#include "loader/loaded_set.hpp"

namespace wheelfix {

/// A name that something requests.
struct NameRequest {
  std::string name;
  std::optional<std::size_t> needed_by;  ///< nothing for a request from outside
  std::optional<std::size_t> caller;     ///< whose code requests it, for a request from outside
  NeededKind kind = NeededKind::load;
  bool at_start = false;  ///< the program doesn't run yet
};

/// A file that a name led to.
struct FoundFile {
  std::string path;  ///< as the loader writes it; a name if it is promised
  const TreeNode* node = nullptr;
  std::shared_ptr<const FileContent> content;
  FoundBy found_by = FoundBy::path;
  const BinaryInfo* slice = nullptr;  ///< if the file has some
  std::optional<std::size_t> path_of = {};
  std::string entry = {};
};

/// One of the three, or none if the name may be missing.
struct Answer {
  std::optional<Resolution> loaded = {};  ///< an object that is loaded already
  std::optional<FoundFile> found = {};    ///< a library that must be mapped
  std::string failure = {};               ///< the loader's words
};

/// What differs between loaders. Uses the tree and the system of the process that it was made with.
class SearchRules {
 public:
  virtual ~SearchRules() = default;
  /// Whether what an object needs is loaded, with all that it needs, before the next name in the list.
  virtual bool is_depth_first() const { return false; }
  virtual Answer resolve(const NameRequest& request, LoadedSet& loaded) = 0;
  /// What $ORIGIN will mean in a library that is about to be mapped.
  virtual std::string origin_of(const FoundFile& found) const = 0;
  /// Adds the names by which a newly mapped object is known.
  virtual void enter(std::size_t object, const NameRequest& request, FoundBy found_by,
                     LoadedSet& loaded) const = 0;
};

/// What rules use; the process owns it or outlives it.
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

/// The answer for a loaded object: by its name or, if a search `found` it, by its file.
Answer already_loaded(const NameRequest& request, std::size_t object, const FoundFile* found = nullptr);

/// A promised library, without a file: it has this soname and needs nothing.
FoundFile promised_library(const LoaderContext& context, const std::string& name, FoundBy found_by);

}  // namespace wheelfix
