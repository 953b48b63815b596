#include "binary/elf_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <wheelfix/error.hpp>

#include "binary/elf_draft.hpp"
#include "binary/elf_room.hpp"
#include "binary/elf_strings.hpp"
#include "binary/elf_version_edit.hpp"
#include "binary/elf_wanted.hpp"
#include "binary/read_elf.hpp"

namespace wheelfix {
namespace elf {
namespace {

[[noreturn]] void refuse_request(const std::string& subject, std::string message) {
  throw Error(ErrorCode::usage, subject, std::move(message));
}

void check_name(const std::string& name, std::string_view what, const std::string& subject) {
  if (name.empty()) refuse_request(subject, fmt::format("{} can't be empty", what));
  if (name.find('\0') != std::string::npos) refuse_request(subject, fmt::format("{} can't hold a NUL", what));
}

void check_request(const LibraryEdit& edit, const std::string& subject) {
  if (edit.soname) check_name(*edit.soname, "a soname", subject);
  for (const auto& name : edit.needed.value_or(std::vector<std::string>()))
    check_name(name, "a needed name", subject);
  for (const auto& [old, file] : edit.version_files)
    if (file) check_name(*file, "the file of a version", subject);
  if (!edit.search_path || edit.search_path->empty()) return;
  check_name(join_search_path(*edit.search_path), "a search path", subject);
  for (const auto& entry : *edit.search_path) {
    if (entry.find(':') != std::string::npos)
      refuse_request(subject,
                     fmt::format("'{}' can't be one entry of a search path: it holds a colon", entry));
  }
}

/// Whether each PT_LOAD's offset and address agree modulo its alignment, as before: mmap requires it.
bool is_mappable(const Image& image) {
  return std::all_of(image.segments.begin(), image.segments.end(), [](const Segment& segment) {
    return segment.type != PT_LOAD || segment.alignment < 2 ||
           segment.offset % segment.alignment == segment.address % segment.alignment;
  });
}

void read_back(ByteSource& source, const ContentEdits& edits, const Image& old_image,
               const BinaryInfo& expected) {
  EditedBytes edited(source, edits);
  const auto image = read_image(edited, old_image.subject);
  if (describe(image, edited) != expected || (is_mappable(old_image) && !is_mappable(image)))
    throw Error(ErrorCode::cannot_edit, old_image.subject, "the edited library reads back wrong",
                "please report this as a bug of wheelfix");
  read_sections(image, edited);
}

/// Else an edit could take their place for unused.
void require_in_segments(const Image& image) {
  const auto& dynamic = image.segments[*image.dynamic_segment];
  if (image.has_in_segment(dynamic.address) && image.has_in_segment(string_table(image).address)) return;
  throw Error(ErrorCode::cannot_edit, image.subject,
              "has a dynamic section or strings that no PT_LOAD names: they are mapped by chance",
              "it was edited by another tool: take the library as its linker wrote it");
}

}  // namespace

EditPlan plan_edit(ByteSource& source, const LibraryEdit& edit, const std::string& subject) {
  check_request(edit, subject);
  const auto image = read_image(source, subject);
  if (!image.dynamic_segment)
    throw Error(ErrorCode::cannot_edit, subject,
                "has no dynamic section, so it has no search path and needs nothing",
                "only libraries and programs that are linked dynamically can be edited");
  require_in_segments(image);
  Draft draft(image, source);
  const auto info = describe(image, source);
  auto wanted = wanted_dynamic(image, info, edit);
  const auto dynamic_count = wanted.size();
  add_version_files(wanted, info, edit);
  const auto place = string_table(image);
  const auto table = source.read(place.offset, place.size);
  const auto strings = plan_strings(image, draft.sections, source, table, wanted);
  draft.dynamic.clear();
  for (const auto& entry : std::span(wanted).first(dynamic_count)) draft.dynamic.push_back(entry.entry);
  edit_versions(draft, info, edit, std::span(wanted).subspan(dynamic_count));
  EditPlan plan;
  plan.room = make_room(draft, strings, table, draft.dynamic.size() + 1);
  plan.edits = draft.finish();
  read_back(source, plan.edits, image, expected_info(info, edit));
  return plan;
}

}  // namespace elf

std::string edit_library(std::string bytes, const LibraryEdit& edit, const std::string& subject) {
  MemoryBytes source(bytes);
  const auto edits = elf::plan_edit(source, edit, subject).edits;
  return apply_edits(std::move(bytes), edits);
}

}  // namespace wheelfix
