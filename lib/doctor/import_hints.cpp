#include "doctor/import_hints.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "doctor/examination.hpp"
#include "doctor/symbol_hints.hpp"
#include "environment/required_wheels.hpp"
#include "loader/library_names.hpp"
#include "loader/search_entry.hpp"

namespace wheelfix {
namespace {

class HintWriter {
 public:
  HintWriter(const WheelSet& set, const LibraryIndex& names, const std::vector<MissingLibrary>& missing,
             SymbolSearch& search)
      : set_(set), names_(names), missing_(missing), search_(search) {}

  std::string run(const PredictedImport& predicted) const {
    std::string hint;
    const auto chain = predicted.failure->chain.paths();
    const bool is_of_file = predicted.failure->kind == LoadFailure::Kind::file;
    if (!is_of_file && chain.size() < 2) return advice_for_symbol(predicted);
    for (auto path = chain.rbegin(); path != chain.rend(); ++path)
      hint += fmt::format("{}{}", hint.empty() ? "needed by " : ", by ", printable(entry_at(*path)));
    if (!predicted.failed_in.empty())
      hint += fmt::format("{}loaded by {}", hint.empty() ? "" : ", ", printable(predicted.failed_in));
    if (!hint.empty()) hint += "; ";
    if (!is_of_file) return hint + advice_for_symbol(predicted);
    const auto* library = names_.best(predicted.failure->name, set_.system);
    if (library == nullptr) return hint + advice_for(predicted);
    if (set_.wheels[library->wheel].wheel().installation() != nullptr)
      return hint + fmt::format("it is at {}, where the loader doesn't look; {}", printable(library->path),
                                advice_to_reinstall(set_, predicted.root.wheel));
    hint += project(library->wheel) + " has it, ";
    const auto& info = set_.placed.info(*library);
    if (can_load(set_.system, info)) return hint + way_to(*library, predicted);
    return hint + fmt::format("as {}, but for {}; {} is needed", printable(library->entry),
                              printable(info.machine), set_.system.machine);
  }

 private:
  std::string project(std::size_t wheel) const { return set_.wheels[wheel].wheel().name().distribution(); }

  /// The entry of a wheel at a path that the loader wrote, or that path.
  std::string entry_at(const std::string& path) const {
    const auto* library = set_.placed.find_loaded(path);
    return library == nullptr ? path : library->entry;
  }

  /// For a library that no wheel has.
  std::string advice_for(const PredictedImport& predicted) const {
    const auto wheel = needing(predicted);
    const auto line = std::string(first_line(printable_message(*predicted.failure)));
    for (const auto& library : missing_) {
      if (library.wheel != wheel || first_line(library.message) != line) continue;
      const bool has_place = library.is_recorded || !library.loaded_by.empty();
      return (has_place ? fmt::format("its place is {}; ", printable(library.entry)) : "") +
             remedy_for(set_, library) + (has_place ? "" : advice_for_system());
    }
    return advice_for_absent(set_, wheel, predicted.failure->name) + advice_for_system();
  }

  /// For what may be the system's, although the tags don't promise it: PyQt6's libEGL.so.1.
  const char* advice_for_system() const {
    const bool is_linux = format_of(set_.system.kind) == BinaryFormat::elf;
    return is_linux && !set_.system.promised.empty()
               ? "; if this system has it, `wheelfix doctor --sysroot /` finds it"
               : "";
  }

  std::string way_to(const PlacedLibrary& library, const PredictedImport& predicted) const {
    switch (set_.system.kind) {
      case LoaderKind::dyld:
        return way_on_macos(library, predicted);
      case LoaderKind::windows:
        return fmt::format("as {}, in a folder that isn't searched: pass it to os.add_dll_directory",
                           printable(library.entry));
      default:
        return way_on_linux(library, predicted.failure->name);
    }
  }

  /// An LC_RPATH where the end of the name is right, else another name. Source: man dyld.
  std::string way_on_macos(const PlacedLibrary& library, const PredictedImport& predicted) const {
    constexpr std::string_view rpath = "@rpath";
    const std::string_view name = predicted.failure->name;
    const auto end = name.starts_with("@rpath/") ? name.substr(rpath.size()) : std::string_view();
    const bool is_rpath = !end.empty() && library.path.ends_with(end);
    const auto* needs = needing_library(predicted);
    const auto why =
        fmt::format("as {}, but {}", printable(library.entry),
                    is_rpath ? "no LC_RPATH that applies leads there" : "that name doesn't lead there");
    if (needs == nullptr) return why;
    const auto target =
        is_rpath ? library.path.substr(0, library.path.size() - end.size()) + "/" : library.path;
    const auto entry = origin_entry(needs->path, target, "@loader_path");
    const auto change = is_rpath ? fmt::format("--add-rpath '{}={}'", needs->entry, entry)
                                 : fmt::format("--replace-needed '{}={}:{}/{}'", needs->entry, name, entry,
                                               file_name(library.path));
    return fmt::format("{}: `wheelfix patch --suffix local.1 {} {}` mends it", why, printable(change),
                       printable(set_.wheels[needs->wheel].wheel().path().filename().string()));
  }

  std::string way_on_linux(const PlacedLibrary& library, const std::string& name) const {
    const auto repair = "`wheelfix repair --layout " + set_.placed.layout().to_string();
    if (file_name(library.path) == name) return fmt::format("out of reach in this layout: {}`", repair);
    return named_otherwise(library) +
           (set_.system.kind == LoaderKind::musl
                ? "; `wheelfix patch --add` gives the wheel a copy of that name"
                : "; " + repair + " --preload` loads it first, and then its soname counts");
  }

  /// The library that needs what isn't found; null if nothing of the set does.
  const PlacedLibrary* needing_library(const PredictedImport& predicted) const {
    const auto chain = predicted.failure->chain.paths();
    return chain.empty() ? nullptr : set_.placed.find_loaded(chain.back());
  }

  /// The wheel of the library that needs what isn't found, or else of the module.
  std::size_t needing(const PredictedImport& predicted) const {
    const auto* needs = needing_library(predicted);
    return needs == nullptr ? predicted.root.wheel : needs->wheel;
  }

  std::string advice_for_symbol(const PredictedImport& predicted) const {
    return symbol_hint(predicted, set_, names_, search_, needing(predicted));
  }

  const WheelSet& set_;
  const LibraryIndex& names_;
  const std::vector<MissingLibrary>& missing_;
  SymbolSearch& search_;
};

}  // namespace

std::string import_hint(const PredictedImport& predicted, const WheelSet& set, const LibraryIndex& names,
                        const std::vector<MissingLibrary>& missing, SymbolSearch& search) {
  return HintWriter(set, names, missing, search).run(predicted);
}

}  // namespace wheelfix
