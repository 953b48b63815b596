#include "doctor/symbol_hints.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "doctor/symbol_failures.hpp"
#include "environment/python_symbols.hpp"
#include "environment/required_wheels.hpp"
#include "loader/library_names.hpp"
#include "wheel/requirement.hpp"

namespace wheelfix {
namespace {

class SymbolHint {
 public:
  SymbolHint(const PredictedImport& predicted, const WheelSet& set, const LibraryIndex& names,
             SymbolSearch& search, std::size_t needing)
      : predicted_(predicted),
        failure_(*predicted.failure),
        set_(set),
        names_(names),
        search_(search),
        needing_(needing),
        is_symbol_(failure_.kind == LoadFailure::Kind::symbol) {
    constexpr std::string_view mark = ", version ";
    const auto at = failure_.message.find(mark);
    if (is_symbol_ && at != failure_.message.npos) version_ = failure_.message.substr(at + mark.size());
  }

  std::string run() {
    if (const auto history = python_history(failure_.name); !history.empty())
      return fmt::format("{}: take a build of {} for this Python", history, needing());
    if (is_symbol_) places_ = &search_.places(failure_.name);
    auto advice = wrong_library();
    const bool is_known = !advice.empty();
    if (!is_known) advice = unmet_requirement();
    if (advice.empty()) advice = other_abi();
    if (advice.empty() && is_looked_for_in_all(failure_))
      advice = fmt::format("{} was linked without a library that defines it: ask its publisher, or build it",
                           needing());
    if (advice.empty())
      advice = fmt::format("{} was built with another version of a library that it loads than is {}",
                           needing(), given_or_installed());
    if (const auto name = demangled(failure_.name); !name.empty())
      advice += fmt::format("; the symbol is {}", printable(name));
    const auto places = is_known ? "" : known_places();
    return places.empty() ? advice : advice + "; " + places;
  }

 private:
  const std::string& needing() const { return set_.wheels[needing_].wheel().name().distribution(); }

  std::string owned(const PlacedLibrary& library) const {
    return fmt::format("{} of {}", printable(library.entry),
                       set_.wheels[library.wheel].wheel().name().distribution());
  }

  /// `torch/lib/libc10.so of torch`, or a path of the system.
  std::string owned(const LoadedObject& object) const {
    const auto* library = set_.placed.find_loaded(object.path);
    return library == nullptr ? printable(object.path) : owned(*library);
  }

  const char* given_or_installed() const {
    return set_.wheels[needing_].wheel().installation() == nullptr ? "given" : "installed";
  }

  /// `torchvision requires torch==2.2.2, and torch 2.1.0 is given`; empty if what the set has of it fits.
  std::string unmet_requirement() const {
    const auto& source = set_.wheels[needing_].wheel();
    for (const auto& text : source.metadata().get_all("Requires-Dist")) {
      const auto requirement = parse_requirement(text);
      if (evaluate_marker(requirement.marker, set_.system) != Truth::yes) continue;
      for (const auto& other : set_.wheels) {
        const auto& name = other.wheel().name();
        if (normalize_project_name(name.distribution()) != requirement.project ||
            met_by(requirement, name.version()) != Truth::no)
          continue;
        return fmt::format("{} requires {}{}, and {} {} is {}", source.name().distribution(),
                           printable(requirement.project), printable(requirement.specifiers),
                           name.distribution(), name.version().to_string(), given_or_installed());
      }
    }
    return {};
  }

  bool has_other_abi() const {
    return is_symbol_ && places_->same.empty() && places_->likeness &&
           places_->likeness->kind == SimilarNames::Kind::other_abi;
  }

  /// That the library has which defines it.
  int abi_of_definition() const { return is_of_cxx11_abi(places_->nearest->symbol) ? 1 : 0; }

  std::string other_abi() const {
    if (!has_other_abi()) return {};
    return fmt::format(
        "{0} was built with the other C++ ABI (_GLIBCXX_USE_CXX11_ABI={1}) than {2}: take a wheel of {0} "
        "for _GLIBCXX_USE_CXX11_ABI={3}, or build it with that",
        needing(), 1 - abi_of_definition(), owned(*places_->nearest->library), abi_of_definition());
  }

  /// Which libraries of the set have it, or what is most like it.
  std::string known_places() const {
    if (!is_symbol_) return {};
    if (!places_->same.empty()) {
      const auto& place = places_->same.front();
      if (!version_.empty() && !place.versions.empty() && std::ranges::count(place.versions, version_) == 0)
        return fmt::format("{} defines it with version {}", owned(*place.library),
                           printable(fmt::format("{}", fmt::join(place.versions, ", "))));
      return fmt::format("{} defines it, but isn't among the libraries in which it is looked for",
                         owned(*place.library));
    }
    if (!places_->nearest) return {};
    const auto owner = owned(*places_->nearest->library);
    if (has_other_abi())
      return fmt::format("{} defines it for _GLIBCXX_USE_CXX11_ABI={}", owner, abi_of_definition());
    const auto name = demangled(places_->nearest->symbol);
    return fmt::format("{} defines {}", owner, printable(name.empty() ? places_->nearest->symbol : name));
  }

  /// A library of the set has what is missing, and another of that name is loaded in its place; or what is
  /// loaded is none of the set's, and too old.
  std::string wrong_library() {
    Process process(set_.placed.files(), set_.system, set_.environment);
    run_preload_modules(set_.loads, predicted_.root.wheel, predicted_.root.entry, process);
    const auto loaded = process.load(predicted_.root.path, {.on_failure = LoadOptions::OnFailure::go_on});
    for (const auto& resolution : loaded.resolutions) {
      const auto& object = process.objects()[resolution.object];
      if (!resolution.needed_by || object.file == nullptr || !may_be_wrong(object)) continue;
      const auto other = library_meant(resolution.name, object);
      if (!other.empty()) return blame(process, resolution, other);
      if (!is_symbol_ && set_.placed.find(object.file->path()) == nullptr)
        return too_old(process, resolution);
    }
    return {};
  }

  /// The message of a missing version names the library.
  bool may_be_wrong(const LoadedObject& object) const {
    return is_symbol_ || failure_.message.starts_with(object.path + ": version `");
  }

  bool has_it(const PlacedLibrary& library) {
    if (!is_symbol_) return search_.has_version(library.path, failure_.name);
    return std::ranges::any_of(places_->same, [&](const SymbolPlace& place) {
      return place.library == &library &&
             (version_.empty() || place.versions.empty() || std::ranges::count(place.versions, version_) > 0);
    });
  }

  /// The library of the set, or of the system, that has a name and what is missing; empty if there is none
  /// beside what is loaded.
  std::string library_meant(const std::string& name, const LoadedObject& loaded) {
    for (const auto* library : names_.with_file_name(name))
      if (library->path != set_.placed.path_of(*loaded.file) && has_it(*library)) return owned(*library);
    const auto known = set_.system.cache.find(name);
    const auto* file = known == set_.system.cache.end() ? nullptr : set_.placed.files().find(known->second);
    const bool is_better = !is_symbol_ && file != nullptr && file != loaded.file &&
                           search_.has_version(file->path(), failure_.name);
    return is_better ? printable(known->second) : "";
  }

  std::string missing() const { return is_symbol_ ? "it" : "that version"; }

  std::string blame(const Process& process, const Resolution& resolution, const std::string& other) {
    return fmt::format("{} lacks {}, and is loaded instead of {}, which has it: {}",
                       owned(process.objects()[resolution.object]), missing(), other,
                       way_out(process, resolution));
  }

  std::string too_old(const Process& process, const Resolution& resolution) {
    return fmt::format("{} is older than that with which {} was built: {}",
                       owned(process.objects()[resolution.object]), needing(),
                       resolution.found_by == FoundBy::library_path
                           ? way_out(process, resolution)
                           : "update it, or take a wheel for older systems");
  }

  /// How the loader came to the library, and how to change that.
  std::string way_out(const Process& process, const Resolution& resolution) const {
    const auto folder = printable(std::string(folder_part(resolution.path)));
    switch (resolution.found_by) {
      case FoundBy::library_path:
        return fmt::format("LD_LIBRARY_PATH has {}: remove it from there", folder);
      case FoundBy::rpath:
      case FoundBy::runpath:
        return fmt::format("the search path of {} leads there: `wheelfix patch --set-rpath` changes it",
                           owned(process.objects()[*resolution.path_of]));
      case FoundBy::loaded_name:
      case FoundBy::loaded_file: {
        const auto by = process.objects()[resolution.object].needed_by;
        return fmt::format("{} loads it first, and a process has one library of a name",
                           by ? owned(process.objects()[*by]) : std::string("what is imported before"));
      }
      default:
        return "no search path leads to that: `wheelfix repair` gives the library that needs it one";
    }
  }

  const PredictedImport& predicted_;
  const LoadFailure& failure_;
  const WheelSet& set_;
  const LibraryIndex& names_;
  SymbolSearch& search_;
  std::size_t needing_;
  bool is_symbol_;
  std::string version_;  ///< of the symbol; empty for any
  const SymbolPlaces* places_ = nullptr;
};

}  // namespace

std::string symbol_hint(const PredictedImport& predicted, const WheelSet& set, const LibraryIndex& names,
                        SymbolSearch& search, std::size_t needing) {
  return SymbolHint(predicted, set, names, search, needing).run();
}

}  // namespace wheelfix
