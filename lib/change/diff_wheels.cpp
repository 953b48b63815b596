#include <fmt/format.h>

#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "library/entry_source.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

/// A git mode for permission bits: git knows only whether the owner may execute a file.
unsigned git_mode(unsigned mode) {
  return (mode & 0100) != 0 ? 0100755 : 0100644;
}

/// The files of one side of a comparison, by their path in `before`.
class Side {
 public:
  virtual ~Side() = default;
  virtual std::set<std::string> paths() const = 0;
  virtual std::string read(const std::string& path) const = 0;
  /// Throws Error{limit_exceeded} for what can't be held in memory.
  virtual void require_in_memory(const std::string& path, std::uint64_t max_size) const = 0;
  /// Permission bits, 0 if they aren't known.
  virtual unsigned mode(const std::string& path) const = 0;
};

/// The name of `dist_info/x` in a tree whose dist-info and .data have other names, and back.
struct FolderNames {
  std::string dist_info;
  std::string data_dir;

  static std::string renamed(const std::string& path, const FolderNames& from, const FolderNames& to) {
    for (const auto& [old_folder, new_folder] :
         {std::pair{from.dist_info, to.dist_info}, std::pair{from.data_dir, to.data_dir}}) {
      if (!old_folder.empty() && !new_folder.empty() && path.starts_with(old_folder + "/"))
        return new_folder + path.substr(old_folder.size());
    }
    return path;
  }
};

FolderNames names_of(const Wheel& wheel) {
  return {wheel.dist_info(), wheel.data_dir_name()};
}

class WheelSide : public Side {
 public:
  WheelSide(const Wheel& wheel, const FolderNames& names) : wheel_(wheel), names_(names) {}

  std::set<std::string> paths() const override {
    std::set<std::string> paths;
    for (const auto& entry : wheel_.entries()) {
      if (!entry.path.ends_with('/'))
        paths.insert(FolderNames::renamed(entry.path, names_of(wheel_), names_));
    }
    return paths;
  }
  std::string read(const std::string& path) const override { return wheel_.read(own_path(path)); }
  void require_in_memory(const std::string& path, std::uint64_t max_size) const override {
    wheelfix::require_in_memory(WheelEdit(wheel_), own_path(path), max_size);
  }
  unsigned mode(const std::string& path) const override {
    return wheel_.entries()[*wheel_.find(own_path(path))].mode & 07777;
  }
  std::string own_path(const std::string& path) const {
    return FolderNames::renamed(path, names_, names_of(wheel_));
  }

 private:
  const Wheel& wheel_;
  const FolderNames& names_;
};

class FolderSide : public Side {
 public:
  FolderSide(const fs::path& folder, const FolderNames& names) : folder_(folder), names_(names) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const auto name = entry.path().filename().string();
      if (!entry.is_directory()) continue;
      if (name.ends_with(".dist-info")) own_.dist_info = name;
      if (name.ends_with(".data") && name.find('-') != std::string::npos) own_.data_dir = name;
    }
    if (own_.data_dir.empty()) own_.data_dir = own_.dist_info.substr(0, own_.dist_info.rfind('.')) + ".data";
    if (own_.dist_info.empty())
      throw Error(ErrorCode::bad_wheel, folder.string(), "has no .dist-info folder",
                  "give the folder that the wheel was unpacked to");
  }

  /// Files, except what editing and trying out leave behind: `.git`, `__pycache__`.
  std::set<std::string> paths() const override {
    std::set<std::string> paths;
    for (auto entry = fs::recursive_directory_iterator(folder_); entry != fs::recursive_directory_iterator();
         ++entry) {
      const auto name = entry->path().filename();
      if (entry->is_directory() && (name == ".git" || name == "__pycache__"))
        entry.disable_recursion_pending();
      if (entry->is_regular_file())
        paths.insert(
            FolderNames::renamed(entry->path().lexically_relative(folder_).generic_string(), own_, names_));
    }
    return paths;
  }
  std::string read(const std::string& path) const override { return read_file(file(path)); }
  /// A file doesn't inflate.
  void require_in_memory(const std::string&, std::uint64_t) const override {}
  unsigned mode(const std::string& path) const override {
    return static_cast<unsigned>(fs::status(file(path)).permissions()) & 07777;
  }

 private:
  fs::path file(const std::string& path) const { return folder_ / FolderNames::renamed(path, names_, own_); }

  const fs::path folder_;
  const FolderNames& names_;
  FolderNames own_;
};

class Comparison {
 public:
  Comparison(const Wheel& wheel, const FolderNames& names, const Side& before, const Side& after,
             std::uint64_t max_size)
      : wheel_(wheel), names_(names), before_(before), after_(after), max_size_(max_size) {}

  template <class IsSame>
  std::string run(const IsSame& is_same) const {
    std::string diff;
    const auto old_paths = before_.paths();
    const auto new_paths = after_.paths();
    std::set<std::string> all = old_paths;
    all.insert(new_paths.begin(), new_paths.end());
    for (const auto& path : all) {
      const bool in_old = old_paths.contains(path);
      const bool in_new = new_paths.contains(path);
      if (is_made_anew(path) || (in_old && in_new && is_same(path))) continue;
      if (!in_new && path.find("__pycache__/") != std::string::npos)
        continue;  // a folder's are not looked at
      diff += compare(path, in_old, in_new);
      if (diff.size() > max_size_)
        throw Error(ErrorCode::limit_exceeded, wheel_.path().string(),
                    fmt::format("the patch of it has more than {} bytes", max_size_),
                    "raise it with --max-input-size, here and for `wheelfix patch`");
    }
    return diff;
  }

 private:
  bool is_made_anew(const std::string& path) const { return is_record_or_signature(path, names_.dist_info); }

  std::string compare(const std::string& path, bool in_old, bool in_new) const {
    if (in_old) before_.require_in_memory(path, max_size_);
    if (in_new) after_.require_in_memory(path, max_size_);
    const std::string before = in_old ? before_.read(path) : std::string();
    const std::string after = in_new ? new_content(path) : std::string();
    const unsigned old_mode = in_old ? before_.mode(path) : 0;
    const unsigned new_mode = in_new ? after_.mode(path) : 0;
    FilePair pair{.path = path, .before = {}, .after = {}};
    if (in_old) pair.before = {before, git_mode(old_mode != 0 ? old_mode : new_mode)};
    if (in_new) pair.after = {after, git_mode(new_mode != 0 ? new_mode : old_mode)};
    return make_diff({pair});
  }

  /// METADATA is compared under the old version: the label of a patched wheel isn't part of its patch.
  std::string new_content(const std::string& path) const {
    std::string content = after_.read(path);
    if (path != names_.dist_info + "/METADATA") return content;
    return HeaderDocument::parse(content, path)
        .with("Version", wheel_.metadata().get("Version").value_or(""))
        .to_string();
  }

  const Wheel& wheel_;
  const FolderNames& names_;
  const Side& before_;
  const Side& after_;
  std::uint64_t max_size_;
};

}  // namespace

std::string diff_wheels(const Wheel& before, const Wheel& after, std::uint64_t max_size) {
  const auto names = names_of(before);
  const WheelSide old_side(before, names);
  const WheelSide new_side(after, names);
  const auto is_same = [&](const std::string& path) {
    const auto& a = before.entries()[*before.find(path)];
    const auto& b = after.entries()[*after.find(new_side.own_path(path))];
    const auto* old_row = before.record().find(path);
    const auto* new_row = after.record().find(b.path);
    return a.size == b.size && a.crc32 == b.crc32 && a.mode == b.mode && old_row != nullptr &&
           new_row != nullptr && old_row->hash == new_row->hash;
  };
  return Comparison(before, names, old_side, new_side, max_size).run(is_same);
}

std::string diff_wheel_with_folder(const Wheel& before, const std::filesystem::path& after,
                                   std::uint64_t max_size) {
  const auto names = names_of(before);
  try {
    return Comparison(before, names, WheelSide(before, names), FolderSide(after, names), max_size)
        .run([](const std::string&) { return false; });
  } catch (const fs::filesystem_error& error) {
    throw_io_error(error.path1(), "read", error.code().value());
  }
}

}  // namespace wheelfix
