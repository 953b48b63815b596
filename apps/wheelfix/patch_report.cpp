#include "wheelfix/patch_report.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <wheelfix/lost_loads.hpp>

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

std::string hunk_notes(const PatchedFile& file) {
  std::string notes;
  for (const auto& hunk : file.hunks) {
    if (hunk.offset == 0 && hunk.fuzz == 0) continue;
    notes += fmt::format("; hunk at line {} of the patch", hunk.patch_line);
    if (hunk.offset != 0)
      notes +=
          fmt::format(" found {} lines further {}", std::abs(hunk.offset), hunk.offset > 0 ? "down" : "up");
    if (hunk.fuzz != 0) notes += fmt::format(" with fuzz {}", hunk.fuzz);
  }
  if (file.crlf_kept) notes += "; its CRLF line ends are kept";
  return notes;
}

std::string describe(const PatchedFile& file) {
  const auto from =
      file.old_entry != file.entry && !file.old_entry.empty() ? " from " + printable(file.old_entry) : "";
  const auto patch = fs::path(file.patch).filename().string();
  if (file.skipped) return fmt::format("skipped  {} ({}: already applied)", printable(file.entry), patch);
  constexpr std::array verbs = {"patched", "added", "removed", "renamed", "copied"};
  return fmt::format("{:<9}{}{} ({}){}", verbs.at(static_cast<std::size_t>(file.kind)), printable(file.entry),
                     from, patch, hunk_notes(file));
}

std::string describe(const RecipeReport::Removed& removed) {
  if (removed.entries.size() == 1) return fmt::format("{:<9}{}", "removed", printable(removed.entries[0]));
  return fmt::format("{:<9}{} ({} entries)", "removed", printable(removed.glob), removed.entries.size());
}

std::string describe(const char* verb, const Recipe::Addition& addition) {
  return fmt::format("{:<9}{} ({})", verb, printable(addition.entry), addition.file.filename().string());
}

std::string describe(const Change& change) {
  return fmt::format("{:<9}{}", to_string(change.how), printable(change.path));
}

bool is_library_edit(const Change& change) {
  return change.how == How::rpath || change.how == How::needed || change.how == How::soname;
}

void print_recipe_changes(const RecipeReport& report, const std::vector<Change>& changed) {
  for (const auto& removed : report.removed) print_line(describe(removed));
  for (const auto& file : report.patched) print_line(describe(file));
  for (const auto& addition : report.added) print_line(describe("added", addition));
  for (const auto& change : changed) {
    if (is_library_edit(change)) print_line(describe(change));
  }
  for (const auto& stub : report.stubs) print_line(describe("stub", stub));
}

nlohmann::ordered_json to_json(const WheelEdit& edit, const WriteResult& result) {
  return {{"source", edit.wheel().path().string()},
          {"output", result.output.string()},
          {"sha256", string_or_null(result.sha256)},
          {"changed", cli::to_json(result.changed)}};
}

/// As sha256sum has it, after the word.
void print_hashes(const CommandLine& line, const std::vector<WriteResult>& results) {
  if (line.verbosity() != Verbosity::verbose) return;
  for (const auto& result : results) {
    if (!result.sha256.empty())
      print_line(fmt::format("sha256   {}  {}", result.sha256, result.output.string()));
  }
}

}  // namespace

void check_loads(const CommandLine& line, const WheelEdit& edit, const RecipeReport& report) {
  auto lost = lost_loads(edit, {.jobs = line.jobs(),
                                .progress = progress_line(line.verbosity()),
                                .before = &report.libraries_before,
                                .after = &report.libraries_after});
  const auto count = std::ranges::count(lost, Severity::error, &Finding::severity);
  if (line.has("force"))
    for (auto& finding : lost) finding.severity = Severity::warning;
  print_lost_loads(line, lost);
  if (count == 0 || line.has("force")) return;
  throw Error(ErrorCode::bad_wheel, edit.wheel().path().string(),
              fmt::format("{} in the source and would not in the new wheel; nothing is written",
                          count == 1 ? "one library loads" : fmt::format("{} libraries load", count)),
              "--force writes it anyway");
}

void print_changes(const std::vector<Change>& changes) {
  for (const auto& change : changes) print_line(describe(change));
}

nlohmann::ordered_json to_json(const std::vector<Change>& changes) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& change : changes)
    list.push_back({{"path", change.path}, {"how", std::string(to_string(change.how))}});
  return list;
}

void print_findings(const CommandLine& line, const std::vector<Finding>& findings) {
  for (const auto& finding : at_most_alike(findings, line.limits().max_alike)) {
    const auto text = (finding.path ? printable(*finding.path) + ": " : "") + finding.message;
    if (finding.severity == Severity::note && line.verbosity() == Verbosity::quiet) continue;
    print_line((finding.severity == Severity::note ? "note: " : "warning: ") + text);
    if (finding.more == 0) continue;
    const bool is_all = line.verbosity() == Verbosity::verbose;
    print_line(is_all ? fmt::format("and {} more like it", finding.more) : more_alike(finding));
  }
}

void print_lost_loads(const CommandLine& line, const std::vector<Finding>& findings) {
  const auto most = line.verbosity() == Verbosity::verbose ? findings.size() : 10;
  for (std::size_t i = 0; i < std::min(most, findings.size()); ++i) {
    auto text = format_finding(findings[i], "");
    text.pop_back();
    print_line(text);
  }
  if (findings.size() > most)
    print_line(fmt::format("and {} more that no longer load (-v lists all)", findings.size() - most));
}

void print_report(const CommandLine& line, const WheelEdit& edit, const RecipeReport& report,
                  const std::vector<Change>& changed, const std::vector<Finding>& notes) {
  print_findings(line, edit.wheel().warnings());
  print_findings(line, report.findings);
  print_findings(line, notes);
  if (line.verbosity() == Verbosity::quiet) return;
  if (line.has("dry-run")) print_line("dry run: nothing is written");
  print_recipe_changes(report, changed);
  if (edit.overlay().empty())
    print_line(edit.version_text() ? "note: nothing is changed but the version" : "note: nothing is changed");
  if (line.verbosity() != Verbosity::verbose) return;
  print_changes(changed);
}

void print_written(const CommandLine& line, const std::vector<const WheelEdit*>& edits,
                   const std::vector<WriteResult>& results, const nlohmann::ordered_json& more) {
  auto items = nlohmann::ordered_json::array();
  std::string paths;
  for (std::size_t i = 0; i < results.size(); ++i) {
    items.push_back(to_json(*edits[i], results[i]));
    paths += results[i].output.string() + "\n";
  }
  print_hashes(line, results);
  try {
    nlohmann::ordered_json document = {{"wheels", items}};
    document.update(more);
    line.json() ? print_json(document) : print(paths);
  } catch (const Error& error) {
    throw Error(error.code(), error.subject(), error.message() + "; no wheel is written", error.hint());
  }
}

void print_written(const CommandLine& line, const std::vector<const WheelEdit*>& edits,
                   const std::vector<WriteResult>& results) {
  print_written(line, edits, results, nlohmann::ordered_json::object());
}

}  // namespace cli
