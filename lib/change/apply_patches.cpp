#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/patch.hpp>

#include "base/text.hpp"
#include "library/entry_source.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {

namespace {

constexpr unsigned max_suggested_strip = 20;

/// Applies one patch file to an edit. Sources of renames and copies are read from the edit before this patch,
/// as in git, so that two files can swap their names.
class PatchApplier {
 public:
  PatchApplier(WheelEdit& edit, const Diff& diff, const PatchOptions& options)
      : edit_(edit), diff_(diff), options_(options) {
    for (const auto& file : diff.files) {
      if (is_moving(file) && !before_) before_ = edit;
      if (file.kind == FileDiff::Kind::rename || file.kind == FileDiff::Kind::remove)
        vacated_.insert(stripped(file.old_name, file));
    }
  }

  std::vector<PatchedFile> run() {
    std::vector<PatchedFile> reports;
    for (const auto& file : diff_.files) reports.push_back(apply(file));
    return reports;
  }

 private:
  using Kind = FileDiff::Kind;

  static bool is_moving(const FileDiff& file) { return file.kind == Kind::rename || file.kind == Kind::copy; }

  /// The edit before this patch, if a part needs it.
  const WheelEdit& before() const { return before_ ? *before_ : edit_; }

  std::string stripped(const std::string& name, const FileDiff& file) const {
    const unsigned strip = file.names_lack_prefix && options_.strip > 0 ? options_.strip - 1 : options_.strip;
    return strip_components(name, strip);
  }

  std::string where(const FileDiff& file) const { return fmt::format("{}:{}", diff_.name, file.patch_line); }

  std::string subject(const std::string& path) const {
    return fmt::format("{}: {}", edit_.wheel().path().string(), printable(path));
  }

  /// An entry's content, unless it is far too much for its compressed size to be held in memory.
  std::string read(const WheelEdit& edit, const std::string& path) const {
    require_in_memory(edit, path, options_.max_input_size);
    return edit.read(path);
  }

  PatchedFile apply(const FileDiff& file) {
    PatchedFile report{.patch = diff_.name,
                       .patch_line = file.patch_line,
                       .entry = stripped(file.new_name.empty() ? file.old_name : file.new_name, file),
                       .old_entry = {},
                       .kind = file.kind,
                       .hunks = {}};
    try {
      const auto [old_path, new_path] = resolve(file);
      refuse_record(file, old_path, new_path);
      report.entry = new_path.empty() ? old_path : new_path;
      report.old_entry = old_path;
      apply_to(file, old_path, new_path, report);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::already_applied || !options_.skip_applied) throw;
      report.skipped = true;
    }
    return report;
  }

  /// The entry's paths before and after; empty if there is none. For a plain modification they are the same.
  std::pair<std::string, std::string> resolve(const FileDiff& file) const {
    const auto old_path = stripped(file.old_name, file);
    const auto new_path = stripped(file.new_name, file);
    switch (file.kind) {
      case Kind::create:
        if (new_path.empty()) refuse_short_name(file, file.new_name);
        return {"", new_path};
      case Kind::remove:
        require(file, {old_path});
        return {old_path, ""};
      case Kind::modify: {
        if (may_create(file) && !edit_.contains(old_path) && !edit_.contains(new_path) && !new_path.empty())
          return {"", new_path};
        const auto path = require(file, {old_path, new_path});
        return {path, path};
      }
      default:
        if (!before().contains(old_path) && edit_.contains(new_path))
          return {"", new_path};  // renamed already?
        if (!before().contains(old_path)) refuse_missing(file, {old_path});
        if (new_path.empty()) refuse_short_name(file, file.new_name);
        return {old_path, new_path};
    }
  }

  /// The first of the names that is in the wheel. As in GNU patch, the one with fewer components comes
  /// first if both are.
  std::string require(const FileDiff& file, std::vector<std::string> names) const {
    std::ranges::stable_sort(names, {},
                             [](const std::string& name) { return std::ranges::count(name, '/'); });
    for (const auto& name : names) {
      if (!name.empty() && edit_.contains(name)) return name;
    }
    refuse_missing(file, names);
  }

  [[noreturn]] void refuse_short_name(const FileDiff& file, const std::string& name) const {
    throw Error(ErrorCode::does_not_apply, where(file),
                fmt::format("-p{} leaves nothing of the name {}", options_.strip, printable(name)),
                "give a smaller -p");
  }

  [[noreturn]] void refuse_missing(const FileDiff& file, const std::vector<std::string>& names) const {
    const auto named = std::ranges::find_if_not(names, &std::string::empty);
    const auto& shown = named != names.end() ? *named : file.old_name.empty() ? file.new_name : file.old_name;
    if (named == names.end() && !suggested_strip(file)) refuse_short_name(file, shown);
    const auto message = fmt::format("{} is not in {}", printable(shown), edit_.wheel().path().string());
    if (const auto strip = suggested_strip(file)) {
      throw Error(ErrorCode::does_not_apply, where(file), message,
                  fmt::format("with -p{} the file would be found", *strip));
    }
    if (file.kind == Kind::remove) {
      throw Error(ErrorCode::already_applied, where(file), message + ", so there is nothing to remove",
                  "skip it with --skip-applied");
    }
    throw Error(ErrorCode::does_not_apply, where(file), message, similar_entries(shown));
  }

  std::optional<unsigned> suggested_strip(const FileDiff& file) const {
    for (unsigned strip = 0; strip <= max_suggested_strip; ++strip) {
      for (const auto& name : {file.old_name, file.new_name}) {
        const auto path = strip_components(name, strip);
        if (!path.empty() && edit_.contains(path)) return strip;
      }
    }
    return std::nullopt;
  }

  /// A hint that names up to three entries with the same base name.
  std::string similar_entries(const std::string& path) const {
    const auto base = "/" + std::string(file_name(path));
    std::vector<std::string> found;
    for (const auto& entry : edit_.paths()) {
      if (found.size() < 3 && ("/" + entry).ends_with(base)) found.push_back(printable(entry));
    }
    return found.empty() ? "is the patch for this package and version?"
                         : fmt::format("the wheel has {}", fmt::join(found, ", "));
  }

  void refuse_record(const FileDiff& file, const std::string& old_path, const std::string& new_path) const {
    const auto& dist_info = edit_.wheel().dist_info();
    for (const auto& path : {old_path, new_path}) {
      if (!is_record_or_signature(path, dist_info)) continue;
      throw Error(ErrorCode::bad_diff, where(file),
                  is_record_signature(path, dist_info) ? "patches a signature of RECORD, which wheelfix drops"
                                                       : "patches RECORD, which wheelfix writes itself",
                  "remove that part from the patch");
    }
  }

  void apply_to(const FileDiff& file, const std::string& old_path, const std::string& new_path,
                PatchedFile& report) {
    if (file.kind == Kind::create || (file.kind == Kind::modify && old_path.empty()))
      return create(file, new_path, report);
    if (old_path.empty()) return refuse_renamed(file, new_path);
    auto applied = apply_diff(read(is_moving(file) ? before() : edit_, old_path), file,
                              {options_.fuzz, options_.strict_eol}, diff_.name, subject(old_path));
    report.hunks = std::move(applied.hunks);
    report.crlf_kept = applied.crlf_kept;
    if (file.kind == Kind::remove) {
      if (!made_.contains(old_path)) edit_.remove(old_path);
      return;
    }
    if (is_moving(file)) make_room(file, new_path);
    if (file.kind == Kind::rename) move(old_path, new_path);
    const bool has_new_content = !file.hunks.empty() || file.binary.has_value();
    if (has_new_content || !edit_.contains(new_path)) edit_.set_content(new_path, std::move(applied.content));
    made_.insert(new_path);
    set_mode(file, old_path, new_path);
  }

  void set_mode(const FileDiff& file, const std::string& old_path, const std::string& new_path) {
    if (file.new_mode && file.new_mode != file.old_mode) {
      edit_.set_mode(new_path, *file.new_mode);
    } else if (file.kind == Kind::copy) {
      edit_.set_mode(new_path, before().mode(old_path) != 0 ? before().mode(old_path) : 0644);
    }
  }

  void create(const FileDiff& file, const std::string& path, PatchedFile& report) {
    auto applied = apply_diff("", file, {options_.fuzz, options_.strict_eol}, diff_.name, subject(path));
    if (edit_.contains(path) && !vacated_.contains(path)) {
      if (read(edit_, path) == applied.content) {
        throw Error(ErrorCode::already_applied, where(file),
                    fmt::format("{} is already in the wheel, as the patch makes it", printable(path)),
                    "skip it with --skip-applied");
      }
      throw Error(
          ErrorCode::does_not_apply, where(file),
          fmt::format("creates {}, which is already in the wheel with other content", printable(path)),
          "is the patch for this package and version?");
    }
    if (edit_.contains(path)) edit_.remove(path);
    edit_.set_content(path, std::move(applied.content));
    made_.insert(path);
    report.kind = Kind::create;
    if (file.new_mode) edit_.set_mode(path, *file.new_mode);
    report.hunks = std::move(applied.hunks);
  }

  /// A rename or copy whose source is missing and whose target exists: already done, if the target is what
  /// the patch makes.
  void refuse_renamed(const FileDiff& file, const std::string& new_path) const {
    if (!file.hunks.empty() || file.binary) {
      apply_diff(read(edit_, new_path), file, {options_.fuzz, options_.strict_eol}, diff_.name,
                 subject(new_path));
      throw Error(ErrorCode::does_not_apply, where(file),
                  fmt::format("{} has its new name already, but not its new content", printable(new_path)),
                  "patch it under its new name");
    }
    throw Error(ErrorCode::already_applied, where(file),
                fmt::format("{} has its new name already", printable(new_path)),
                "skip it with --skip-applied");
  }

  void make_room(const FileDiff& file, const std::string& path) {
    if (!edit_.contains(path)) return;
    if (!vacated_.contains(path)) {
      throw Error(ErrorCode::does_not_apply, where(file),
                  fmt::format("{} is in the wheel already", printable(path)),
                  "is the patch for this package and version?");
    }
    edit_.remove(path);
  }

  void move(const std::string& from, const std::string& to) {
    if (edit_.contains(from) && !made_.contains(from)) {
      edit_.rename(from, to);
    } else {
      edit_.set_content(to, read(before(), from), How::renamed);
      if (before().mode(from) != 0) edit_.set_mode(to, before().mode(from));
    }
  }

  WheelEdit& edit_;
  std::optional<WheelEdit> before_;
  const Diff& diff_;
  const PatchOptions& options_;
  std::set<std::string> vacated_;  ///< paths that a part of this patch removed
  std::set<std::string> made_;     ///< paths that a part of it made
};

std::vector<Diff> in_reverse(const std::vector<Diff>& patches) {
  std::vector<Diff> undo;
  for (const auto& patch : patches) undo.insert(undo.begin(), reversed(patch));
  return undo;
}

}  // namespace

std::vector<PatchedFile> apply_patches(WheelEdit& edit, const std::vector<Diff>& patches,
                                       const PatchOptions& options) {
  WheelEdit patched = edit;
  std::vector<PatchedFile> reports;
  for (const auto& patch : options.reverse ? in_reverse(patches) : patches) {
    auto done = PatchApplier(patched, patch, options).run();
    reports.insert(reports.end(), std::make_move_iterator(done.begin()), std::make_move_iterator(done.end()));
  }
  edit = std::move(patched);
  return reports;
}

}  // namespace wheelfix
