#include <fmt/format.h>

#include <map>
#include <vector>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/unpack.hpp>

#include "base/new_folder.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "library/entry_source.hpp"

namespace wheelfix {

void unpack(const Wheel& wheel, const std::filesystem::path& folder, const UnpackOptions& options) {
  std::vector<const WheelEntry*> entries;
  std::vector<std::string> paths;
  std::map<std::string, std::string> entry_at;
  std::uint64_t total = 0;
  for (const auto& entry : wheel.entries()) {
    if (entry.path.ends_with('/')) continue;
    auto path = installed_path(wheel, entry.path).value_or(entry.path);
    const auto [other, is_new] = entry_at.emplace(path, entry.path);
    if (!is_new)
      throw Error(ErrorCode::bad_wheel, wheel.path().string() + ": " + printable(entry.path),
                  fmt::format("is installed where {} is", printable(other->second)));
    entries.push_back(&entry);
    paths.push_back(std::move(path));
    total += entry.size;
  }
  NewFolder tree(folder, "name another folder with -o");
  tree.make_folders_of(paths);
  const WheelEdit unchanged(wheel);
  ProgressMeter meter("unpacking", total, options.progress);
  for_each_parallel(entries.size(), options.jobs, [&](std::size_t i) {
    tree.write_file(paths[i], entries[i]->mode, [&](const NewFolder::Sink& sink) {
      stream_entry_edited(unchanged, entries[i]->path, {}, [&](std::string_view piece) {
        meter.add(piece.size());
        sink(piece);
      });
    });
  });
  wheel.require_unchanged();
  tree.keep();
}

}  // namespace wheelfix
