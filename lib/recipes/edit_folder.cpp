#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <wheelfix/edit_folder.hpp>
#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "base/new_folder.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "change/installed_tree.hpp"
#include "library/entry_source.hpp"
#include "recipes/edit_record.hpp"
#include "recipes/originals.hpp"
#include "wheel/hash_rows.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

class FolderMaker {
 public:
  FolderMaker(const WheelEdit& edit, const fs::path& folder, const EditFolderOptions& options)
      : edit_(edit), wheel_(edit.wheel()), folder_(folder), options_(options) {
    for (auto& path : edit.paths())
      if (!is_left_out(path)) paths_.push_back(std::move(path));
  }

  void run() {
    require_files();
    const auto source = edit_record();  // its errors come first
    NewFolder tree(folder_, "name another folder with -o");
    tree.make_folders_of(paths_);
    write_files(tree);
    if (!changed_.empty()) refuse_changed();
    auto record = source;
    if (loses_modes_) record.modes = FolderTree::Modes::lost;
    tree.write_file(edit_record_name, 0644, [&](const NewFolder::Sink& sink) { sink(record.to_string()); });
    tree.keep();
  }

 private:
  bool is_installed() const { return wheel_.installation() != nullptr; }

  bool is_left_out(const std::string& path) const {
    return is_record_or_signature(path, wheel_.dist_info()) ||
           (is_installed() && is_made_by_installer(path, wheel_.dist_info()));
  }

  /// An editable install has a `.pth` file or an import hook, and no other files.
  void require_files() const {
    const auto is_own = [&](const std::string& path) {
      return !path.starts_with(wheel_.dist_info() + "/") && !path.starts_with("__editable__") &&
             !path.ends_with(".pth");
    };
    if (is_installed() && std::ranges::none_of(paths_, is_own))
      throw Error(ErrorCode::bad_wheel, (wheel_.path() / wheel_.dist_info()).string(),
                  "has no files of its own to edit", "if it is an editable install, edit its source");
  }

  EditRecord edit_record() const {
    EditRecord record{.kind = is_installed() ? EditRecord::Kind::installed : EditRecord::Kind::wheel,
                      .source = fs::absolute(wheel_.path()).lexically_normal(),
                      .project = normalize_project_name(wheel_.name().distribution()),
                      .version = wheel_.name().version_text(),
                      .digest = digest_of_files(is_installed() ? original_of(wheel_).wheel : wheel_)};
    (void)record.to_string();
    return record;
  }

  void write_files(const NewFolder& tree) {
    std::uint64_t total = 0;
    for (const auto& path : paths_) total += content_size(edit_, path);
    ProgressMeter meter("unpacking", total, options_.progress);
    for_each_parallel(paths_.size(), options_.jobs, [&](std::size_t i) {
      const auto& path = paths_[i];
      Hasher hasher;
      const bool has_mode = tree.write_file(path, edit_.mode(path), [&](const NewFolder::Sink& sink) {
        stream_entry_edited(edit_, path, {}, [&](std::string_view piece) {
          if (is_installed()) hasher.update(piece);
          meter.add(piece.size());
          sink(piece);
        });
      });
      if (!has_mode) loses_modes_ = true;
      if (is_installed()) compare(path, hasher.finish_for_record());
    });
  }

  /// With RECORD, what is installed: the patch must apply where nobody changed a file by hand.
  void compare(const std::string& path, const std::string& hash) {
    const auto* row = wheel_.record().find(path);
    if (edit_.overlay().contains(path) || row == nullptr || algorithm_of(*row) != HashAlgorithm::sha256)
      return;
    if (comparable_hash(*row) == hash) return;
    const std::lock_guard lock(mutex_);
    changed_.push_back(path);
  }

  [[noreturn]] void refuse_changed() {
    std::ranges::sort(changed_);
    const auto first = printable(changed_.front());
    throw Error(ErrorCode::bad_wheel, wheel_.path().string() + ": " + first,
                changed_.size() == 1
                    ? "was changed since it was installed, so a patch made here wouldn't apply elsewhere"
                    : fmt::format("and {} were changed since they were installed, so a patch made here "
                                  "wouldn't apply elsewhere",
                                  counted(changed_.size() - 1, "other file")),
                fmt::format("install {} again first, or edit its wheel", wheel_.name().distribution()));
  }

  const WheelEdit& edit_;
  const Wheel& wheel_;
  const fs::path& folder_;
  const EditFolderOptions& options_;
  std::vector<std::string> paths_;
  std::mutex mutex_;
  std::vector<std::string> changed_;
  std::atomic<bool> loses_modes_ = false;
};

}  // namespace

void make_edit_folder(const WheelEdit& edit, const fs::path& folder, const EditFolderOptions& options) {
  FolderMaker(edit, folder, options).run();
}

}  // namespace wheelfix
