// The input is a line `KIND PATH SONAME NEEDED...` and a library; a dash stands for what stays, and `OLD=NEW`
// among the needed for a file that versions are asked of and the one in its place, if any. Editing gives a
// library that reads back as asked, and isn't much larger, or one of the errors that are promised.
#include <algorithm>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "fuzz/check.hpp"

namespace {

using namespace wheelfix;

LibraryEdit parse_edit(std::string_view line) {
  const auto words = split(line, ' ');
  LibraryEdit edit;
  edit.kind = words[0] == "rpath"     ? SearchPathKind::rpath
              : words[0] == "runpath" ? SearchPathKind::runpath
                                      : SearchPathKind::keep;
  if (words.size() > 1 && words[1] != "-") edit.search_path = split_search_path(words[1]);
  if (words.size() > 2 && words[2] != "-") edit.soname = words[2];
  for (std::size_t i = 3; i < words.size(); ++i) {
    const std::string word(words[i]);
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      if (!edit.needed) edit.needed.emplace();
      edit.needed->push_back(word);
    } else {
      const auto file = word.substr(equals + 1);
      edit.version_files[word.substr(0, equals)] = file.empty() ? std::nullopt : std::optional(file);
    }
  }
  return edit;
}

void check(std::string_view library, const std::string& edited, const LibraryEdit& edit,
           std::size_t line_size) {
  const auto info = read_binary(edited, "edited.so");
  if (edit.search_path) CHECK_PROPERTY(info.rpath == *edit.search_path || info.runpath == *edit.search_path);
  if (edit.kind == SearchPathKind::rpath) CHECK_PROPERTY(info.runpath.empty());
  if (edit.kind == SearchPathKind::runpath) CHECK_PROPERTY(info.rpath.empty());
  if (edit.soname) CHECK_PROPERTY(info.soname == *edit.soname);
  if (edit.needed) CHECK_PROPERTY(info.needed == *edit.needed);
  for (const auto& need : info.versions_needed) {
    const auto is_new = [&](const auto& file) { return file.second == need.file; };
    CHECK_PROPERTY(!edit.version_files.contains(need.file) ||
                   std::ranges::any_of(edit.version_files, is_new));
  }
  CHECK_PROPERTY(edited.size() >= library.size());
  CHECK_PROPERTY(edited.size() <= 3 * library.size() + 2 * line_size + 4096);
  auto rest = edit;
  rest.version_files.clear();
  const auto again = edit_library(edited, rest, "again.so");
  CHECK_PROPERTY(again == edited);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [line, library] = two_parts(data, size);
  const auto edit = parse_edit(line);
  try {
    const auto edited = edit_library(std::string(library), edit, "fuzz.so");
    check(library, edited, edit, line.size());
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary || error.code() == ErrorCode::cannot_edit ||
                   error.code() == ErrorCode::usage);
    CHECK_PROPERTY(error.subject() == "fuzz.so");
  }
  return 0;
}
