#include "change/patch_files.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>

#include "base/atomic_file.hpp"
#include "base/file.hpp"
#include "base/path_within.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t max_list_size = 1 << 20;

std::vector<fs::path> read_series(const fs::path& folder) {
  const auto series = folder / "series";
  const std::string text = read_file(series, max_list_size);
  std::vector<fs::path> patches;
  std::size_t number = 0;
  for (const auto line : split(text, '\n')) {
    ++number;
    const auto entry = trim(line.substr(0, line.find('#')));
    if (entry.empty()) continue;
    const fs::path path = folder / entry;
    const auto where = series.string() + ":" + std::to_string(number);
    if (entry.find_first_of(" \t") != std::string_view::npos && !fs::exists(path)) {
      throw Error(ErrorCode::bad_diff, where, "has options after the patch's name",
                  "wheelfix takes -p and --reverse on its command line, for all patches");
    }
    if (leaves_folder(entry))
      throw Error(ErrorCode::bad_diff, where, printable(entry) + " leaves the folder of the series",
                  "put the patch next to the series, or name it with --patch");
    if (!fs::exists(path))
      throw Error(ErrorCode::bad_diff, where, printable(entry) + " is not in the folder",
                  "check the spelling in series");
    if (const auto target = target_outside(path, series))
      throw Error(
          ErrorCode::bad_diff, where,
          printable(entry) + " is a link that leads out of the folder, to " + printable(target->string()),
          "put the patch itself there, or name it with --patch");
    patches.push_back(path);
  }
  if (patches.empty())
    throw Error(ErrorCode::bad_diff, series.string(), "lists no patches", "name one patch file on each line");
  return patches;
}

bool is_patch_file(const fs::directory_entry& entry) {
  const auto extension = entry.path().extension();
  return entry.is_regular_file() && (extension == ".patch" || extension == ".diff");
}

}  // namespace

bool leaves_folder(const fs::path& file) {
  return file.is_absolute() || std::ranges::find(file, "..") != file.end();
}

std::optional<fs::path> target_outside(const fs::path& file, const fs::path& list) {
  std::error_code failure;
  auto target = fs::canonical(file, failure);
  if (failure) return std::nullopt;
  const bool is_inside = path_within(target, fs::canonical(list.parent_path(), failure)) ||
                         path_within(target, fs::canonical(list, failure).parent_path());
  return is_inside ? std::nullopt : std::optional(std::move(target));
}

Diff load_patch(const fs::path& path, std::uint64_t max_size) {
  return parse_diff(read_file(path, max_size, "raise it with --max-input-size if you trust the file"),
                    path.string());
}

void save_patch(const std::string& patch, const fs::path& file) {
  std::error_code failure;
  const auto status = fs::status(file, failure);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
    const Descriptor pipe_or_device(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (pipe_or_device.get() < 0) throw_io_error(file, "open", errno);
    return write_all(pipe_or_device.get(), patch, file);
  }
  AtomicFile out(fs::is_symlink(file, failure) ? fs::weakly_canonical(file) : file, Existing::replace);
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
    throw Error(ErrorCode::bad_diff, folder.string(), "has no *.patch and no *.diff",
                "name the folder that the patches are in");
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
