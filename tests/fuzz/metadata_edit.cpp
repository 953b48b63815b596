// An edit of METADATA is refused, or done: what it says it changed is different, and all other headers and
// the body are as before. The parts of an input are the document, what to remove, to replace and to add, and
// Requires-Python.
#include <wheelfix/metadata_edit.hpp>

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "wheel/requirement_match.hpp"

namespace {

using namespace wheelfix;

/// What a document has of the headers that weren't changed.
std::vector<std::pair<std::string, std::string>> without(const HeaderDocument& document,
                                                         std::vector<HeaderChange> changes,
                                                         std::optional<std::string> HeaderChange::*side) {
  std::vector<std::pair<std::string, std::string>> rest;
  for (auto& header : document.headers()) {
    const auto found = std::ranges::find_if(changes, [&](const HeaderChange& change) {
      return change.*side == header.value && change.key == header.key;
    });
    if (found == changes.end())
      rest.emplace_back(std::move(header.key), std::move(header.value));
    else
      changes.erase(found);
  }
  std::ranges::sort(rest);
  return rest;
}

/// Removed and replaced requirements are of the project that was named, and what is written can be read.
void check_change(const HeaderChange& change) {
  if (change.after && change.key == "Requires-Dist") CHECK_PROPERTY(!read_requirement(*change.after).fault);
  if (!change.before || !change.after) return;
  if (change.key == "Requires-Python") return;
  const auto before = compared_requirement(*change.before), after = compared_requirement(*change.after);
  CHECK_PROPERTY(before.project == after.project);
  CHECK_PROPERTY(before.marker == after.marker);
}

void check(const HeaderDocument& before, const MetadataEdit& edit) {
  const auto [after, changes, warnings] = edit_metadata(before, edit, "METADATA");
  CHECK_PROPERTY(after.body() == before.body());
  for (const auto& change : changes) {
    CHECK_PROPERTY(change.before != change.after);
    check_change(change);
  }
  if (edit.remove_requires.size() + edit.replace_requires.size() + edit.add_requires.size() > 1) return;
  CHECK_PROPERTY(without(before, changes, &HeaderChange::before) ==
                 without(after, changes, &HeaderChange::after));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto texts = parts(as_text(data, size));
  texts.resize(5);
  MetadataEdit edit;
  if (!texts[1].empty()) edit.remove_requires = {texts[1]};
  if (!texts[2].empty()) edit.replace_requires = {texts[2]};
  if (!texts[3].empty()) edit.add_requires = {texts[3]};
  if (!texts[4].empty()) edit.requires_python = texts[4];
  try {
    check(HeaderDocument::parse(texts[0], "METADATA"), edit);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.subject().starts_with("METADATA") || error.code() == ErrorCode::usage ||
                   error.subject().starts_with("the new headers"));
  }
  return 0;
}
