// Simulates loaders for the tests in Python: a request a line on stdin, an answer a line on stdout, both
// JSON.
//   {"root": D, "system": {...}, "library_path": P, "working_directory": D, "program": P,
//    "loads": [{"name": N, "through": NAME}], "go_on": true}
// D is the folder that is the tree's `/`. The answer has a list of steps, the program's first.
//   {..., "loads": [{"name": N, "global": true}], "bind": FILE}: with symbols, those of the file too, what
//   dlopen with RTLD_NOW says at each load.
//   {"dlls": {PATH: FILE}, "processes": [[PATH...]...]}: what each process of Windows says first of each
//   load; in the tree the file is at PATH.
//   {"below": D, "machine": M, "hwcaps": [...]}: the system below D; {"cache": F}: what F lists.
//   {"wheels": [FILE...], "layout": L, "driver": false}: the result of loading each library in a new
//   process of the system that the wheels' tags promise, and the preload order of all.
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <wheelfix/loader.hpp>
#include <wheelfix/loader_system.hpp>
#include <wheelfix/platform_tag.hpp>
#include <wheelfix/preload_order.hpp>

#include "base/file.hpp"
#include "binary/elf_symbols.hpp"
#include "loader/symbol_tables.hpp"
#include "support/json_lines.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

LoaderSystem system_of(const json& given) {
  LoaderSystem system;
  system.kind = given.value("kind", "glibc") == "musl" ? LoaderKind::musl : LoaderKind::glibc;
  system.machine = given.value("machine", system.machine);
  system.bits = given.value("bits", system.bits);
  system.loader = given.value("loader", system.loader);
  system.lib = given.value("lib", system.lib);
  system.platform = given.value("platform", system.platform);
  system.subfolders = given.value("subfolders", system.subfolders);
  system.folders = given.value("folders", system.folders);
  system.cache = given.value("cache", system.cache);
  return system;
}

json step_of(const LoadResult& result, const Process& process) {
  const auto path_of = [&](std::size_t object) {
    return object < result.first_object ? process.objects()[object].path
                                        : result.mapped[object - result.first_object].path;
  };
  json step = {{"objects", json::array()}, {"resolutions", json::array()}, {"failures", json::array()}};
  for (const auto& object : process.objects()) step["objects"].push_back(object.path);
  for (const auto& resolution : result.resolutions)
    step["resolutions"].push_back(
        {{"name", resolution.name},
         {"needed_by", resolution.needed_by ? json(path_of(*resolution.needed_by)) : json()},
         {"object", path_of(resolution.object)},
         {"path", resolution.path},
         {"found_by", to_string(resolution.found_by)},
         {"path_of", resolution.path_of ? json(path_of(*resolution.path_of)) : json()},
         {"entry", resolution.entry}});
  for (const auto& failure : result.failures)
    step["failures"].push_back(
        {{"message", failure.message}, {"name", failure.name}, {"chain", failure.chain.paths()}});
  return step;
}

/// A dlopen, by the program or by the code of another library, which is opened first.
json load_step(Process& process, const json& load, LoadOptions options) {
  json before = {{"resolutions", json::array()}};
  if (load.contains("through")) {
    const auto result = process.load(load["through"].get<std::string>(), options);
    before = step_of(result, process);
    if (!result.ok()) return before;
    options.caller = result.resolutions.front().object;
  }
  auto step = step_of(process.load(load["name"].get<std::string>(), options), process);
  step["resolutions"].insert(step["resolutions"].begin(), before["resolutions"].begin(),
                             before["resolutions"].end());
  return step;
}

json system_answer(const json& request) {
  const auto like = promised_system({"linux_" + request["machine"].get<std::string>()});
  const auto system = system_below(request["below"].get<std::string>(), like, request["hwcaps"]);
  return {{"loader", system.loader},         {"lib", system.lib},         {"cache", system.cache},
          {"subfolders", system.subfolders}, {"folders", system.folders}, {"host_hwcaps", host_hwcaps()}};
}

json cache_answer(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  json libraries = json::array();
  for (const auto& library : parse_loader_cache(bytes, file))
    libraries.push_back({library.name, library.path, library.flags, library.hwcaps});
  return {{"libraries", libraries}};
}

json wheels_answer(const json& request) {
  PlacedWheels placed(Layout::parse(request["layout"].get<std::string>()));
  std::vector<std::string> tags;
  for (const auto& file : request["wheels"]) {
    const auto wheel = Wheel::open(file.get<std::string>());
    tags.insert(tags.end(), wheel.name().platform_tags().begin(), wheel.name().platform_tags().end());
    placed.add(WheelEdit(wheel), read_libraries(wheel));
  }
  auto system = promised_system(tags);
  if (!request.value("driver", true)) system.driver.clear();
  json roots = json::object();
  std::vector<std::string> paths;
  for (const auto& library : placed.libraries()) {
    Process process(placed.files(), system);
    roots[library.path] = step_of(process.load(library.path), process);
    paths.push_back(library.path);
  }
  json order = json::array();
  const auto preload = preload_order(placed, paths);
  for (const auto& library : preload.libraries) order.push_back(library.path);
  return {{"roots", roots}, {"preload_order", order}, {"cycles", preload.cycles.size()}};
}

std::shared_ptr<const LibrarySymbols> read_dll_symbols(const std::string& file) {
  const auto bytes = read_file(file);
  MemoryBytes source(bytes);
  const auto image = pe::read_image(CheckedBytes(source, file));
  return std::make_shared<const LibrarySymbols>(LibrarySymbols{pe::read_symbols(image, source, file)});
}

json dlls_answer(const json& request) {
  const auto dlls = request["dlls"].get<std::map<std::string, std::string>>();
  FileTree files(FileTree::NameCase::folded);
  for (const auto& [path, file] : dlls) files.add_library(path, read_binary(read_file(file), file));
  SymbolTables symbols([&](const TreeNode& file) { return read_dll_symbols(dlls.at(file.path())); });
  const auto system = promised_system({"win_amd64"});
  json said = json::array();
  for (const auto& loads : request["processes"]) {
    Process process(files, system, {}, &symbols);
    auto& of_process = said.emplace_back(json::array());
    for (const auto& path : loads) {
      const auto result = process.load(path.get<std::string>());
      of_process.push_back(result.ok() ? "" : result.failures.front().message);
    }
  }
  return {{"said", said}};
}

std::shared_ptr<const LibrarySymbols> read_symbols(const std::string& file) {
  const auto bytes = read_file(file);
  MemoryBytes source(bytes);
  auto symbols = elf::read_symbols(elf::read_image(source, file), source);
  return symbols ? std::make_shared<const LibrarySymbols>(LibrarySymbols{std::move(*symbols)}) : nullptr;
}

json bind_answer(const json& request) {
  auto system = system_of(request["system"]);
  const auto library = request["bind"].get<std::string>();
  const auto symbols_of_library = read_symbols(library);
  for (const auto& elf = *symbols_of_library->elf(); const auto& symbol : elf.symbols)
    if (!symbol.is_undefined) system.symbols.emplace(elf.name_of(symbol));
  const FileTree files(FileTree::NameCase::exact, files_below(request["root"].get<std::string>()));
  SymbolTables symbols([](const TreeNode& file) { return read_symbols(file.path()); });
  Process process(files, system, LoaderEnvironment{.library_path = request["library_path"].get<std::string>()},
                  &symbols);
  process.start(request["program"].get<std::string>());
  json said = json::array();
  for (const auto& load : request["loads"]) {
    const auto result =
        process.load(load["name"].get<std::string>(), {.is_global = load["global"].get<bool>()});
    said.push_back(result.ok() ? "" : result.failures.front().message);
  }
  return {{"said", said}};
}

json answer(const json& request) {
  if (request.contains("dlls")) return dlls_answer(request);
  if (request.contains("bind")) return bind_answer(request);
  if (request.contains("wheels")) return wheels_answer(request);
  if (request.contains("below")) return system_answer(request);
  if (request.contains("cache")) return cache_answer(request["cache"].get<std::string>());
  const auto system = system_of(request.value("system", json::object()));
  const FileTree files(FileTree::NameCase::exact, files_below(request["root"].get<std::string>()));
  LoadOptions options;
  if (request.value("go_on", false)) options.on_failure = LoadOptions::OnFailure::go_on;
  Process process(
      files, system,
      {request.value("library_path", std::string()), request.value("working_directory", std::string("/"))});
  json steps = json::array();
  if (request.contains("program"))
    steps.push_back(step_of(process.start(request["program"].get<std::string>(), options), process));
  for (const auto& load : request.value("loads", json::array()))
    steps.push_back(load_step(process, load, options));
  return {{"steps", steps}};
}

}  // namespace

int main() {
  test::answer_lines(answer);
}
