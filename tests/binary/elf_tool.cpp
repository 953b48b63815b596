// Reads and edits libraries for the tests in Python: a request a line on stdin, an answer a line on stdout,
// both JSON.
//   {"file": F}                                   what read_binary says
//   {"file": F, "out": G, "search_path": [...], "kind": "keep", "needed": [...], "soname": S,
//    "version_files": {OLD: NEW or null}} edit_library's result in G
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <wheelfix/binary.hpp>

#include "base/byte_edit.hpp"
#include "base/byte_source.hpp"
#include "base/file.hpp"
#include "binary/elf_edit.hpp"
#include "support/json_lines.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

json to_json(const BinaryInfo& info) {
  json versions = json::array();
  for (const auto& need : info.versions_needed)
    versions.push_back({{"file", need.file}, {"versions", need.versions}});
  return {{"format", to_string(info.format)},
          {"machine", info.machine},
          {"bits", info.bits},
          {"big_endian", info.big_endian},
          {"is_dynamic", info.is_dynamic},
          {"is_program", info.is_program},
          {"soname", info.soname ? json(*info.soname) : json()},
          {"needed", info.needed},
          {"rpath", info.rpath},
          {"runpath", info.runpath},
          {"versions_needed", versions},
          {"minimum_glibc", minimum_glibc(info) ? json(*minimum_glibc(info)) : json()},
          {"c_library", to_string(c_library(info))}};
}

LibraryEdit edit_of(const json& request) {
  const std::array<std::string, 3> kinds = {"keep", "rpath", "runpath"};
  LibraryEdit edit;
  if (request.contains("search_path"))
    edit.search_path = request["search_path"].get<std::vector<std::string>>();
  if (request.contains("needed")) edit.needed = request["needed"].get<std::vector<std::string>>();
  if (request.contains("soname")) edit.soname = request["soname"].get<std::string>();
  const auto files = request.value("version_files", json::object());
  for (const auto& [old, file] : files.items())
    edit.version_files[old] = file.is_null() ? std::nullopt : std::optional(file.get<std::string>());
  const auto kind = std::find(kinds.begin(), kinds.end(), request.value("kind", "keep"));
  edit.kind = static_cast<SearchPathKind>(kind - kinds.begin());
  return edit;
}

json answer(const json& request) {
  const auto file = request["file"].get<std::string>();
  const auto bytes = read_file(file);
  if (!request.contains("out")) return to_json(read_binary(bytes, file));
  MemoryBytes source(bytes);
  const auto plan = elf::plan_edit(source, edit_of(request), file);
  std::ofstream(request["out"].get<std::string>(), std::ios::binary) << apply_edits(bytes, plan.edits);
  constexpr std::array rooms = {"none", "overwritten", "padding", "extended",
                                "tail", "last_load",   "new_load"};
  return {{"room", rooms.at(static_cast<std::size_t>(plan.room))}};
}

}  // namespace

int main() {
  test::answer_lines(answer);
}
