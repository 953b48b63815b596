#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "diff/file_part.hpp"
#include "diff/hunk_parser.hpp"
#include "diff/notice.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view git_line = "diff --git ";
constexpr std::string_view dev_null = "/dev/null";
constexpr std::string_view empty_blob_sha1 = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
constexpr std::string_view empty_blob_sha256 =
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";

// Whether an id on an index line is that of an absent or empty file.
bool is_nothing(std::string_view id) {
  return id.find_first_not_of('0') == id.npos || empty_blob_sha1.starts_with(id) ||
         empty_blob_sha256.starts_with(id);
}

class GitPartReader {
 public:
  explicit GitPartReader(PatchText& text) : text_(text), git_names_(text.line().substr(git_line.size())) {
    file_.patch_line = text.number();
  }

  FileDiff read() {
    text_.advance();
    while (take_extended_line()) text_.advance();
    check_extended_lines();
    take_content();
    settle_names();
    check_change();
    return std::move(file_);
  }

 private:
  bool take_extended_line() {
    using Take = void (GitPartReader::*)(std::string_view);
    static constexpr std::pair<std::string_view, Take> extended_lines[] = {
        {"old mode ", &GitPartReader::take_old_mode},
        {"new mode ", &GitPartReader::take_new_mode},
        {"new file mode ", &GitPartReader::take_new_file},
        {"deleted file mode ", &GitPartReader::take_deleted_file},
        {"rename from ", &GitPartReader::take_rename_from},
        {"rename to ", &GitPartReader::take_rename_to},
        {"copy from ", &GitPartReader::take_copy_from},
        {"copy to ", &GitPartReader::take_copy_to},
        {"index ", &GitPartReader::take_index},
        {"similarity index ", &GitPartReader::take_percentage},
        {"dissimilarity index ", &GitPartReader::take_percentage},
    };
    const auto line = text_.line();
    for (const auto& [key, take] : extended_lines) {
      if (!line.starts_with(key)) continue;
      (this->*take)(line.substr(key.size()));
      return true;
    }
    return false;
  }

  void take_old_mode(std::string_view value) { file_.old_mode = parse_mode(value); }
  void take_new_mode(std::string_view value) { file_.new_mode = parse_mode(value); }
  void take_new_file(std::string_view value) {
    settle_kind(FileDiff::Kind::create);
    file_.new_mode = parse_mode(value);
  }
  void take_deleted_file(std::string_view value) {
    settle_kind(FileDiff::Kind::remove);
    file_.old_mode = parse_mode(value);
  }
  void take_rename_from(std::string_view value) { take_tail(old_tail_, value, FileDiff::Kind::rename); }
  void take_rename_to(std::string_view value) { take_tail(new_tail_, value, FileDiff::Kind::rename); }
  void take_copy_from(std::string_view value) { take_tail(old_tail_, value, FileDiff::Kind::copy); }
  void take_copy_to(std::string_view value) { take_tail(new_tail_, value, FileDiff::Kind::copy); }
  void take_percentage(std::string_view) {}

  // `OLD..NEW` or, if the mode stays, `OLD..NEW MODE`
  void take_index(std::string_view value) {
    const auto dots = value.find("..");
    if (dots == value.npos) text_.fail("the index line is damaged");
    const auto space = std::min(value.find(' '), value.size());
    const auto old_id = value.substr(0, dots);
    const auto new_id = value.substr(dots + 2, std::max(space, dots + 2) - dots - 2);
    ids_differ_ = old_id != new_id && !(is_nothing(old_id) && is_nothing(new_id));
    if (space < value.size()) file_.old_mode = parse_mode(value.substr(space + 1));
  }

  void take_tail(std::string& tail, std::string_view value, FileDiff::Kind kind) {
    settle_kind(kind);
    auto name = parse_lone_name(value);
    if (!name) text_.fail("the name on this line is damaged");
    check_name(text_, text_.number(), *name);
    tail = std::move(*name);
  }

  unsigned parse_mode(std::string_view value) const {
    unsigned mode = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), mode, 8);
    if (value.empty() || error != std::errc() || end != value.data() + value.size())
      text_.fail("the mode is damaged");
    if ((mode & 0170000U) == 0120000U)
      text_.fail("the patch makes or changes " + named("symlink"), "a wheel holds no symlinks");
    if (mode == 0160000U)
      text_.fail("the patch changes " + named("submodule"), "a wheel holds no submodules");
    if ((mode & ~0777U) != 0100000U)
      text_.fail(fmt::format("the mode {:o} is not that of a plain file", mode));
    return mode;
  }

  // The entry as the `diff --git` line names it, if that is known already.
  std::string named(std::string_view what) const {
    const auto names = parse_git_names(git_names_, old_tail_, new_tail_);
    return names ? fmt::format("the {} '{}'", what, printable(names->second)) : fmt::format("a {}", what);
  }

  void settle_kind(FileDiff::Kind kind) {
    if (file_.kind != FileDiff::Kind::modify && file_.kind != kind) {
      text_.fail("the file is created, removed, renamed or copied, but only one of these");
    }
    file_.kind = kind;
  }

  void check_extended_lines() const {
    if (moves() && (old_tail_.empty() || new_tail_.empty()))
      fail("a 'from' and a 'to' line must both be there");
    if (file_.kind == FileDiff::Kind::modify && file_.new_mode && !file_.old_mode)
      fail("a 'new mode' line has no 'old mode' line");
  }

  void take_content() {
    if (text_.line().starts_with("--- ")) {
      name_lines_ = take_name_lines(text_);
      if (!text_.line().starts_with("@@ ")) fail_without_hunk(text_);
      file_.hunks = parse_hunks(text_, name_lines_->has_crlf);
    } else if (text_.line() == "GIT binary patch") {
      take_binary_hunks(text_, file_);
    } else if (is_binary_notice(text_.line())) {
      fail_binary_notice(text_);
    }
  }

  void settle_names() {
    const auto names = git_names();
    if (names && name_lines_) check_agreement(*names, *name_lines_);
    if (!names && !name_lines_) return take_tails_as_names();
    if (!name_lines_ && (names->first == dev_null || names->second == dev_null))
      fail("a name on the 'diff --git' line is /dev/null, and no '---' line follows",
           "git writes the file's name on both sides, and 'new file mode' or 'deleted file mode' below it");
    const auto used =
        name_lines_ ? *name_lines_ : NameLines{{names->first}, {names->second}, file_.patch_line};
    file_.old_name = used.old_name.name;
    file_.new_name = used.new_name.name;
    check_dev_null(used);
    if (moves() && (!ends_in(file_.old_name, old_tail_) || !ends_in(file_.new_name, new_tail_))) {
      fail("the 'from' and 'to' lines name other files than the '---' and '+++' lines");
    }
    settle_absence(text_, file_, used);
  }

  // Those of the `diff --git` line, if they can be told apart and fit the rename or copy lines.
  std::optional<std::pair<std::string, std::string>> git_names() const {
    auto names = parse_git_names(git_names_, old_tail_, new_tail_);
    if (!names) return std::nullopt;
    for (const auto& name : {names->first, names->second}) {
      if (name != dev_null) check_name(text_, file_.patch_line, name);
    }
    if (moves() && (!ends_in(names->first, old_tail_) || !ends_in(names->second, new_tail_)))
      return std::nullopt;
    return names;
  }

  void check_agreement(const std::pair<std::string, std::string>& names, const NameLines& lines) const {
    const auto check = [&](const std::string& name, const HeaderName& line, std::string_view marker) {
      if (name == line.name || line.is_dev_null() || name == dev_null) return;
      text_.fail_at(lines.line, fmt::format("the 'diff --git' line names '{}', but the '{}' line '{}'",
                                            printable(name), marker, printable(line.name)));
    };
    check(names.first, lines.old_name, "---");
    check(names.second, lines.new_name, "+++");
  }

  void check_dev_null(const NameLines& names) const {
    using enum FileDiff::Kind;
    const bool old_null = names.old_name.is_dev_null();
    const bool new_null = names.new_name.is_dev_null();
    if ((old_null && (file_.kind == remove || moves())) || (new_null && (file_.kind == create || moves()))) {
      text_.fail_at(names.line, "a name is /dev/null on the side where the file is");
    }
  }

  void take_tails_as_names() {
    if (!moves())
      fail("the names on the 'diff --git' line can't be told apart",
           "its two names must be the same after their first folder");
    file_.old_name = old_tail_;
    file_.new_name = new_tail_;
    file_.names_lack_prefix = true;
  }

  void check_change() const {
    if (!file_.hunks.empty() || file_.binary) return;
    if (ids_differ_)
      fail("the index line says that the content changes, but no hunk follows",
           "the patch file is cut short");
    const bool mode_changes = file_.new_mode && file_.new_mode != file_.old_mode;
    if (file_.kind == FileDiff::Kind::modify && !mode_changes)
      fail("no change follows the 'diff --git' line");
  }

  bool moves() const { return file_.kind == FileDiff::Kind::rename || file_.kind == FileDiff::Kind::copy; }

  [[noreturn]] void fail(std::string message, std::string hint = {}) const {
    text_.fail_at(file_.patch_line, std::move(message), std::move(hint));
  }

  PatchText& text_;
  std::string_view git_names_;
  FileDiff file_;
  std::string old_tail_;
  std::string new_tail_;
  std::optional<NameLines> name_lines_;
  bool ids_differ_ = false;
};

}  // namespace

FileDiff parse_git_part(PatchText& text) {
  return GitPartReader(text).read();
}

}  // namespace wheelfix
