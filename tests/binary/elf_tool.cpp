// Reads and edits libraries for the tests in Python: a request a line on stdin, an answer a line on stdout,
// both JSON.
//   {"file": F}                                   what read_binary says
//   {"symbols": F}                                what elf::read_symbols says; null for nothing
//   {"pe_symbols": F}                             what pe::read_symbols says
//   {"macho_symbols": F, "names": [...]}          what macho::read_symbols says, and which of the names are
//   exported
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
#include "binary/elf_symbols.hpp"
#include "binary/macho_symbols.hpp"
#include "binary/pe_symbols.hpp"
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

json symbols_answer(const std::string& file) {
  const auto bytes = read_file(file);
  MemoryBytes source(bytes);
  const auto read = elf::read_symbols(elf::read_image(source, file), source);
  if (!read) return json();
  json symbols = json::array(), defined = json::array(), needed = json::array();
  for (const auto& symbol : read->symbols)
    symbols.push_back({read->name_of(symbol), unsigned{symbol.version}, unsigned{symbol.binding},
                       unsigned{symbol.type}, unsigned{symbol.visibility}, bool{symbol.is_undefined},
                       bool{symbol.is_absolute}, bool{symbol.has_value}});
  for (const auto& version : read->versions_defined)
    defined.push_back({version.name, version.index, version.is_base});
  for (const auto& need : read->versions_needed) {
    needed.push_back({need.file, json::array()});
    for (const auto& version : need.versions)
      needed.back()[1].push_back({version.name, version.index, version.is_weak});
  }
  return {{"symbols", symbols},
          {"first_exported", read->first_exported},
          {"has_versions", read->has_versions},
          {"versions_defined", defined},
          {"versions_needed", needed},
          {"bound", read->bound},
          {"bound_calls", read->bound_calls},
          {"is_symbolic", read->is_symbolic},
          {"binds_now", read->binds_now}};
}

json pe_symbols_answer(const std::string& file) {
  const auto bytes = read_file(file);
  MemoryBytes source(bytes);
  const auto read = pe::read_symbols(pe::read_image(CheckedBytes(source, file)), source, file);
  const auto lists = [&](const std::vector<pe::DllImports>& all) {
    json answer = json::array();
    for (const auto& [dll, imports] : all) {
      json taken = json::array();
      for (const auto& import : imports) taken.push_back({read.text(import.name), import.number});
      answer.push_back({dll, taken});
    }
    return answer;
  };
  json exports = json::array(), names = json::array();
  for (const auto& entry : read.exports) exports.push_back({entry.is_there, read.text(entry.forwarder)});
  for (const auto& entry : read.names) names.push_back({read.text(entry.name), entry.place});
  return {{"imports", lists(read.imports)},
          {"delay_imports", lists(read.delay_imports)},
          {"first_ordinal", read.first_ordinal},
          {"exports", exports},
          {"names", names}};
}

json macho_symbols_answer(const json& request) {
  const auto file = request["macho_symbols"].get<std::string>();
  const auto bytes = read_file(file);
  MemoryBytes source(bytes);
  json slices = json::array();
  for (const auto& symbols : macho::read_symbols(source, file)) {
    json bound = json::array(), exported = json::array();
    for (const auto& symbol : symbols.bound)
      bound.push_back({symbols.name_of(symbol), symbol.library, symbol.may_be_missing});
    for (const auto& name : request["names"])
      if (symbols.find_export(name.get<std::string>())) exported.push_back(name);
    slices.push_back({{"bound", bound}, {"exported", exported}});
  }
  return slices;
}

json answer(const json& request) {
  if (request.contains("pe_symbols")) return pe_symbols_answer(request["pe_symbols"].get<std::string>());
  if (request.contains("symbols")) return symbols_answer(request["symbols"].get<std::string>());
  if (request.contains("macho_symbols")) return macho_symbols_answer(request);
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
