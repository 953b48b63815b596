#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/library_rules.hpp>
#include <wheelfix/platform_tag.hpp>

#include "base/byte_edit.hpp"
#include "base/glob.hpp"
#include "base/progress_meter.hpp"
#include "base/text.hpp"
#include "base/thread_budget.hpp"
#include "base/workers.hpp"
#include "binary/elf_wanted.hpp"
#include "binary/read_binary.hpp"
#include "binary/read_elf.hpp"
#include "binary/read_macho.hpp"
#include "change/checked_edit.hpp"
#include "change/glob_limit.hpp"
#include "change/refuse_recipe.hpp"
#include "change/ruled_library.hpp"
#include "environment/inherited_paths.hpp"
#include "library/entry_source.hpp"
#include "library/library_limits.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/entry_scan.hpp"
#include "wheel/splice_cache.hpp"

namespace wheelfix {
namespace {

using Action = LibraryRule::Action;

/// How many libraries LIEF checks by default, each in a process of its own. The most that was seen is 171.
constexpr std::size_t most_checked = 250;
/// The most that the string tables of libraries that inflate more than eightfold may have. Real libraries
/// have up to 10 MB, and inflate less. An edited table is in memory several times.
constexpr std::uint64_t max_tables_size = 16 << 20;

/// From which size on several threads work on one library, and how many at most beside its own.
constexpr std::uint64_t least_shared = 16 << 20;
constexpr unsigned most_helpers = 3;

/// The outcome of the rules for one library.
struct Outcome {
  std::vector<bool> matched;  ///< by rule
  std::vector<bool> found;    ///< by rule: see State::apply
  CheckedEdit edit;
  std::set<How> how;                     ///< empty if nothing changes
  std::optional<BinaryInfo> info;        ///< before; nothing for what isn't ELF or Mach-O
  std::optional<BinaryInfo> after = {};  ///< after the edit
  bool has_first_path = false;           ///< it gets a search path, and had none
  bool is_static_program = false;        ///< and so is left unchanged
};

class RuleApplier {
 public:
  RuleApplier(const WheelEdit& edit, const std::vector<LibraryRule>& rules, const LibraryRuleOptions& options)
      : edit_(edit), rules_(rules), options_(options) {}

  LibraryRuleReport run(WheelEdit& result) {
    const auto paths = edit_.paths();
    require_few_globs(rules_.size() * paths.size(), rules_.front().origin);
    for (const auto& path : paths) {
      if (may_be_library(path) &&
          std::any_of(rules_.begin(), rules_.end(), [&](auto& rule) { return matches(rule, path); }))
        paths_.push_back(path);
    }
    if (paths_.size() > most_checked) leave_libraries();
    biggest_first();
    outcomes_.resize(paths_.size());
    start_meter();
    for_each_parallel(paths_.size(), options_.jobs, [&](std::size_t i) { outcomes_[i] = plan(i); });
    LibraryRuleReport report;
    note_read(report.before);
    plan_heirs(report.before);
    for (std::size_t i = 0; i < rules_.size(); ++i) require_effect(i);
    for (std::size_t i = 0; i < paths_.size(); ++i) put(outcomes_[i], paths_[i], result, report);
    std::sort(report.changed.begin(), report.changed.end());
    tell_unchecked(report);
    return report;
  }

 private:
  static bool matches(const LibraryRule& rule, const std::string& path) {
    return rule.action == Action::set_soname ? rule.glob == path : glob_matches(rule.glob, path);
  }

  /// Before any is edited, because edited ones are read by LIEF too.
  void leave_libraries() {
    std::erase_if(paths_, [&](const std::string& path) { return !begins_as_library(edit_, path); });
    require_few_libraries(edit_, paths_.size());
  }

  void biggest_first() {
    std::stable_sort(paths_.begin(), paths_.end(), [&](const auto& a, const auto& b) {
      return content_size(edit_, a) > content_size(edit_, b);
    });
  }

  void start_meter() {
    std::uint64_t total = 0;
    for (const auto& path : paths_)
      if (const auto* entry = entry_to_splice(path)) total += entry->compressed_size;
    meter_.emplace("editing", total, options_.progress);
  }

  void note_read(KnownLibraries& before) const {
    for (std::size_t i = 0; i < paths_.size(); ++i)
      if (outcomes_[i].info && !edit_.overlay().contains(paths_[i]))
        before.emplace(paths_[i], *outcomes_[i].info);
  }

  /// A first path is a RUNPATH until all libraries are known, and therefore what inherits an RPATH.
  void plan_heirs(KnownLibraries& before) {
    const auto has_first_path = [](const Outcome& outcome) { return outcome.has_first_path; };
    if (std::ranges::none_of(outcomes_, has_first_path)) return;
    const auto heirs = find_heirs(before);
    for_each_parallel(paths_.size(), options_.jobs, [&](std::size_t i) {
      if (outcomes_[i].has_first_path && heirs.contains(paths_[i]))
        outcomes_[i] = plan(i, SearchPathKind::rpath);
    });
  }

  /// The entries of those that rely on an inherited path. `before` gets what has to be read for that.
  std::set<std::string> find_heirs(KnownLibraries& before) const {
    const auto& name = edit_.wheel().name();
    const auto system = promised_system(name.platform_tags());
    if (system.kind != LoaderKind::glibc) return {};
    KnownLibraries known;
    for (std::size_t i = 0; i < paths_.size(); ++i)
      if (outcomes_[i].info) known.emplace(paths_[i], *outcomes_[i].info);
    const auto libraries = read_libraries(edit_, {.jobs = options_.jobs, .known = &known});
    for (const auto& library : libraries.libraries)
      if (!edit_.overlay().contains(library.path)) before.emplace(library.path, library.info);
    PlacedWheels placed(Layout::parse("shared"));
    placed.add(edit_, libraries);
    std::set<std::string> entries;
    for (const auto& path : heirs_of_rpaths(placed, system)) {
      if (const auto* library = placed.find(path)) entries.insert(library->entry);
    }
    return entries;
  }

  static void put(Outcome& outcome, const std::string& path, WheelEdit& result, LibraryRuleReport& report) {
    if (outcome.info) report.after.emplace(path, std::move(outcome.after ? *outcome.after : *outcome.info));
    if (outcome.how.empty()) return;
    if (outcome.edit.content) {
      for (const auto how : outcome.how) result.set_content(path, *outcome.edit.content, how);
    } else {
      result.edit_bytes(path, outcome.edit.edits, outcome.how);
      outcome.edit.edits = {};  // they may be big
    }
    report.changed.push_back(path);
    if (!outcome.edit.finding) return;
    const bool is_told = outcome.edit.finding->severity == Severity::note && !report.findings.empty();
    if (!is_told) report.findings.push_back(std::move(*outcome.edit.finding));
  }

  bool is_unchecked(std::size_t i) const {
    return i >= most_checked && options_.verification == Verification::automatic;
  }

  void tell_unchecked(LibraryRuleReport& report) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < outcomes_.size(); ++i)
      if (is_unchecked(i) && !outcomes_[i].how.empty()) ++count;
    if (count > 0)
      report.findings.push_back(
          {.code = FindingCode::second_reader_absent,
           .severity = Severity::note,
           .wheel = edit_.wheel().path().string(),
           .message = fmt::format("only wheelfix has checked {} of the edited libraries: LIEF checks the {} "
                                  "largest that the rules match, and all with --verify always",
                                  count, most_checked)});
  }

  /// An entry that will probably be edited, and can be spliced: it is read as `write` reads it, and once.
  const zip::Entry* entry_to_splice(const std::string& path) const {
    const bool is_likely = std::ranges::any_of(
        rules_, [&](const LibraryRule& rule) { return adds(rule) && matches(rule, path); });
    return is_likely ? deflated_entry(edit_, path) : nullptr;
  }

  /// Those of other rules change few of the libraries that they match.
  static bool adds(const LibraryRule& rule) {
    return rule.action != Action::remove_rpath && rule.action != Action::remove_needed &&
           rule.action != Action::replace_needed;
  }

  /// `first_kind`: the kind of a path if there was none, unless the options set it.
  Outcome plan(std::size_t i, SearchPathKind first_kind = SearchPathKind::runpath) {
    const auto* entry = entry_to_splice(paths_[i]);
    if (entry == nullptr) {
      Inflater inflater;
      return plan(i, *open_entry(edit_, paths_[i], inflater), first_kind);
    }
    const auto& wheel = edit_.wheel();
    const bool is_first = first_kind == SearchPathKind::runpath;
    EntryScan scan(archive_of(wheel), wheel.record(), *entry, [&](std::uint64_t bytes) {
      if (is_first) meter_->add(bytes);
    });
    const auto helpers = helpers_.take(entry->size < least_shared ? 0 : most_helpers);
    scan.use_threads(1 + helpers.count());
    auto outcome = plan(i, scan, first_kind);
    if (outcome.how.empty() || outcome.edit.content) return outcome;
    outcome.edit.edits = in_sequence({}, outcome.edit.edits, entry->size);
    splices_of(wheel).put(*entry, scan.splice(outcome.edit.edits, options_.verification));
    return outcome;
  }

  Outcome plan(std::size_t i, ByteSource& source, SearchPathKind first_kind) {
    Outcome outcome{std::vector<bool>(rules_.size()), std::vector<bool>(rules_.size()), {}, {}, {}};
    const auto format = binary_format(source.read_up_to(0, binary_head_size));
    if (format == BinaryFormat::elf) plan_elf(i, source, first_kind, outcome);
    if (format == BinaryFormat::macho) plan_macho(i, source, outcome);
    return outcome;
  }

  std::string subject_of(const std::string& path) const {
    return fmt::format("{}: {}", edit_.wheel().path().string(), printable(path));
  }

  void plan_elf(std::size_t i, ByteSource& source, SearchPathKind first_kind, Outcome& outcome) {
    const auto& path = paths_[i];
    const auto image = elf::read_image(source, subject_of(path));
    const auto& info = outcome.info.emplace(elf::describe(image, source));
    const bool is_first = first_kind == SearchPathKind::runpath;
    if (is_first) names_.spend(info);
    outcome.is_static_program = elf::is_static_program(image);
    if (!info.is_dynamic || outcome.is_static_program) return;
    auto [edit, how] = apply_rules(path, info, outcome);
    if (how.empty()) return;
    if (!options_.force) refuse_lost_versions(info, edit, subject_of(path), path);
    outcome.has_first_path = options_.kind == SearchPathKind::keep && edit.search_path &&
                             info.rpath.empty() && info.runpath.empty();
    if (outcome.has_first_path) edit.kind = first_kind;
    outcome.after = elf::expected_info(info, edit);
    if (is_first) names_after_.spend(*outcome.after);
    if (is_first) spend_table(path, image);
    outcome.edit = checked_edit(i, source, info, {edit});
    outcome.how = std::move(how);
  }

  void plan_macho(std::size_t i, ByteSource& source, Outcome& outcome) {
    const auto& path = paths_[i];
    const auto& info = outcome.info.emplace(macho::read_macho(source, subject_of(path)));
    names_.spend(info);
    if (!info.is_dynamic) return;
    std::vector<LibraryEdit> edits;
    for (const auto& part : parts_of(info)) {
      auto [edit, how] = apply_rules(path, part, outcome);
      edits.push_back(std::move(edit));
      outcome.how.merge(how);
    }
    if (outcome.how.empty()) return;
    outcome.edit = checked_edit(i, source, info, edits);
    outcome.after = outcome.edit.after;
    names_after_.spend(*outcome.after);
  }

  std::pair<LibraryEdit, std::set<How>> apply_rules(const std::string& path, const BinaryInfo& info,
                                                    Outcome& outcome) const {
    RuledLibrary library(info);
    for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
      if (!matches(rules_[rule], path)) continue;
      outcome.matched[rule] = true;
      const bool found = library.apply(rules_[rule]);
      if (found && info.format == BinaryFormat::macho && rules_[rule].action == Action::remove_needed)
        refuse_recipe(rules_[rule].origin,
                      printable(path) + " is a Mach-O file, whose symbols name libraries by their number",
                      "replace what it needs by another library instead");
      outcome.found[rule] = outcome.found[rule] || found;
    }
    return library.changes(info, info.format == BinaryFormat::elf ? options_.kind : SearchPathKind::keep);
  }

  CheckedEdit checked_edit(std::size_t i, ByteSource& source, const BinaryInfo& info,
                           const std::vector<LibraryEdit>& edits) const {
    return plan_checked_edit({edit_, paths_[i], source, info}, edits, reader_,
                             is_unchecked(i) ? Verification::never : options_.verification);
  }

  void spend_table(const std::string& path, const elf::Image& image) {
    if (!inflates_to(edit_, path, 8)) return;
    if (tables_size_ += elf::string_table(image).size; tables_size_ <= max_tables_size) return;
    throw Error(ErrorCode::limit_exceeded, edit_.wheel().path().string(),
                fmt::format("the dynamic strings of the libraries to edit inflate to more than {} bytes",
                            max_tables_size),
                "no compiler makes such libraries: ask the publisher for another wheel");
  }

  static void refuse_lost_versions(const BinaryInfo& info, const LibraryEdit& edit,
                                   const std::string& subject, const std::string& path) {
    for (const auto& need : info.versions_needed) {
      const auto found = edit.version_files.find(need.file);
      if (found == edit.version_files.end() || found->second) continue;
      const auto file = printable(need.file);
      throw Error(ErrorCode::bad_recipe, subject,
                  fmt::format("would no longer need {}, from which it requires symbol versions ({}): glibc's "
                              "loader ends the process because of that",
                              file, printable(fmt::format("{}", fmt::join(need.versions, ", ")))),
                  fmt::format("`--replace-needed '{}={}:NEW'` requires them from another library; --force "
                              "removes the versions too",
                              printable(path), file));
    }
  }

  [[noreturn]] void refuse_unmatched(const LibraryRule& rule) const {
    const bool is_entry = edit_.contains(rule.glob);
    const auto glob = printable(rule.glob);
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (!outcomes_[i].is_static_program || !matches(rule, paths_[i])) continue;
      constexpr auto why =
          "is a statically linked program: it needs no library, and no loader reads its dynamic section";
      if (is_entry)
        refuse_recipe(rule.origin, fmt::format("{} {}", glob, why), "leave it out; globs skip such programs");
      refuse_recipe(rule.origin, fmt::format("{} matches no library; {} {}", glob, printable(paths_[i]), why),
                    "leave the rule out");
    }
    refuse_recipe(rule.origin,
                  is_entry
                      ? fmt::format("{} is neither an ELF library with a dynamic section nor a Mach-O one", glob)
                      : fmt::format("{} matches no library in {}", glob, edit_.wheel().path().string()),
                  "`wheelfix inspect` lists the wheel's libraries");
  }

  void require_effect(std::size_t i) const {
    const auto& rule = rules_[i];
    const auto any = [&](auto flags) {
      return std::any_of(outcomes_.begin(), outcomes_.end(),
                         [&](const Outcome& outcome) { return (outcome.*flags)[i]; });
    };
    if (!any(&Outcome::matched)) refuse_unmatched(rule);
    if (!any(&Outcome::found)) {
      throw Error(
          ErrorCode::bad_recipe, rule.origin,
          fmt::format("no library that {} matches has {}", printable(rule.glob),
                      printable(rule.action == Action::replace_needed ? rule.values[0]
                                                                      : join_search_path(rule.values))),
          "`wheelfix inspect` shows what the wheel's libraries need, and where they look for it");
    }
  }

  const WheelEdit& edit_;
  const std::vector<LibraryRule>& rules_;
  const LibraryRuleOptions& options_;
  SecondReader reader_ = SecondReader::find();
  NamesBudget names_{edit_};
  NamesBudget names_after_{edit_, NamesBudget::Of::edited_libraries};
  std::atomic<std::uint64_t> tables_size_ = 0;
  std::optional<ProgressMeter> meter_;
  ThreadBudget helpers_{resolve_jobs(options_.jobs) - 1};
  std::vector<std::string> paths_;
  std::vector<Outcome> outcomes_;
};

}  // namespace

LibraryRuleReport apply_library_rules(WheelEdit& edit, const std::vector<LibraryRule>& rules,
                                      const LibraryRuleOptions& options) {
  if (rules.empty()) return {};
  WheelEdit result = edit;
  auto report = RuleApplier(edit, rules, options).run(result);
  edit = std::move(result);
  return report;
}

}  // namespace wheelfix
