#include "wheel/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "base/unicode.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/record_update.hpp"
#include "zip/name_audit.hpp"

namespace wheelfix {

namespace {

[[noreturn]] void refuse_entry(const Wheel& wheel, const std::string& path, std::string message,
                               std::string hint) {
  throw Error(ErrorCode::bad_wheel, wheel.path().string() + ": " + printable(path), std::move(message),
              std::move(hint));
}

HeaderDocument edited_metadata(const WheelEdit& edit) {
  const auto path = edit.wheel().dist_info() + "/METADATA";
  return HeaderDocument::parse(edit.read(path), edit.wheel().path().string() + ": " + path);
}

class Planner {
 public:
  explicit Planner(const WheelEdit& edit)
      : edit_(edit),
        wheel_(edit.wheel()),
        source_data_dir_(wheel_.data_dir_name()),
        source_record_path_(wheel_.dist_info() + "/RECORD") {
    dist_info_ = relabelled_folder(edit, wheel_.dist_info(), ".dist-info");
    data_dir_ = relabelled_folder(edit, source_data_dir_, ".data");
    plan_.record_path = dist_info_ + "/RECORD";
  }

  Plan run() {
    add_source_entries();
    add_new_entries();
    require_documents(edit_);
    set_version();
    std::ranges::move(information_, std::back_inserter(plan_.entries));
    refuse_clashes();
    return std::move(plan_);
  }

 private:
  static bool is_in(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
  }

  std::string final_path(const std::string& path) const {
    if (is_in(path, wheel_.dist_info())) return dist_info_ + path.substr(wheel_.dist_info().size());
    if (is_in(path, source_data_dir_)) return data_dir_ + path.substr(source_data_dir_.size());
    return path;
  }

  void add(const zip::Entry* source, const std::string& path, const WheelEdit::Item& item) {
    PlannedEntry entry{.source = source,
                       .path = final_path(path),
                       .edited_path = source != nullptr ? std::string() : path,
                       .content = item.content,
                       .byte_edits = item.byte_edits.empty() ? nullptr : &item.byte_edits,
                       .mode = item.mode,
                       .how = item.how};
    if (is_record_signature(entry.path, dist_info_))
      refuse(path, "can't be in the new wheel: it would be a signature of another RECORD",
             "sign the new wheel");
    if (source != nullptr && entry.path != source->path) entry.how.insert(How::renamed);
    if (entry.has_faulty_header() && !entry.has_new_data()) entry.how.insert(How::header);
    (is_in(entry.path, dist_info_) ? information_ : plan_.entries).push_back(std::move(entry));
  }

  bool is_record_file(const zip::Entry& entry) {
    if (entry.path == source_record_path_) {
      plan_.record = &entry;
    } else if (is_record_signature(entry.path, wheel_.dist_info())) {
      plan_.signatures.push_back(entry.path);
    } else {
      return false;
    }
    return true;
  }

  void add_source_entries() {
    std::map<std::size_t, std::string> moved_to;
    for (const auto& [path, item] : edit_.overlay()) {
      if (item && item->source) moved_to.emplace(*item->source, path);
    }
    const auto& sources = archive_of(wheel_).entries();
    plan_.entries.reserve(sources.size() + edit_.overlay().size() + 1);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (is_record_file(sources[i])) continue;
      if (const auto moved = moved_to.find(i); moved != moved_to.end()) {
        add(&sources[i], moved->second, *edit_.overlay().find(moved->second)->second);
      } else if (edit_.overlay().contains(sources[i].path)) {
        plan_.removed.push_back(sources[i].path);
      } else {
        add(&sources[i], sources[i].path, {});
      }
    }
  }

  void add_new_entries() {
    for (const auto& [path, item] : edit_.overlay()) {
      if (item && !item->source) add(nullptr, path, *item);
    }
    // An entry that was removed and written again is one change, not two.
    std::erase_if(plan_.removed, [&](const std::string& path) { return edit_.contains(path); });
  }

  [[noreturn]] void refuse(const std::string& path, std::string message, std::string hint) const {
    refuse_entry(wheel_, path, std::move(message), std::move(hint));
  }

  void set_version() {
    if (!edit_.version_text()) return;
    const auto found = std::ranges::find(information_, dist_info_ + "/METADATA", &PlannedEntry::path);
    const auto metadata = edited_metadata(edit_);
    found->byte_edits = nullptr;
    found->content = std::make_shared<const std::string>(
        metadata.with("Version", edit_.relabelled(metadata.get("Version").value_or(""))).to_string());
    found->how.insert(How::patched);
  }

  /// What an archive may not have together: two entries of one path, a file that is a folder too, paths that
  /// differ only in case, a second dist-info. The source has none of these, so only new names are looked at.
  void refuse_clashes() const {
    FindingSink findings(std::nullopt);
    std::set<std::string> tops = {folded_name(top_of(plan_.record_path))};
    zip::audit_name(plan_.record_path, findings);
    for (const auto& entry : plan_.entries) {
      if (!has_new_name(entry)) continue;
      const auto top = top_of(entry.path);
      if (top.size() < entry.path.size() && top.ends_with(".dist-info") && top != dist_info_)
        refuse(entry.path, "would be in a second .dist-info folder", "installers accept exactly one");
      zip::audit_name(entry.path, findings);
      tops.insert(folded_name(top));
    }
    zip::audit_clashes(paths_below(tops), findings);
    for (const auto& finding : findings.take()) {
      if (finding.severity == Severity::error)
        refuse(*finding.path, "can't be in the new wheel: " + finding.message,
               "leave it out, or give it another name");
    }
  }

  static std::string_view top_of(std::string_view path) { return path.substr(0, path.find('/')); }

  static bool has_new_name(const PlannedEntry& entry) {
    return entry.source == nullptr || entry.path != entry.source->path;
  }

  /// The paths of the new archive whose first part is one of `tops`, which are folded: others can't clash
  /// with what is there.
  std::vector<std::string_view> paths_below(const std::set<std::string>& tops) const {
    std::vector<std::string_view> paths = {plan_.record_path};
    std::string_view last;
    bool is_below = false;
    for (const auto& entry : plan_.entries) {
      const auto top = top_of(entry.path);
      if (top != last || top.empty()) is_below = tops.contains(folded_name(top));
      last = top;
      if (is_below) paths.push_back(entry.path);
    }
    return paths;
  }

  const WheelEdit& edit_;
  const Wheel& wheel_;
  std::string dist_info_;
  const std::string source_data_dir_;
  const std::string source_record_path_;
  std::string data_dir_;
  Plan plan_;
  std::vector<PlannedEntry> information_;  ///< what is in dist-info, which comes last
};

}  // namespace

std::string relabelled_folder(const WheelEdit& edit, const std::string& folder, std::string_view suffix) {
  const auto dash = folder.find('-');
  const auto version = std::string_view(folder).substr(dash + 1, folder.size() - dash - 1 - suffix.size());
  return folder.substr(0, dash + 1) + edit.relabelled(version) + std::string(suffix);
}

Plan make_plan(const WheelEdit& edit) {
  return Planner(edit).run();
}

void require_documents(const WheelEdit& edit) {
  const auto& wheel = edit.wheel();
  for (const auto* file : {"METADATA", "WHEEL"}) {
    const auto path = wheel.dist_info() + "/" + file;
    const auto changed = edit.overlay().find(path);
    if (changed != edit.overlay().end() && !changed->second)
      refuse_entry(wheel, path, "would be removed",
                   fmt::format("installers need {}: leave it in place", file));
  }
  const auto path = wheel.dist_info() + "/METADATA";
  if (!edit.overlay().contains(path)) return;
  const auto metadata = edited_metadata(edit);
  const auto name = metadata.get("Name").value_or("");
  const auto version_text = metadata.get("Version").value_or("");
  const auto version = Version::try_parse(version_text);
  constexpr auto hint = "the name and the version are those of the file's name: leave them to wheelfix";
  if (normalize_project_name(name) != normalize_project_name(wheel.name().distribution()))
    refuse_entry(wheel, path, fmt::format("would name the project '{}'", printable(name)), hint);
  if (!version || *version != wheel.name().version())
    refuse_entry(wheel, path, fmt::format("would give the version '{}'", printable(version_text)), hint);
}

}  // namespace wheelfix
