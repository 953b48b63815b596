#pragma once

#include <map>
#include <string>
#include <string_view>

#include "change/compared_tree.hpp"

namespace wheelfix {

/// Whether a path of what is installed isn't a file of its wheel: an installer or Python wrote it, or it is
/// outside of the folder, like a program that starts an entry point.
bool is_made_by_installer(std::string_view path, std::string_view dist_info);

/// The files of a RECORD that are installed, by their paths in the wheel that they came from. What installers
/// make isn't in it, and scripts have the first line and the mode of the wheel's, which installers change. A
/// file of `.data` that no row of the RECORD seems to be isn't compared. Source: packaging.python.org,
/// "Binary distribution format", "The .data directory"; docs.python.org, "sysconfig", "Installation paths".
class InstalledTree : public ComparedTree {
 public:
  /// Both must outlive this.
  InstalledTree(const Wheel& wheel, const Wheel& installed);

  std::set<std::string> paths() const override;
  std::string read(const std::string& path) const override;
  unsigned mode(const std::string& path) const override;
  bool may_have(const std::string& path) const override;
  std::filesystem::path file(const std::string& path) const override;

 private:
  bool is_script(const std::string& path) const;
  /// Where a file of the wheel's .data folder is, by RECORD; empty if that isn't known.
  std::string place_of_data(std::string_view path) const;

  const Wheel& wheel_;
  const Wheel& installed_;
  std::map<std::string, std::string> own_paths_;  ///< by the wheel's; empty: where it is isn't known
};

}  // namespace wheelfix
