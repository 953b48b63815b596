#include "wheelfix/graft_option.hpp"

#include <fmt/ranges.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <wheelfix/build_info.hpp>

#include "common/console.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

using namespace wheelfix;

/// LD_LIBRARY_PATH is of this machine's system.
std::string library_path(const CommandLine& line) {
  const char* text = line.has("sysroot") ? nullptr : std::getenv("LD_LIBRARY_PATH");
  return text == nullptr ? "" : text;
}

void print_origin(const GraftedLibrary& library) {
  const auto& package = library.package;
  if (!package) return;
  print_line(fmt::format("         of {} {}{}", printable(package->name), printable(package->version),
                         package->licence ? ", licence " + printable(*package->licence) : ""));
}

/// A wheel that is published must have the texts of the licences of what is in it.
void warn_of_licence(const GraftedLibrary& library) {
  if (!library.licence_entry)
    print_line(
        fmt::format("warning: {}: no text of its licence was found, because {}", printable(library.entry),
                    library.package ? "its package has no copyright file" : "no package of dpkg has it"));
}

}  // namespace

void add_graft_options(CommandLine& line) {
  line.add({{"graft", "add the libraries of the system that no platform tag promises, and retag the wheels"},
            {"sysroot", "root folder of the system that --graft takes libraries from (default: /)", "DIR"}});
}

std::filesystem::path grafted_file(const CommandLine& line, const GraftedLibrary& library) {
  return line.text("sysroot", "/") / library.file.relative_path();
}

GraftReport graft_libraries(const CommandLine& line, std::vector<WheelEdit>& wheels,
                            const std::vector<WheelEdit>& others) {
  const std::filesystem::path sysroot = line.text("sysroot", "/");
  if (!std::filesystem::is_directory(sysroot))
    line.refuse(fmt::format("--sysroot: {} is not a folder", sysroot.string()));
  return graft(wheels, others,
               {.sysroot = sysroot,
                .library_path = library_path(line),
                .tool_version = version_string(),
                .max_library_size = line.limits().max_entry_size,
                .verification = verification(line),
                .jobs = line.jobs(),
                .progress = progress_line(line.verbosity())});
}

void print_grafted(const CommandLine& line, const GraftReport& report, const std::vector<WheelEdit>& wheels) {
  if (line.verbosity() != Verbosity::quiet) {
    for (const auto& library : report.libraries) {
      print_line(fmt::format("grafted  {}: {}, from {}", wheels[library.wheel].wheel().name().distribution(),
                             printable(library.entry), printable(library.file.string())));
      if (line.verbosity() == Verbosity::verbose) print_origin(library);
    }
    for (std::size_t i = 0; i < wheels.size(); ++i) {
      const auto& name = wheels[i].wheel().name();
      if (report.tags[i] != name.platform_tags())
        print_line(fmt::format("tagged   {}: {}", name.distribution(), fmt::join(report.tags[i], ".")));
      else if (wheels[i].overlay().empty())
        print_line(fmt::format("kept     {}: it needs no library and no other tag, so it isn't written again",
                               name.distribution()));
    }
  }
  for (const auto& library : report.libraries) warn_of_licence(library);
}

nlohmann::ordered_json to_json(const GraftReport& report, const std::vector<WheelEdit>& wheels) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& library : report.libraries) {
    nlohmann::ordered_json package;
    if (library.package)
      package = {{"name", library.package->name},
                 {"version", string_or_null(library.package->version)},
                 {"url", library.package->url}};
    const auto licence = library.package ? library.package->licence.value_or("") : "";
    list.push_back({{"wheel", wheels[library.wheel].wheel().path().string()},
                    {"path", library.entry},
                    {"names", library.names},
                    {"source", library.file.string()},
                    {"sha256", library.sha256},
                    {"package", package},
                    {"licence", string_or_null(licence)},
                    {"licence_path", string_or_null(library.licence_entry.value_or(""))}});
  }
  return list;
}

}  // namespace cli
