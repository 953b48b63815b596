#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lock/lock_place.hpp"
#include "lock/pin.hpp"
#include "lock/toml_edit.hpp"

namespace wheelfix {

/// A lock file in TOML, parsed whole. Packages are its tables `[[packages]]` or `[[package]]`.
class TomlLock {
 public:
  static constexpr std::size_t max_size = 16 << 20;

  /// The text must outlive it. Throws Error{bad_recipe} with file, line and column for what isn't TOML, and
  /// with file and line for packages that aren't tables with headers.
  TomlLock(std::string_view text, std::string file, std::string_view packages_key);

  const TomlPlace& root() const { return root_; }
  const std::vector<TomlPlace>& packages() const;
  /// Of each package: see match_pins. A package without a version has none.
  std::vector<const PatchedVersion*> match(const PatchedWheels& wheels) const;

  /// Refuses a key that is there with a value of another kind.
  void require(const TomlPlace& table, std::string_view key, TomlPlace::Kind kind) const;

  std::size_t line(std::size_t place) const { return line_at(text_, place); }
  [[noreturn]] void refuse(std::size_t place, std::string message, std::string hint = {}) const;

 private:
  std::string_view text_;
  std::string file_;
  TomlPlace root_;
  const TomlEntry* packages_;
};

/// The edits by which a pylock.toml (PEP 751) has the wheels, from the folder or index that `places` has.
/// `path` is the file's, to which paths are relative. Throws what TomlLock throws, and Error{does_not_apply}
/// for a package that isn't installed from wheels or an sdist.
LockPlan plan_pylock(std::string_view text, const PatchedWheels& wheels, const LockPlaces& places,
                     const std::filesystem::path& path);

/// The same for a uv.lock of version 1, of any revision, or the lock of a script. Other packages'
/// dependencies that name the old version or place get the new one, and so do projects' requirements that
/// name an index.
LockPlan plan_uv_lock(std::string_view text, const PatchedWheels& wheels, const LockPlaces& places,
                      const std::filesystem::path& path);

}  // namespace wheelfix
