#include <fmt/ranges.h>

#include <wheelfix/wheel.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto description =
    "Shows what wheels say of themselves: name, version, tags, metadata and entries (-v lists these).\n";

constexpr auto example = "  wheelfix inspect torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n";

struct Totals {
  std::size_t files = 0;
  std::uint64_t size = 0;
  std::uint64_t compressed_size = 0;
};

Totals totals_of(const Wheel& wheel) {
  Totals totals;
  for (const auto& entry : wheel.entries()) {
    if (!entry.path.ends_with('/')) ++totals.files;
    totals.size += entry.size;
    totals.compressed_size += entry.compressed_size;
  }
  return totals;
}

std::string rows(const std::string& label, const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values)
    text += fmt::format("  {:<17}{}\n", text.empty() ? label : "", printable(value));
  return text;
}

std::string row(const std::string& label, const std::optional<std::string>& value) {
  return value ? rows(label, {*value}) : std::string();
}

std::string to_text(const Wheel& wheel, Verbosity verbosity) {
  const auto totals = totals_of(wheel);
  const auto& metadata = wheel.metadata();
  std::string text = wheel.path().string() + "\n";
  text += row("name", metadata.get("Name"));
  text += row("version", metadata.get("Version"));
  text += row("build tag", wheel.name().build());
  text += rows("tags", wheel.name().expanded_tags());
  text += row("summary", metadata.get("Summary"));
  text += row("license", metadata.get("License-Expression") ? metadata.get("License-Expression")
                                                            : metadata.get("License"));
  text += row("requires python", metadata.get("Requires-Python"));
  text += rows("requires", metadata.get_all("Requires-Dist"));
  text += row("generator", wheel.wheel_file().get("Generator"));
  text += rows("files", {fmt::format("{}, {} in {}", totals.files, human_size(totals.size),
                                     human_size(totals.compressed_size))});
  if (verbosity != Verbosity::verbose) return text;
  for (const auto& entry : wheel.entries())
    text += fmt::format("    {:06o} {:>12}  {}\n", entry.mode, entry.size, printable(entry.path));
  return text;
}

nlohmann::ordered_json to_json(const Wheel& wheel) {
  const auto& metadata = wheel.metadata();
  auto entries = nlohmann::ordered_json::array();
  for (const auto& entry : wheel.entries()) {
    entries.push_back({{"path", entry.path},
                       {"size", entry.size},
                       {"compressed_size", entry.compressed_size},
                       {"mode", entry.mode}});
  }
  return {{"wheel", wheel.path().string()},
          {"name", metadata.get("Name").value_or("")},
          {"version", metadata.get("Version").value_or("")},
          {"build", string_or_null(wheel.name().build().value_or(""))},
          {"tags", wheel.name().expanded_tags()},
          {"summary", string_or_null(metadata.get("Summary").value_or(""))},
          {"requires_python", string_or_null(metadata.get("Requires-Python").value_or(""))},
          {"requires_dist", metadata.get_all("Requires-Dist")},
          {"entries", entries}};
}

}  // namespace

int run_inspect(int argc, char** argv) {
  CommandLine line("wheelfix inspect", "[OPTION...] WHEEL...", description, example);
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");

  auto wheels = nlohmann::ordered_json::array();
  for (const auto& path : line.positionals()) {
    const auto wheel = Wheel::open(path, line.limits());
    if (line.json()) {
      wheels.push_back(to_json(wheel));
    } else {
      print(to_text(wheel, line.verbosity()));
    }
  }
  if (line.json()) print_json({{"wheels", wheels}});
  return 0;
}

}  // namespace cli
