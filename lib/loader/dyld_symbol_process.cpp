#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "loader/macos_symbols.hpp"
#include "loader/symbol_process.hpp"

namespace wheelfix {
namespace {

using macho::BoundSymbol;
using macho::Symbols;

/// A file in the process.
struct Image {
  LoadedObject object;
  const Symbols* symbols = nullptr;                ///< null: anything may be defined in it
  std::vector<std::optional<std::size_t>> needed;  ///< by the file's list; nothing for what may be missing

  const BinaryInfo& info() const { return object.info(); }
  bool is_promised() const { return object.file == nullptr; }
};

/// Sources: dyld's Loader::resolveSymbol and Loader::hasExportedSymbol (dyld/Loader.cpp), as of macOS 12: it
/// resolves the symbols of one file after the other in the order in which they were mapped. Python's dlopen
/// has RTLD_NOW, so lazily bound ones too. From macOS 13 on the messages have UUIDs before the paths.
class DyldSymbolProcess : public SymbolProcess {
 public:
  DyldSymbolProcess(const LoaderSystem& system, SymbolTables& tables) : system_(&system), tables_(&tables) {}

  std::unique_ptr<SymbolProcess> copy() const override { return std::make_unique<DyldSymbolProcess>(*this); }

  std::optional<SymbolFailure> load(const LoadResult& result, const Request& request) override {
    const auto before = images_.size();
    add(result);
    if (request.at_start) return std::nullopt;
    for (auto image = before; image < images_.size(); ++image) {
      auto failure = bind(image);
      if (!failure) continue;
      tables_->note_failure();
      images_.resize(before);
      return failure;
    }
    return std::nullopt;
  }

 private:
  void add(const LoadResult& result) {
    std::map<std::pair<std::size_t, std::string_view>, std::size_t> resolved;
    for (const auto& resolution : result.resolutions)
      if (resolution.needed_by) resolved[{*resolution.needed_by, resolution.name}] = resolution.object;
    for (const auto& object : result.mapped) {
      auto& image = images_.emplace_back(Image{object, symbols_of(object), {}});
      for (const auto& name : image.info().needed) {
        const auto found = resolved.find({images_.size() - 1, name});
        image.needed.push_back(found == resolved.end() ? std::nullopt : std::optional(found->second));
      }
    }
  }

  const Symbols* symbols_of(const LoadedObject& object) const {
    const auto* library = object.file == nullptr ? nullptr : tables_->find(*object.file);
    return library == nullptr ? nullptr : library->macho_for(object.content->info, system_->machine);
  }

  std::optional<SymbolFailure> bind(std::size_t image) const {
    const auto* symbols = images_[image].symbols;
    if (symbols == nullptr || loads_lazily(images_[image].info())) return std::nullopt;
    for (const auto& symbol : symbols->bound)
      if (!symbol.may_be_missing && !is_found(image, symbol)) return failure(image, symbol);
    return std::nullopt;
  }

  /// Then the numbers of libraries mean something else.
  static bool loads_lazily(const BinaryInfo& info) {
    return std::ranges::find(info.needed_kinds, NeededKind::lazy) != info.needed_kinds.end();
  }

  bool is_found(std::size_t image, const BoundSymbol& symbol) const {
    const auto name = images_[image].symbols->name_of(symbol);
    if (symbol.library == macho::in_program) return true;
    if (symbol.library == macho::in_itself) return is_exported(image, name);
    if (symbol.library < 0) return is_in_any(name) || may_be_elsewhere(images_[image], name);
    const auto& needed = images_[image].needed;
    const auto place = static_cast<std::size_t>(symbol.library) - 1;
    return place >= needed.size() || (needed[place] && is_exported(*needed[place], name));
  }

  /// By a library or those that it re-exports.
  bool is_exported(std::size_t start, std::string_view name) const {
    std::set<std::pair<std::size_t, std::string_view>> seen;
    std::vector<std::pair<std::size_t, std::string_view>> waiting = {{start, name}};
    while (!waiting.empty()) {
      const auto [at, wanted] = waiting.back();
      waiting.pop_back();
      if (!seen.emplace(at, wanted).second) continue;
      const auto& image = images_[at];
      if (image.symbols == nullptr) return true;
      if (const auto found = image.symbols->find_export(wanted)) {
        if (found->library == 0) return true;
        if (found->library <= image.needed.size() && image.needed[found->library - 1])
          waiting.emplace_back(*image.needed[found->library - 1], found->name.empty() ? wanted : found->name);
        continue;
      }
      for (std::size_t i = 0; i < image.needed.size(); ++i)
        if (image.needed[i] && image.info().needed_kinds[i] == NeededKind::reexport)
          waiting.emplace_back(*image.needed[i], wanted);
    }
    return false;
  }

  /// Of all that is loaded; what one re-exports of another is loaded itself.
  bool is_in_any(std::string_view name) const {
    return std::ranges::any_of(images_, [&](const Image& image) {
      if (image.symbols == nullptr) return !image.is_promised();
      const auto found = image.symbols->find_export(name);
      return found && (found->library == 0 || !found->name.empty() || is_exported(index_of(image), name));
    });
  }

  std::size_t index_of(const Image& image) const { return static_cast<std::size_t>(&image - images_.data()); }

  /// In Python, whatever that is, or in a library of the system.
  static bool may_be_elsewhere(const Image& image, std::string_view name) {
    if (name.starts_with("_Py") || name.starts_with("__Py")) return true;
    return may_be_of_macos(name,
                           image.symbols->is_two_level ? image.info().needed : std::vector<std::string>());
  }

  SymbolFailure failure(std::size_t image, const BoundSymbol& symbol) const {
    const std::string name(images_[image].symbols->name_of(symbol));
    return {.kind = SymbolFailure::Kind::undefined_symbol,
            .message = words(images_[image], symbol, name),
            .object = image,
            .symbol = name,
            .version = {}};
  }

  std::string words(const Image& image, const BoundSymbol& symbol, const std::string& name) const {
    if (symbol.library == macho::in_all) return "symbol not found in flat namespace '" + name + "'";
    if (symbol.library == macho::in_all_weak) return "weak-def symbol not found '" + name + "'";
    auto target = std::optional(index_of(image));
    if (symbol.library > 0) target = image.needed[static_cast<std::size_t>(symbol.library) - 1];
    return "Symbol not found: " + name + "\n  Referenced from: " + image.object.path +
           "\n  Expected in: " + (target ? images_[*target].object.path : "unknown");
  }

  const LoaderSystem* system_;
  SymbolTables* tables_;
  std::vector<Image> images_;
};

}  // namespace

std::unique_ptr<SymbolProcess> dyld_symbol_process(const LoaderSystem& system, SymbolTables& tables) {
  return std::make_unique<DyldSymbolProcess>(system, tables);
}

}  // namespace wheelfix
