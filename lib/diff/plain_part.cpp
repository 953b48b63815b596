#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "diff/file_part.hpp"
#include "diff/hunk_parser.hpp"
#include "diff/notice.hpp"

namespace wheelfix {
namespace {

HeaderName take_name_line(PatchText& text, std::string_view marker) {
  auto name = parse_header_name(text.line().substr(marker.size()));
  if (!name) text.fail(fmt::format("the name on the '{}' line is damaged", trim(marker)));
  if (!name->is_dev_null()) check_name(text, text.number(), name->name);
  text.advance();
  return std::move(*name);
}

bool is_absent(const HeaderName& name, const FileDiff& file, bool old_side) {
  if (name.is_dev_null()) return true;
  if (!name.is_epoch || file.hunks.size() != 1) return false;
  const auto& hunk = file.hunks.front();
  return old_side ? hunk.old_count == 0 && hunk.old_start == 0 : hunk.new_count == 0 && hunk.new_start == 0;
}

}  // namespace

void check_name(const PatchText& text, std::size_t line, std::string_view name) {
  if (const auto fault = name_fault(name)) {
    text.fail_at(line, fmt::format("the name '{}' {}", printable(name), *fault),
                 "a patch may only name files below its own folder");
  }
}

NameLines take_name_lines(PatchText& text) {
  NameLines names;
  names.line = text.number();
  names.has_crlf = text.raw().ends_with('\r') && text.raw(1).ends_with('\r');
  names.old_name = take_name_line(text, "--- ");
  if (!text.line().starts_with("+++ ")) text.fail("a '+++' line must follow the '---' line");
  names.new_name = take_name_line(text, "+++ ");
  if (names.old_name.is_dev_null() && names.new_name.is_dev_null())
    text.fail_at(names.line, "both names are /dev/null");
  return names;
}

void check_one_sided(const PatchText& text, const FileDiff& file) {
  const bool creates = file.kind == FileDiff::Kind::create;
  if ((!creates && file.kind != FileDiff::Kind::remove) || file.hunks.empty()) return;
  if (file.hunks.size() > 1)
    text.fail_at(file.hunks[1].patch_line, "a file that is created or removed must have only one hunk");
  const auto& hunk = file.hunks.front();
  if (creates && hunk.old_count > 0)
    text.fail_at(hunk.patch_line, "the file is created, but the hunk has old lines");
  if (!creates && hunk.new_count > 0)
    text.fail_at(hunk.patch_line, "the file is removed, but the hunk has new lines");
}

void settle_absence(const PatchText& text, FileDiff& file, const NameLines& names) {
  if (file.kind == FileDiff::Kind::modify) {
    if (is_absent(names.old_name, file, true)) file.kind = FileDiff::Kind::create;
    if (is_absent(names.new_name, file, false)) file.kind = FileDiff::Kind::remove;
  }
  if (file.kind == FileDiff::Kind::create) file.old_name.clear();
  if (file.kind == FileDiff::Kind::remove) file.new_name.clear();
  check_one_sided(text, file);
}

FileDiff parse_plain_part(PatchText& text) {
  FileDiff file;
  file.patch_line = text.number();
  const auto names = take_name_lines(text);
  if (!text.line().starts_with("@@ ")) fail_without_hunk(text);
  file.old_name = names.old_name.name;
  file.new_name = names.new_name.name;
  file.hunks = parse_hunks(text, names.has_crlf);
  settle_absence(text, file, names);
  return file;
}

}  // namespace wheelfix
