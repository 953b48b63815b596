#include "environment/inherited_paths.hpp"

#include <algorithm>

namespace wheelfix {
namespace {

class HeirFinder {
 public:
  HeirFinder(const PlacedWheels& wheels, const LoaderSystem& system) : wheels_(wheels), system_(system) {}

  /// Modules, then the libraries that no module loads: each in a process of its own, because the chain
  /// matters.
  std::set<std::string> run() {
    for (const auto& library : wheels_.libraries())
      if (library.is_module) load(library);
    for (const auto& library : wheels_.libraries())
      if (!reached_.contains(library.path)) load(library);
    return std::move(heirs_);
  }

 private:
  void load(const PlacedLibrary& library) {
    Process process(wheels_.files(), system_);
    const auto result = process.load(library.path, {.on_failure = LoadOptions::OnFailure::go_on});
    for (const auto& object : result.mapped)
      if (object.file != nullptr) reached_.insert(wheels_.path_of(*object.file));
    for (const auto& found : result.resolutions) {
      const bool is_inherited =
          found.needed_by && found.path_of && found.path_of != found.needed_by && is_by_rpath(found, process);
      if (is_inherited) heirs_.insert(wheels_.path_of(*process.objects()[*found.needed_by].file));
    }
  }

  /// Also if the file was already loaded: the search had to lead to it anyway.
  static bool is_by_rpath(const Resolution& found, const Process& process) {
    return process.objects()[*found.needed_by].file != nullptr &&
           (found.found_by == FoundBy::rpath || found.found_by == FoundBy::loaded_file);
  }

  const PlacedWheels& wheels_;
  const LoaderSystem& system_;
  std::set<std::string> reached_;
  std::set<std::string> heirs_;
};

}  // namespace

std::set<std::string> heirs_of_rpaths(const PlacedWheels& wheels, const LoaderSystem& system) {
  if (system.kind != LoaderKind::glibc) return {};
  return HeirFinder(wheels, system).run();
}

}  // namespace wheelfix
