#include "doctor/load_paths.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "doctor/examined_packages.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

bool is_of_import(FindingCode code) {
  return code == FindingCode::import_fails || code == FindingCode::undefined_symbol ||
         code == FindingCode::missing_version || code == FindingCode::needs_import_first;
}

class PathFinder {
 public:
  explicit PathFinder(const ExaminedSet& examined) : examined_(examined), set_(examined.set) {
    for (const auto& predicted : examined.imports)
      imports_.emplace(Place(wheel_of(predicted.root.wheel), predicted.root.entry), &predicted);
    for (const auto& library : examined.missing) {
      const auto finding = without_hint(set_, library);
      missing_.emplace(Place(*finding.wheel, *finding.path), &library);
    }
  }

  /// Nothing for a finding that isn't about what fails to load.
  std::optional<LoadPath> path_of(const Finding& finding) {
    if (!finding.wheel || !finding.path) return std::nullopt;
    const Place place(*finding.wheel, *finding.path);
    path_ = {};
    if (is_of_import(finding.code)) {
      if (const auto found = imports_.find(place); found != imports_.end())
        follow_import(*found->second, finding);
    } else if (finding.code == FindingCode::missing_library) {
      for (auto [at, end] = missing_.equal_range(place); at != end; ++at)
        if (without_hint(set_, *at->second).message == finding.message) follow_missing(*at->second);
    } else if (finding.code == FindingCode::program_fails) {
      follow_program(place);
    }
    return path_.steps.size() < 2 ? std::nullopt : std::optional(std::move(path_));
  }

 private:
  using Place = std::pair<std::string, std::string>;  ///< wheel and entry

  std::string wheel_of(std::size_t number) const { return set_.wheels[number].wheel().path().string(); }

  void add(LoadLink link, std::string entry, std::size_t wheel) {
    path_.steps.push_back({link, std::move(entry), package_name(set_, wheel)});
  }

  /// The objects at paths as the loader wrote them, the first by `link`, without the first `skipped`.
  void add_chain(LoadLink link, const LoadChain& chain, std::size_t skipped) {
    const auto paths = chain.paths();
    for (auto i = skipped; i < paths.size(); ++i) {
      const auto how = i == 0 ? link : LoadLink::needs;
      if (const auto* library = set_.placed.find_loaded(paths[i]))
        add(how, library->entry, library->wheel);
      else
        path_.steps.push_back({how, paths[i]});
    }
  }

  void fail(LoadLink link, const std::string& name) {
    path_.steps.push_back({link, name});
    const auto* library = examined_.names.best(name, set_.system);
    if (library != nullptr && can_load(set_.system, set_.placed.info(*library)))
      path_.out_of_reach = LoadStep{LoadLink::needs, library->entry, package_name(set_, library->wheel)};
  }

  void follow_import(const PredictedImport& predicted, const Finding& finding) {
    const auto& [wheel, entry, path] = predicted.root;
    add(LoadLink::start, entry, wheel);
    if (!predicted.failure) return follow_brought(predicted, finding);
    const auto& failure = *predicted.failure;
    const bool is_own_load = !predicted.failed_in.empty();
    if (is_own_load) add(LoadLink::runs, predicted.failed_in, wheel);
    if (!failure.chain.empty()) {
      add_chain(LoadLink::loads, failure.chain, is_own_load ? 0 : 1);
      if (failure.kind != LoadFailure::Kind::file)
        return path_.steps.push_back({LoadLink::binds, failure.name});
      return fail(LoadLink::needs, failure.name);
    }
    if (!is_own_load) return;
    const auto folder = set_.placed.folder_of(set_.wheels[wheel].wheel()) + "/";
    if (failure.name.starts_with(folder))
      return add(LoadLink::loads, failure.name.substr(folder.size()), wheel);
    fail(LoadLink::loads, failure.name);
  }

  /// Of what comes with the driver, which this machine doesn't have.
  void follow_brought(const PredictedImport& predicted, const Finding& finding) {
    for (const auto& brought : predicted.brought) {
      if (!finding.message.starts_with(printable(brought.name) + ":")) continue;
      const auto* library = set_.placed.find_loaded(brought.needed_by);
      if (library != nullptr && library->path != predicted.root.path)
        add(LoadLink::needs, library->entry, library->wheel);
      return fail(LoadLink::needs, brought.name);
    }
  }

  void follow_missing(const MissingLibrary& library) {
    const auto wheel = library.wheel;
    if (!library.loaded_by.empty()) {
      add(LoadLink::start, library.loaded_by.front(), wheel);
      add(LoadLink::loads, library.entry, wheel);
    } else if (library.is_recorded) {
      const auto& dist_info = set_.wheels[wheel].wheel().dist_info();
      add(LoadLink::start, dist_info + "/RECORD", wheel);
      add(LoadLink::lists, library.entry, wheel);
    } else if (!library.needed_by.empty()) {
      add(LoadLink::start, library.needed_by.front(), wheel);
      fail(LoadLink::needs, library.name);
    }
  }

  void follow_program(const Place& place) {
    for (const auto& program : set_.placed.libraries()) {
      if (program.entry != place.second || wheel_of(program.wheel) != place.first) continue;
      auto environment = set_.environment;
      environment.program.clear();
      const auto started = Process(set_.placed.files(), set_.system, environment).start(program.path);
      if (started.ok() || started.failures.front().chain.empty()) return;
      add(LoadLink::start, program.entry, program.wheel);
      add_chain(LoadLink::needs, started.failures.front().chain, 1);
      return fail(LoadLink::needs, started.failures.front().name);
    }
  }

  const ExaminedSet& examined_;
  const WheelSet& set_;
  std::map<Place, const PredictedImport*> imports_;
  std::multimap<Place, const MissingLibrary*> missing_;
  LoadPath path_;
};

}  // namespace

std::string_view to_string(LoadLink link) noexcept {
  constexpr std::array<std::string_view, 6> names = {"start", "runs", "loads", "needs", "binds", "lists"};
  return names.at(static_cast<std::size_t>(link));
}

std::vector<LoadPath> load_paths(const ExaminedSet& examined, const std::vector<Finding>& findings) {
  PathFinder finder(examined);
  std::vector<LoadPath> paths;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (auto path = finder.path_of(findings[i])) {
      path->finding = i;
      paths.push_back(std::move(*path));
    }
  }
  return paths;
}

}  // namespace wheelfix
