#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <wheelfix/wheel.hpp>

#include "change/compared_tree.hpp"

namespace wheelfix {

/// What a folder to edit was made from, as the file edit_record_name in it says.
struct EditRecord {
  enum class Kind { wheel, installed };
  Kind kind = Kind::wheel;
  std::filesystem::path source;  ///< absolute: of the wheel, or of the folder of sys.path
  std::string project;
  std::string version;
  std::string digest;  ///< see digest_of_files
  FolderTree::Modes modes = FolderTree::Modes::kept;

  bool operator==(const EditRecord&) const = default;

  static EditRecord parse(std::string_view text, const std::string& file);
  std::string to_string() const;
};

/// Of the paths and hashes of a RECORD, by which another wheel or installation has the same files. What
/// installers make isn't part of it.
std::string digest_of_files(const Wheel& wheel);

}  // namespace wheelfix
