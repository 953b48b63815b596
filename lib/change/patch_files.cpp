#include "change/patch_files.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>

#include "base/atomic_file.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> read_series(const fs::path& folder) {
  const auto series = folder / "series";
  const std::string text = read_file(series);
  std::vector<fs::path> patches;
  std::size_t number = 0;
  for (const auto line : split(text, '\n')) {
    ++number;
    const auto entry = trim(line.substr(0, line.find('#')));
    if (entry.empty()) continue;
    const fs::path path = folder / entry;
    const auto where = series.string() + ":" + std::to_string(number);
    if (entry.find_first_of(" \t") != std::string_view::npos && !fs::exists(path)) {
      throw Error(ErrorCode::bad_diff, where, "has options behind the patch's name",
                  "wheelfix takes -p and --reverse on its command line, for all patches");
    }
    if (!fs::exists(path))
      throw Error(ErrorCode::bad_diff, where, printable(entry) + " is not in the folder",
                  "check the spelling in series");
    patches.push_back(path);
  }
  if (patches.empty())
    throw Error(ErrorCode::bad_diff, series.string(), "lists no patches", "name one patch file a line");
  return patches;
}

bool is_patch_file(const fs::directory_entry& entry) {
  const auto extension = entry.path().extension();
  return entry.is_regular_file() && (extension == ".patch" || extension == ".diff");
}

}  // namespace

Diff load_patch(const fs::path& path) {
  return parse_diff(read_file(path), path.string());
}

void save_patch(const std::string& patch, const fs::path& file) {
  AtomicFile out(file, Existing::replace);
  out.append(patch);
  out.commit(Durability::none);
}

std::vector<fs::path> list_patch_folder(const fs::path& folder, PatchFolder expected) {
  std::error_code failure;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (is_patch_file(entry)) paths.push_back(entry.path());
  }
  if (failure) throw_io_error(folder, "read the folder", failure.value());
  if (fs::exists(folder / "series")) return read_series(folder);
  if (paths.empty() && expected == PatchFolder::has_patches)
    throw Error(ErrorCode::bad_diff, folder.string(), "holds no *.patch and no *.diff",
                "name the folder that the patches lie in");
  std::ranges::sort(paths);
  return paths;
}

std::vector<Diff> load_patch_folder(const fs::path& folder) {
  std::vector<Diff> patches;
  for (const auto& path : list_patch_folder(folder, PatchFolder::has_patches))
    patches.push_back(load_patch(path));
  return patches;
}

}  // namespace wheelfix
