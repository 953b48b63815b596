#include <fmt/format.h>

#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>

#include "base/file.hpp"
#include "change/compare_trees.hpp"
#include "change/installed_tree.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

std::string diff_of(const TreeComparison& comparison) {
  std::string diff;
  comparison.run([&](const FileDifference& difference) {
    diff += difference.to_diff();
    if (diff.size() > comparison.max_size)
      throw Error(ErrorCode::limit_exceeded, comparison.wheel.path().string(),
                  fmt::format("the patch of it has more than {} bytes", comparison.max_size),
                  "raise it with --max-input-size, here and for `wheelfix patch`");
  });
  return diff;
}

/// Of a wheel with files on this machine.
std::string diff_of_files(const Wheel& wheel, const ComparedTree& after, std::uint64_t max_size) {
  const WheelTree before(WheelEdit(wheel), VersionedFolders::of(wheel));
  return diff_of({.wheel = wheel,
                  .before = before,
                  .after = after,
                  .max_size = max_size,
                  .is_same = same_by_record(wheel, before, after, 0),
                  .leave_out = [](const std::string&) {}});
}

}  // namespace

std::string diff_wheels(const Wheel& before, const Wheel& after, std::uint64_t max_size) {
  const auto names = VersionedFolders::of(before);
  const WheelTree new_tree(WheelEdit(after), names);
  const auto is_same = [&](const std::string& path) {
    const auto& a = before.entries()[*before.find(path)];
    const auto& b = after.entries()[*after.find(new_tree.own_path(path))];
    const auto* old_row = before.record().find(path);
    const auto* new_row = after.record().find(b.path);
    return a.size == b.size && a.crc32 == b.crc32 && a.mode == b.mode && old_row != nullptr &&
           new_row != nullptr && old_row->hash == new_row->hash;
  };
  return diff_of({.wheel = before,
                  .before = WheelTree(WheelEdit(before), names),
                  .after = new_tree,
                  .max_size = max_size,
                  .is_same = is_same});
}

std::string diff_wheel_with_folder(const Wheel& before, const fs::path& after, std::uint64_t max_size) {
  try {
    return diff_of_files(before, FolderTree(after, VersionedFolders::of(before)), max_size);
  } catch (const fs::filesystem_error& error) {
    throw_io_error(error.path1(), "read", error.code().value());
  }
}

std::string diff_wheel_with_installed(const Wheel& before, const Wheel& installed, std::uint64_t max_size) {
  return diff_of_files(before, InstalledTree(before, installed), max_size);
}

}  // namespace wheelfix
