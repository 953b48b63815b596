#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "loader/symbol_process.hpp"
#include "loader/windows_names.hpp"

// Windows maps all that a DLL needs, and then gives each module, those that it needs first, the addresses of
// its imports. What of several failures comes first isn't documented; here it is the first in that order.
// Sources: Microsoft, "PE Format"; ReactOS, dll/ntdll/ldr/ldrpe.c (LdrpSnapThunk), which reports a name as
// STATUS_ENTRYPOINT_NOT_FOUND and an ordinal as STATUS_ORDINAL_NOT_FOUND.

namespace wheelfix {
namespace {

constexpr std::string_view no_procedure = "The specified procedure could not be found.";  // error 127
constexpr std::string_view no_ordinal = "The operating system cannot run %1.";            // error 182
/// Deeper ones are circles, in which Windows ends the process.
constexpr int deepest_forward = 16;

class PeSymbolProcess : public SymbolProcess {
 public:
  PeSymbolProcess(const LoaderSystem& system, SymbolTables& tables) : system_(&system), tables_(&tables) {}

  std::unique_ptr<SymbolProcess> copy() const override { return std::make_unique<PeSymbolProcess>(*this); }
  std::vector<NameOfObject> forwards(const LoadResult& result) override;
  std::optional<SymbolFailure> load(const LoadResult& result, const Request& request) override;

 private:
  struct Object {
    std::string path;
    const pe::Symbols* symbols = nullptr;                          ///< null: anything may be exported
    std::vector<std::pair<std::string, std::size_t>> needed = {};  ///< by the names that led to them
  };

  void set_objects(const LoadResult& result);
  const pe::Symbols* symbols_of(const LoadedObject& object);
  std::vector<std::size_t> dependencies_first(const LoadResult& result) const;
  std::optional<SymbolFailure> bind(std::size_t object);
  std::optional<SymbolFailure> bind(std::size_t object, std::size_t list, std::size_t giver);
  bool exports(std::size_t giver, std::string_view name, std::uint16_t number, int depth);
  std::optional<std::size_t> find_needed(std::size_t object, const std::string& name) const;
  SymbolFailure failure(std::size_t object, const pe::Import& import, std::size_t giver) const;

  const LoaderSystem* system_;
  SymbolTables* tables_;
  std::vector<Object> objects_;
  std::vector<NameOfObject> forwards_;  ///< that aren't loaded
};

std::vector<SymbolProcess::NameOfObject> PeSymbolProcess::forwards(const LoadResult& result) {
  set_objects(result);
  forwards_.clear();
  for (auto object = result.first_object; object < objects_.size(); ++object) bind(object);
  return std::move(forwards_);
}

std::optional<SymbolFailure> PeSymbolProcess::load(const LoadResult& result, const Request& request) {
  set_objects(result);
  if (request.at_start) return std::nullopt;
  for (const auto object : dependencies_first(result)) {
    auto failure = bind(object);
    if (!failure) continue;
    tables_->note_failure();
    return failure;
  }
  return std::nullopt;
}

/// Those of earlier requests, as far as they weren't unloaded, and those of this one.
void PeSymbolProcess::set_objects(const LoadResult& result) {
  const auto first = result.first_object;
  objects_.resize(std::min(objects_.size(), first));
  for (auto& object : objects_)
    std::erase_if(object.needed, [&](const auto& needed) { return needed.second >= first; });
  for (const auto& object : result.mapped)
    objects_.push_back({.path = object.path, .symbols = symbols_of(object)});
  for (const auto& resolution : result.resolutions)
    if (resolution.needed_by)
      objects_[*resolution.needed_by].needed.emplace_back(resolution.name, resolution.object);
}

/// Python and its libraries have loaded their own DLLs of some names before, and a name that is loaded isn't
/// looked for.
const pe::Symbols* PeSymbolProcess::symbols_of(const LoadedObject& object) {
  const auto name = ascii_lower(file_name(object.path));
  if (object.file == nullptr || is_api_set(name) || is_python(name) || system_->promised.contains(name))
    return nullptr;
  const auto* symbols = tables_->find(*object.file);
  return symbols == nullptr ? nullptr : symbols->pe();
}

std::vector<std::size_t> PeSymbolProcess::dependencies_first(const LoadResult& result) const {
  struct Visit {
    std::size_t object, next = 0;
  };
  std::vector<std::size_t> order;
  std::vector<bool> is_seen(objects_.size());
  std::vector<Visit> path;
  const auto enter = [&](std::size_t object) {
    if (object >= result.first_object && !is_seen[object]) path.push_back({object});
    is_seen[object] = true;
  };
  for (auto root = result.first_object; root < objects_.size(); ++root) {
    enter(root);
    while (!path.empty()) {
      auto& [object, next] = path.back();
      const auto& needed = objects_[object].needed;
      if (next < needed.size()) {
        enter(needed[next++].second);
        continue;
      }
      order.push_back(object);
      path.pop_back();
    }
  }
  return order;
}

std::optional<SymbolFailure> PeSymbolProcess::bind(std::size_t object) {
  const auto* symbols = objects_[object].symbols;
  if (symbols == nullptr) return std::nullopt;
  for (std::size_t list = 0; list < symbols->imports.size(); ++list)
    if (const auto giver = find_needed(object, symbols->imports[list].dll))
      if (auto failure = bind(object, list, *giver)) return failure;
  return std::nullopt;
}

std::optional<SymbolFailure> PeSymbolProcess::bind(std::size_t object, std::size_t list, std::size_t giver) {
  const auto& taker = *objects_[object].symbols;
  if (objects_[giver].symbols == nullptr) return std::nullopt;
  const auto& imports = taker.imports[list].imports;
  const auto& fit = tables_->pe_bindings().fit(taker, list, *objects_[giver].symbols);
  for (const auto place : fit.forwarded) {
    const auto& import = imports[place];
    if (!exports(giver, taker.text(import.name), import.number, deepest_forward))
      return failure(object, import, giver);
  }
  return fit.missing ? std::optional(failure(object, imports[*fit.missing], giver)) : std::nullopt;
}

bool PeSymbolProcess::exports(std::size_t giver, std::string_view name, std::uint16_t number, int depth) {
  const auto* symbols = objects_[giver].symbols;
  if (symbols == nullptr) return true;
  const auto place = find_export(*symbols, name, number);
  if (!place) return false;
  const auto text = symbols->text(symbols->exports[*place].forwarder);
  if (text.empty()) return true;
  const auto forwarder = parse_forwarder(text);
  if (depth == 0 || !forwarder) return false;
  const auto next = find_needed(giver, forwarder->dll);
  if (!next) forwards_.emplace_back(forwarder->dll, giver);
  return next && exports(*next, forwarder->name, forwarder->ordinal, depth - 1);
}

std::optional<std::size_t> PeSymbolProcess::find_needed(std::size_t object, const std::string& name) const {
  const auto& needed = objects_[object].needed;
  const auto found = std::ranges::find(needed, name, &std::pair<std::string, std::size_t>::first);
  return found == needed.end() ? std::nullopt : std::optional(found->second);
}

SymbolFailure PeSymbolProcess::failure(std::size_t object, const pe::Import& import,
                                       std::size_t giver) const {
  const auto name = objects_[object].symbols->text(import.name);
  const auto& from = *objects_[giver].symbols;
  const auto place = find_export(from, name, import.number);
  const auto forwarder = place ? from.text(from.exports[*place].forwarder) : std::string_view();
  const auto symbol = name.empty() ? fmt::format("ordinal {}", import.number) : std::string(name);
  return {.kind = SymbolFailure::Kind::undefined_symbol,
          .message = fmt::format("{}: {} {} in {}{}{}", objects_[object].path,
                                 name.empty() ? no_ordinal : no_procedure, symbol, objects_[giver].path,
                                 forwarder.empty() ? "" : ", which forwards it to ", forwarder),
          .object = object,
          .symbol = symbol,
          .version = {}};
}

}  // namespace

std::unique_ptr<SymbolProcess> pe_symbol_process(const LoaderSystem& system, SymbolTables& tables) {
  return std::make_unique<PeSymbolProcess>(system, tables);
}

}  // namespace wheelfix
