#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/library.hpp>
#include <wheelfix/recipe.hpp>
#include <wheelfix/stub.hpp>

#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"
#include "change/glob_limit.hpp"
#include "change/refuse_recipe.hpp"
#include "wheel/record_update.hpp"
#include "zip/name_audit.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_repeated = 64 << 20;

void require_patches_alone(const Recipe& recipe) {
  constexpr auto message = "--reverse undoes only patches";
  constexpr auto hint = "leave out the rest, or start from the published wheel";
  for (const auto* additions : {&recipe.additions, &recipe.stubs}) {
    if (!additions->empty()) refuse_recipe(additions->front().where, message, hint);
  }
  if (!recipe.removals.empty()) refuse_recipe(recipe.removals.front().where, message, hint);
  if (!recipe.rules.empty()) refuse_recipe(recipe.rules.front().origin, message, hint);
}

/// The files that a recipe names, read before the wheel.
struct RecipeFiles {
  std::vector<Diff> patches;
  std::vector<StubTemplate> stubs;

  RecipeFiles(const Recipe& recipe, std::uint64_t max_size) {
    for (const auto& patch : recipe.patches) patches.push_back(load_patch(patch.file, max_size));
    for (const auto& stub : recipe.stubs) stubs.push_back(load_stub_template(stub.file));
  }
};

class RecipeApplier {
 public:
  RecipeApplier(WheelEdit& edit, const Recipe& recipe, const RecipeOptions& options)
      : edit_(edit), recipe_(recipe), options_(options), files_(recipe, options.patch.max_input_size) {}

  RecipeReport run() {
    for (const auto& target : recipe_.targets) check(target);
    for (const auto& removal : recipe_.removals) remove(removal);
    patch();
    for (const auto& addition : recipe_.additions) add(addition);
    apply_rules();
    if (!recipe_.stubs.empty()) make_stubs();
    return std::move(report_);
  }

 private:
  void apply_rules() {
    auto done = apply_library_rules(edit_, recipe_.rules, rule_options());
    report_.edited = std::move(done.changed);
    report_.findings = std::move(done.findings);
    report_.libraries_before = std::move(done.before);
    report_.libraries_after = std::move(done.after);
  }

  std::string wheel() const { return edit_.wheel().path().string(); }

  void check(const Recipe::Target& target) const {
    const auto& name = edit_.wheel().name();
    if (normalize_project_name(name.distribution()) != normalize_project_name(target.project))
      refuse_recipe(target.where, fmt::format("is for the project {}, but {} isn't a wheel of it",
                                              printable(target.project), wheel()));
    if (!target.versions.contains(name.version()))
      refuse_recipe(target.where,
                    fmt::format("is for {} {}, and {} is {}", printable(target.project),
                                printable(target.versions.text()), wheel(), name.version_text()),
                    "use the recipe for this version; widen `versions` only if you know that it fits");
  }

  /// The documents that every wheel must have.
  bool is_indispensable(const std::string& path) const {
    const auto& folder = edit_.wheel().dist_info();
    return path == folder + "/METADATA" || path == folder + "/WHEEL" || path == folder + "/RECORD";
  }

  void remove(const Recipe::Removal& removal) {
    RecipeReport::Removed removed{removal.glob, {}};
    const auto paths = edit_.paths();
    looked_at_ += paths.size();
    require_few_globs(looked_at_, removal.where);
    for (const auto& path : paths) {
      if (!glob_matches(removal.glob, path)) continue;
      if (is_indispensable(path))
        refuse_recipe(removal.where, fmt::format("{} matches {}", printable(removal.glob), printable(path)),
                      "a wheel must have it: use a glob that doesn't match it");
      edit_.remove(path);
      removed.entries.push_back(path);
    }
    if (removed.entries.empty() && options_.patch.skip_applied) return;
    if (removed.entries.empty())
      refuse_recipe(removal.where, fmt::format("{} matches no entry of {}", printable(removal.glob), wheel()),
                    "`*` matches `/` too; `wheelfix inspect -v WHEEL` lists the entries");
    report_.removed.push_back(std::move(removed));
  }

  unsigned strip(std::size_t index) const {
    return recipe_.patches[index].strip.value_or(options_.patch.strip);
  }

  /// Runs of patches with one -p go to apply_patches together.
  void patch() {
    std::vector<std::pair<std::size_t, std::size_t>> runs;
    for (std::size_t i = 0; i < files_.patches.size(); ++i) {
      if (runs.empty() || strip(runs.back().first) != strip(i)) runs.emplace_back(i, i);
      runs.back().second = i + 1;
    }
    if (options_.patch.reverse) std::ranges::reverse(runs);
    for (const auto& [begin, end] : runs) {
      auto options = options_.patch;
      options.strip = strip(begin);
      const auto first = std::make_move_iterator(files_.patches.begin());
      const std::vector<Diff> patches(first + static_cast<std::ptrdiff_t>(begin),
                                      first + static_cast<std::ptrdiff_t>(end));
      auto done = apply_patches(edit_, patches, options);
      std::ranges::move(done, std::back_inserter(report_.patched));
    }
  }

  /// Whether the entry may be skipped.
  bool is_there(const std::string& entry, const std::string& content) const {
    return options_.patch.skip_applied && edit_.contains(entry) && edit_.read(entry) == content;
  }

  void require_absent(const Recipe::Addition& addition) const {
    if (const auto* reason = zip::unsafe_name_reason(addition.entry))
      refuse_recipe(addition.where,
                    fmt::format("{} can't be an entry: {}", printable(addition.entry), reason));
    if (addition.entry.ends_with('/'))
      refuse_recipe(addition.where,
                    fmt::format("{} can't be an entry: it is a folder's name", printable(addition.entry)));
    if (is_record_or_signature(addition.entry, edit_.wheel().dist_info()))
      refuse_recipe(addition.where,
                    fmt::format("{} can't be added: RECORD is made when the wheel is written, and a "
                                "signature of it would not match",
                                printable(addition.entry)),
                    "sign the new wheel");
    if (edit_.contains(addition.entry) || is_indispensable(addition.entry))
      refuse_recipe(addition.where, fmt::format("{} is in {} already", printable(addition.entry), wheel()),
                    "to replace an entry, remove it too: removals come first");
  }

  void add(const Recipe::Addition& addition) {
    auto content = read_file(addition.file);
    if (is_there(addition.entry, content)) return;
    require_absent(addition);
    // One small file may be added under any number of names, with its content in memory for each.
    if (!added_.insert(addition.file).second) repeated_ += content.size();
    if (repeated_ > most_repeated)
      throw Error(ErrorCode::limit_exceeded, addition.where,
                  fmt::format("adds files again that have more than {} bytes together", most_repeated),
                  "patch the wheel twice");
    edit_.set_content(addition.entry, std::move(content));
    if ((fs::status(addition.file).permissions() & fs::perms::owner_exec) != fs::perms::none)
      edit_.set_mode(addition.entry, 0755);
    report_.added.push_back(addition);
  }

  LibraryRuleOptions rule_options() const {
    return {.kind = recipe_.rpath_kind ? recipe_.rpath_kind->kind : SearchPathKind::keep,
            .verification = options_.verification,
            .jobs = options_.jobs,
            .force = options_.force,
            .progress = options_.progress};
  }

  void make_stubs() {
    StubLibraries libraries;
    auto read = read_libraries(edit_, {.jobs = options_.jobs, .progress = options_.progress});
    for (auto& library : read.libraries) libraries.emplace(std::move(library.path), std::move(library.info));
    report_.findings.insert(report_.findings.end(), read.findings.begin(), read.findings.end());
    for (std::size_t i = 0; i < recipe_.stubs.size(); ++i) {
      const auto& stub = recipe_.stubs[i];
      auto content = make_stub(files_.stubs[i], libraries);
      if (is_there(stub.entry, content)) continue;
      require_absent(stub);
      edit_.set_content(stub.entry, std::move(content), How::stub);
      report_.stubs.push_back(stub);
    }
  }

  WheelEdit& edit_;
  const Recipe& recipe_;
  const RecipeOptions& options_;
  RecipeFiles files_;
  std::set<fs::path> added_;
  std::uint64_t looked_at_ = 0;  ///< entries, summed over the globs that remove some
  std::uint64_t repeated_ = 0;   ///< bytes of files that were added before
  RecipeReport report_;
};

}  // namespace

RecipeReport apply_recipe(WheelEdit& edit, const Recipe& recipe, const RecipeOptions& options) {
  if (options.patch.reverse) require_patches_alone(recipe);
  try {
    WheelEdit edited = edit;
    auto report = RecipeApplier(edited, recipe, options).run();
    edit = std::move(edited);
    return report;
  } catch (const Error& error) {
    const bool is_archive = edit.wheel().installation() == nullptr;
    if (error.code() != ErrorCode::cancelled && is_archive) edit.wheel().require_unchanged();
    throw;
  }
}

}  // namespace wheelfix
