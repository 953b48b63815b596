#include "report/package_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t most_list_bytes = 4 << 20;  ///< an environment of 400 distributions has a tenth
constexpr std::size_t most_needs = 200;           ///< of a library

/// What is on the way to an error that breaks something: package and entry.
std::set<std::pair<std::string_view, std::string_view>> failing_entries(const Examination& examination) {
  std::set<std::pair<std::string_view, std::string_view>> entries;
  for (const auto& path : examination.load_paths) {
    if (examination.findings[path.finding].severity != Severity::error) continue;
    for (const auto& step : path.steps) entries.emplace(step.package, step.name);
  }
  return entries;
}

class PackageList {
 public:
  explicit PackageList(const Examination& examination)
      : packages_(examination.packages), failing_(failing_entries(examination)) {
    for (std::size_t i = 0; i < packages_.size(); ++i) {
      const auto& package = packages_[i];
      if (package.libraries.empty()) continue;
      shown_.push_back({i, package.name + " " + package.version});
    }
    std::ranges::stable_sort(shown_, std::greater(),
                             [&](const Shown& shown) { return has_failing(shown.full_name); });
  }

  Markup items() {
    Markup items;
    for (const auto& shown : shown_) {
      if (items.html.size() < most_list_bytes)
        items += package(shown);
      else
        ++left_out_;
    }
    return items;
  }

  /// What comes after them: packages that have no libraries, and what there is no room for.
  Markup rest() const {
    Markup rest;
    if (left_out_ > 0)
      rest += part("left_out",
                   {{"text", counted(left_out_, "more package") + ", which would make this page too long"}});
    return rest += bare();
  }

 private:
  struct Shown {
    std::size_t package = 0;
    std::string full_name;  ///< as LoadStep::package has it
  };

  /// Also if what fails isn't one of its libraries, because it is missing.
  bool has_failing(const std::string& full_name) const {
    const auto next = failing_.lower_bound({full_name, ""});
    return next != failing_.end() && next->first == full_name;
  }

  static Markup badge(std::string_view severity, std::string_view text) {
    return part("badge", {{"severity", severity}, {"text", text}});
  }

  Markup package(const Shown& shown) const {
    const auto& package = packages_[shown.package];
    const bool fails = has_failing(shown.full_name);
    Markup libraries;
    for (const auto& library : package.libraries) {
      if (libraries.html.size() >= most_list_bytes) break;
      libraries += this->library(library, shown);
    }
    return part("package", {{"state", fails ? " fails" : ""},
                            {"name", printable(package.name)},
                            {"version", printable(package.version)},
                            {"number", package.libraries.size()},
                            {"badge", fails ? badge("error", "fails") : Markup{}},
                            {"amount", counted(package.libraries.size(), "library", "libraries")},
                            {"wheel", printable(package.wheel)},
                            {"libraries", libraries}});
  }

  Markup library(const ExaminedLibrary& library, const Shown& shown) const {
    const bool fails = failing_.contains({shown.full_name, library.path});
    const auto lost = std::ranges::count_if(library.needs, [&](const ExaminedNeed& need) {
      return library.is_loaded && !need.found_by && !need.is_optional;
    });
    Markup mark;
    if (fails)
      mark = badge("error", "fails");
    else if (lost > 0)
      mark = badge("warning", fmt::format("{} not found", lost));
    std::string about = library.is_module ? "module" : library.is_program ? "program" : "";
    if (!library.needs.empty())
      about += fmt::format("{}needs {}", about.empty() ? "" : ", ", library.needs.size());
    const bool is_named_otherwise = !library.soname.empty() && library.soname != file_name(library.path);
    const auto soname =
        is_named_otherwise ? part("soname", {{"soname", printable(library.soname)}}) : Markup{};
    const auto needs = this->needs(library, shown.package);
    const bool is_small = needs.html.empty() && soname.html.empty();
    if (is_small)
      return part("small_library", {{"state", fails ? " fails" : ""},
                                    {"path", printable(library.path)},
                                    {"badge", mark},
                                    {"about", about}});
    return part("library", {{"state", fails ? " fails" : ""},
                            {"path", printable(library.path)},
                            {"badge", mark},
                            {"about", about},
                            {"soname", soname},
                            {"needs", needs}});
  }

  Markup needs(const ExaminedLibrary& library, std::size_t package) const {
    Markup own, lost;
    std::string system;
    for (std::size_t i = 0; i < std::min(library.needs.size(), most_needs); ++i) {
      const auto& need = library.needs[i];
      const bool is_plain =
          !library.is_loaded || (need.found_by && !is_brought(*need.found_by) && !need.package);
      if (is_plain)
        system += (system.empty() ? "" : ", ") + printable(need.name);
      else
        (need.found_by ? own : lost) += this->need(need, package);
    }
    lost += own;
    if (!system.empty())
      lost += part(library.is_loaded ? "needs_of_system" : "needs_unknown", {{"names", system}});
    if (library.needs.size() > most_needs)
      lost += part("need_found",
                   {{"name", "…"}, {"where", fmt::format("and {} more", library.needs.size() - most_needs)}});
    return lost;
  }

  Markup need(const ExaminedNeed& need, std::size_t package) const {
    if (!need.found_by)
      return part("need_lost", {{"name", printable(need.name)},
                                {"why", need.is_optional ? "not found, and may be missing" : "not found"}});
    std::string where;
    if (need.found_by == FoundBy::driver) where = "comes with NVIDIA's driver";
    if (need.found_by == FoundBy::redistributable) where = "comes with Microsoft's redistributable package";
    if (need.package) {
      const auto& of = packages_[*need.package];
      where = *need.package == package ? printable(need.found)
                                       : fmt::format("{}: {}", printable(of.name), printable(need.found));
      if (need.found_by == FoundBy::loaded_name) where += ", because it is loaded before";
    }
    return part("need_found", {{"name", printable(need.name)}, {"where", where}});
  }

  Markup bare() const {
    Markup items;
    std::size_t count = 0;
    for (const auto& package : packages_) {
      if (!package.libraries.empty()) continue;
      ++count;
      if (items.html.size() < most_list_bytes)
        items += part("bare_package",
                      {{"name", printable(package.name)}, {"version", printable(package.version)}});
    }
    if (count == 0) return {};
    return part("bare_packages", {{"title", fmt::format("{} without libraries", count)}, {"items", items}});
  }

  const std::vector<ExaminedPackage>& packages_;
  std::set<std::pair<std::string_view, std::string_view>> failing_;
  std::vector<Shown> shown_;
  std::size_t left_out_ = 0;
};

}  // namespace

Markup package_list(const Examination& examination) {
  if (examination.packages.empty()) return {};
  PackageList list(examination);
  const bool is_installed = !examination.environment.empty();
  auto items = list.items();
  return part("packages", {{"title", is_installed ? "Distributions" : "Wheels"},
                           {"about", "What each library needs, and where the loader finds it."},
                           {"items", items},
                           {"more", list.rest()}});
}

}  // namespace wheelfix
