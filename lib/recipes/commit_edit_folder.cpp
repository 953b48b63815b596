#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <wheelfix/diff.hpp>
#include <wheelfix/edit_folder.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/recipe.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "change/compare_trees.hpp"
#include "installed/find_distribution.hpp"
#include "recipes/edit_record.hpp"
#include "recipes/originals.hpp"
#include "recipes/recipe_folder.hpp"
#include "toml/toml_table.hpp"
#include "wheel/hash_rows.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

EditRecord read_record(const fs::path& folder) {
  const auto file = folder / edit_record_name;
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    throw Error(ErrorCode::usage, folder.string(),
                is_folder(folder) ? "isn't a folder that `wheelfix edit` made" : "isn't a folder",
                "give the folder that `wheelfix edit` printed; for a folder that you unpacked a wheel to, "
                "there is `wheelfix diff WHEEL FOLDER`");
  return EditRecord::parse(read_file(file, TomlTable::max_size), file.string());
}

[[noreturn]] void refuse_source(const fs::path& folder, const EditRecord& record, std::string_view message,
                                std::string hint) {
  throw Error(ErrorCode::bad_wheel, folder.string(),
              fmt::format("was made from {}, which {}", printable(record.source.string()), message),
              std::move(hint));
}

OriginalDistribution as_published(const fs::path& path) {
  auto wheel = Wheel::open(path);
  return {wheel, WheelEdit(wheel)};
}

OriginalDistribution find_source(const fs::path& folder, const EditRecord& record,
                                 const fs::path& other_wheel) {
  if (!other_wheel.empty()) return as_published(other_wheel);
  std::error_code ignored;
  if (record.kind == EditRecord::Kind::wheel) {
    if (fs::exists(record.source, ignored)) return as_published(record.source);
    refuse_source(folder, record, "is gone", "give the wheel with --wheel");
  }
  if (const auto found = find_distribution(record.source, record.project, {})) return original_of(*found);
  refuse_source(folder, record, fmt::format("has no {} any more", record.project),
                fmt::format("install {0} {1} there again, or give the wheel of {0} {1} with --wheel",
                            record.project, record.version));
}

/// What the folder was made from, if it still has the same files.
OriginalDistribution open_source(const fs::path& folder, const EditRecord& record,
                                 const fs::path& other_wheel) {
  auto source = find_source(folder, record, other_wheel);
  if (digest_of_files(source.wheel) == record.digest) return source;
  if (!other_wheel.empty())
    throw Error(ErrorCode::bad_wheel, other_wheel.string(),
                fmt::format("has other files than {}, which {} was made from",
                            printable(record.source.string()), printable(folder.string())),
                fmt::format("give the wheel of {} {}", record.project, record.version));
  const auto version = source.wheel.name().version_text();
  refuse_source(folder, record,
                version == record.version ? std::string("has other files now")
                                          : fmt::format("has {} {} now", record.project, version),
                "make a new folder with `wheelfix edit`, and make your changes there");
}

void count_lines(const std::string& diff, FolderChange& file) {
  for (const auto& part : parse_diff(diff, file.path).files)
    for (const auto& hunk : part.hunks)
      for (const auto& line : hunk.lines) {
        if (line.kind == HunkLine::Kind::added) ++file.lines_added;
        if (line.kind == HunkLine::Kind::removed) ++file.lines_removed;
      }
}

class Committer {
 public:
  Committer(const fs::path& folder, const CommitOptions& options)
      : folder_(folder),
        options_(options),
        record_(read_record(folder)),
        original_(open_source(folder, record_, options.wheel)),
        source_(original_.wheel) {}

  CommittedFolder run() {
    result_.source = source_.path();
    result_.project = record_.project;
    result_.is_installed = source_.installation() != nullptr;
    compare();
    if (differences_.empty()) return std::move(result_);
    const auto recipe = make_recipe();
    result_.recipe = options_.recipe.empty() ? fs::path("patches") / (record_.project + "-" + record_.version)
                                             : options_.recipe;
    RecipeFolder made(result_.recipe, recipe, options_.overwrite);
    prove();
    made.keep();
    return std::move(result_);
  }

 private:
  void compare() {
    const auto names = VersionedFolders::of(source_);
    const WheelTree before(original_.edit, names);
    const FolderTree after(folder_, names, record_.modes);
    const TreeComparison comparison{
        .wheel = source_,
        .before = before,
        .after = after,
        .max_size = options_.max_input_size,
        .is_same = same_by_record(source_, before, after, options_.jobs),
        .leave_out = [&](const std::string& path) { result_.left_out.push_back(path); }};
    comparison.run([&](FileDifference difference) {
      require_original(difference);
      differences_.push_back(std::move(difference));
    });
  }

  /// RECORD of what is installed may be as it was, and a file not.
  void require_original(const FileDifference& difference) const {
    if (source_.installation() == nullptr || !difference.before) return;
    const auto* row = source_.record().find(difference.path);
    if (row == nullptr || algorithm_of(*row) != HashAlgorithm::sha256) return;
    if (comparable_hash(*row) == record_hash(difference.before->content)) return;
    throw Error(ErrorCode::bad_wheel, (source_.path() / difference.path).string(),
                fmt::format("was changed since {} was made from it", printable(folder_.string())),
                fmt::format("install {} {} again", record_.project, record_.version));
  }

  MadeRecipe make_recipe() {
    MadeRecipe recipe{.project = record_.project,
                      .version = record_.version,
                      .suffix = options_.suffix,
                      .removals = {},
                      .patch = {},
                      .additions = {}};
    for (const auto& difference : differences_) {
      result_.files.push_back(add(difference, recipe));
      if (recipe.patch.size() > options_.max_input_size)
        throw Error(ErrorCode::limit_exceeded, folder_.string() + ": " + printable(difference.path),
                    fmt::format("makes a patch of more than {} bytes", options_.max_input_size),
                    "raise it with --max-input-size, here and for `wheelfix patch`");
    }
    return recipe;
  }

  FolderChange add(const FileDifference& difference, MadeRecipe& recipe) const {
    const auto& [path, before, after] = difference;
    FolderChange file{.path = path,
                      .kind = !before  ? FolderChange::Kind::added
                              : !after ? FolderChange::Kind::removed
                                       : FolderChange::Kind::changed,
                      .is_binary = difference.is_binary()};
    if (before && after && before->mode != after->mode) file.mode = after->mode & 0777;
    if (file.is_binary && !before) {
      recipe.additions.push_back({path, after->content, (after->mode & 0100) != 0});
    } else if (file.is_binary && !after) {
      recipe.removals.push_back(path);
    } else {
      const auto diff = difference.to_diff();
      if (!file.is_binary) count_lines(diff, file);
      recipe.patch += diff;
    }
    return file;
  }

  /// Throws Error{bad_recipe} if the recipe that was written doesn't give the files of the folder.
  void prove() const {
    auto edit = original_.edit;
    apply_recipe(edit, load_recipe(result_.recipe),
                 {.patch = {.max_input_size = options_.max_input_size}, .jobs = options_.jobs});
    const auto is_as_edited = [&](const FileDifference& difference) {
      const auto& [path, before, after] = difference;
      if (!after) return !edit.contains(path);
      if (!edit.contains(path) || edit.read(path) != after->content) return false;
      const bool has_new_mode = !before || before->mode != after->mode;
      return !has_new_mode || ((edit.mode(path) ^ after->mode) & 0100) == 0;
    };
    const auto wrong = std::ranges::find_if_not(differences_, is_as_edited);
    const bool has_others = std::ranges::any_of(edit.overlay(), [&](const auto& item) {
      return !is_difference(item.first) && !is_same(edit, original_.edit, item.first);
    });
    if (wrong == differences_.end() && !has_others) return;
    throw Error(ErrorCode::bad_recipe, result_.recipe.string(),
                has_others ? "would change other files than those that were edited"
                           : fmt::format("would not give {} as it was edited", printable(wrong->path)),
                "files of an older recipe may be in that folder: name another with -o");
  }

  bool is_difference(const std::string& path) const {
    return std::ranges::find(differences_, path, &FileDifference::path) != differences_.end();
  }

  static bool is_same(const WheelEdit& one, const WheelEdit& other, const std::string& path) {
    if (!one.contains(path) || !other.contains(path)) return one.contains(path) == other.contains(path);
    return one.read(path) == other.read(path) && one.mode(path) == other.mode(path);
  }

  const fs::path& folder_;
  const CommitOptions& options_;
  const EditRecord record_;
  const OriginalDistribution original_;
  const Wheel& source_;
  std::vector<FileDifference> differences_;
  CommittedFolder result_;
};

}  // namespace

CommittedFolder commit_edit_folder(const fs::path& folder, const CommitOptions& options) {
  try {
    return Committer(folder, options).run();
  } catch (const fs::filesystem_error& error) {
    throw_io_error(error.path1(), "read", error.code().value());
  }
}

}  // namespace wheelfix
