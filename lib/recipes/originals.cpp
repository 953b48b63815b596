#include "recipes/originals.hpp"

#include <utility>
#include <wheelfix/applied_changes.hpp>
#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "installed/documents.hpp"
#include "site/kept_content.hpp"

namespace wheelfix {
namespace {

std::string content_of(const Wheel& installed, const AppliedFile& file) {
  std::string content;
  stream_original(installed.path(), file, [&](std::string_view piece) { content += piece; });
  if (record_hash(content) == file.before->hash) return content;
  throw Error(ErrorCode::bad_wheel, (installed.path() / file.path).string(),
              "was kept when wheelfix changed it, but what was kept is damaged", "reinstall the package");
}

Wheel with_record(const Wheel& installed, Record record) {
  const auto& distribution = *installed.installation();
  return Wheel::installed({.folder = distribution.folder,
                           .place = distribution.place,
                           .name = distribution.name,
                           .dist_info = distribution.dist_info,
                           .metadata = installed.metadata(),
                           .wheel_file = installed.wheel_file(),
                           .record = std::move(record),
                           .files = installed.entries()});
}

}  // namespace

OriginalDistribution original_of(const Wheel& installed) {
  const auto changes = applied_changes(installed);
  if (!changes) return {installed, WheelEdit(installed)};
  const auto record_path = installed.dist_info() + "/RECORD";
  auto wheel = installed;
  for (const auto& file : changes->files)
    if (file.path == record_path && file.before)
      wheel =
          with_record(installed, Record::parse(content_of(installed, file), file.path, most_rows_installed));
  WheelEdit edit(wheel);
  for (const auto& file : changes->files) {
    if (file.path == record_path || file.path.ends_with(".pyc")) continue;
    if (!file.before) {
      if (edit.contains(file.path)) edit.remove(file.path);
    } else if (file.before->link.empty()) {
      edit.set_content(file.path, content_of(wheel, file));
      edit.set_mode(file.path, file.before->mode);
    }
  }
  return {std::move(wheel), std::move(edit)};
}

}  // namespace wheelfix
