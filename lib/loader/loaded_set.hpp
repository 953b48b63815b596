#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <wheelfix/loader.hpp>

namespace wheelfix {

/// An existing folder of a search path.
struct SearchFolder {
  std::string entry;   ///< as written in the path
  std::string prefix;  ///< the path of a candidate, up to its name
  const TreeNode* folder = nullptr;
};

using SearchList = std::vector<SearchFolder>;

/// The objects of a process in the order in which they were mapped, and the names that lead to each.
class LoadedSet {
 public:
  /// What is computed once for an object.
  struct Paths {
    std::string origin;                 ///< the folder that $ORIGIN stands for
    std::optional<std::size_t> caller;  ///< whose code requested it, if no object needs it
    std::optional<SearchList> rpath;
    std::optional<SearchList> runpath;
  };

  std::size_t add(LoadedObject object, std::string origin, std::optional<std::size_t> caller = {});
  /// `name` leads to the first of the objects that have it.
  void add_name(std::string_view name, std::size_t object);
  std::optional<std::size_t> find_name(std::string_view name) const;
  std::optional<std::size_t> find_content(const FileContent* content) const;
  /// Removes all but the first `size` objects. Names that were added to those stay.
  void truncate(std::size_t size);

  /// The program is the first of the objects.
  void set_program() { has_program_ = true; }
  std::optional<std::size_t> program() const {
    return has_program_ ? std::optional<std::size_t>(0) : std::nullopt;
  }

  const std::vector<LoadedObject>& objects() const { return objects_; }
  Paths& paths(std::size_t object) { return paths_[object]; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  bool has_program_ = false;
  std::vector<LoadedObject> objects_;
  std::vector<Paths> paths_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> by_name_;
  std::unordered_map<const FileContent*, std::size_t> by_content_;
};

}  // namespace wheelfix
