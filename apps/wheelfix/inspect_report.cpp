#include "wheelfix/inspect_report.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <wheelfix/wheel.hpp>

namespace cli {

namespace {

using namespace wheelfix;

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

std::string wheel_text(const Wheel& wheel) {
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
  return text;
}

std::string entries_text(const Wheel& wheel) {
  std::string text;
  for (const auto& entry : wheel.entries())
    text += fmt::format("    {:06o} {:>12}  {}\n", entry.mode, entry.size, printable(entry.path));
  return text;
}

std::string c_library_text(const BinaryInfo& info) {
  const auto glibc = minimum_glibc(info);
  if (glibc) return "glibc " + *glibc;
  return c_library(info) == CLibrary::unknown ? "" : std::string(to_string(c_library(info)));
}

/// The system that a library was built for, as far as it says: its C library, or the oldest macOS.
std::string system_text(const BinaryInfo& info) {
  if (info.format == BinaryFormat::elf) return c_library_text(info);
  std::vector<std::string> systems;
  const auto add = [&](const BinaryInfo& part) {
    for (const auto& least : part.minimum_os) {
      auto text = least.platform + " " + least.version;
      if (std::find(systems.begin(), systems.end(), text) == systems.end())
        systems.push_back(std::move(text));
    }
  };
  add(info);
  for (const auto& slice : info.slices) add(slice);
  return printable(fmt::format("{}", fmt::join(systems, ", ")));
}

/// The Python that imports the library, by the suffix of its name.
std::string python_text(const std::string& path) {
  const auto suffix = extension_suffix(path);
  if (!suffix) return {};
  return suffix->python.value_or(suffix->abi3 ? (suffix->free_threaded ? "abi3t" : "abi3") : "any");
}

std::string shortened(const std::vector<std::string>& entries) {
  constexpr std::size_t most = 60;
  auto whole = printable(join_search_path(entries));
  if (whole.size() <= most) return whole;
  return fmt::format("{} and {} more", printable(entries.front()), entries.size() - 1);
}

std::string search_path_text(const BinaryInfo& info) {
  std::vector<std::string> parts;
  if (!info.rpath.empty()) parts.push_back("RPATH " + shortened(info.rpath));
  if (!info.runpath.empty()) parts.push_back("RUNPATH " + shortened(info.runpath));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
    lines.push_back(text.substr(0, end));
  return lines;
}

using Row = std::vector<std::string>;

/// Columns as wide as their widest cell; the last one ends where its text does.
std::string table(const std::vector<Row>& rows, std::string_view indent) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

/// `sm 80 90a, compute 90`.
std::string cuda_text(const std::vector<std::string>& archs) {
  std::string text, kind;
  for (const auto& arch : archs) {
    const auto mark = arch.find('_');
    if (const auto next = arch.substr(0, mark); next != kind) {
      text += (kind.empty() ? "" : ", ") + next;
      kind = next;
    }
    text += " " + arch.substr(mark + 1);
  }
  return text;
}

std::string libraries_table(const std::vector<WheelLibrary>& libraries) {
  if (libraries.empty()) return {};
  const bool has_cuda = std::any_of(libraries.begin(), libraries.end(),
                                    [](const WheelLibrary& library) { return !library.cuda_archs.empty(); });
  std::vector<Row> rows{{"library", "machine", "system", "python", "needs", "search path"}};
  if (has_cuda) rows.back().insert(rows.back().begin() + 5, "cuda");
  for (const auto& library : libraries) {
    const auto& info = library.info;
    rows.push_back({printable(library.path), info.machine, system_text(info), python_text(library.path),
                    std::to_string(info.needed.size() + info.delay_needed.size()), search_path_text(info)});
    if (has_cuda) rows.back().insert(rows.back().begin() + 5, cuda_text(library.cuda_archs));
  }
  return row("libraries", std::to_string(libraries.size())) + table(rows, "    ");
}

std::string versions_text(const VersionsNeeded& need) {
  return fmt::format("{}: {}", need.file, fmt::join(need.versions, " "));
}

std::string format_text(const BinaryInfo& info) {
  constexpr std::array<std::string_view, 3> names = {"ELF", "PE", "Mach-O"};
  const auto name = names.at(static_cast<std::size_t>(info.format));
  const auto rest = info.is_dynamic ? "" : ", not linked dynamically";
  if (!info.slices.empty()) return fmt::format("{}, fat, {}{}", name, info.machine, rest);
  return fmt::format("{}, {} bit, {}{}", name, info.bits, info.machine, rest);
}

/// Names, with what is special about how they are needed.
std::vector<std::string> needed_texts(const BinaryInfo& info) {
  auto names = info.needed;
  for (std::size_t i = 0; i < info.needed_kinds.size(); ++i) {
    if (info.needed_kinds[i] != NeededKind::load)
      names[i] += fmt::format(" ({})", to_string(info.needed_kinds[i]));
  }
  for (const auto& name : info.delay_needed) names.push_back(name + " (delayed)");
  return names;
}

std::string names_text(const BinaryInfo& info) {
  return row(info.format == BinaryFormat::macho ? "install name" : "soname", info.soname) +
         rows("needed", needed_texts(info)) + rows("rpath", info.rpath) + rows("runpath", info.runpath);
}

/// What sets a slice apart from the whole that it is part of.
std::string slice_text(const BinaryInfo& slice, const BinaryInfo& whole) {
  const auto system = system_text(slice);
  auto text = row(
      "slice", fmt::format("{} bit, {}{}{}", slice.bits, slice.machine, system.empty() ? "" : ", ", system));
  if (const auto names = names_text(slice); names != names_text(whole)) text += names;
  return text;
}

/// All that is known about a library except its path.
std::string library_text(const WheelLibrary& library) {
  const auto& info = library.info;
  std::vector<std::string> versions;
  for (const auto& need : info.versions_needed) versions.push_back(versions_text(need));
  auto text = row("format", format_text(info));
  if (info.is_program) text += row("kind", std::string("a program"));
  text += names_text(info);
  const auto system_label = info.format == BinaryFormat::elf ? "libc" : "system";
  if (const auto system = system_text(info); !system.empty()) text += row(system_label, system);
  if (info.has_signature) text += row("signature", std::string("yes"));
  if (const auto python = python_text(library.path); !python.empty()) text += row("python", python);
  if (!library.cuda_archs.empty()) text += row("cuda", cuda_text(library.cuda_archs));
  for (const auto& slice : info.slices) text += slice_text(slice, info);
  return text + rows("versions", versions);
}

std::string indented(const std::string& text) {
  std::string result;
  for (const auto line : split_lines(text)) result += fmt::format("  {}\n", line);
  return result;
}

std::string opinions_text(const std::vector<SecondOpinion>& opinions) {
  if (opinions.empty()) return {};
  const auto agreeing = std::count_if(opinions.begin(), opinions.end(), [](const SecondOpinion& opinion) {
    return opinion.outcome == SecondOpinion::Outcome::agrees;
  });
  return row("cross-check", fmt::format("LIEF agrees on {} of {}", agreeing, opinions.size()));
}

/// What a file has of its own, and each of its slices too.
nlohmann::ordered_json info_json(const BinaryInfo& info) {
  auto kinds = nlohmann::ordered_json::array();
  for (const auto kind : info.needed_kinds) kinds.push_back(std::string(to_string(kind)));
  auto systems = nlohmann::ordered_json::array();
  for (const auto& least : info.minimum_os)
    systems.push_back({{"platform", least.platform}, {"version", least.version}});
  return {{"format", std::string(to_string(info.format))},
          {"machine", info.machine},
          {"bits", info.bits},
          {"soname", string_or_null(info.soname.value_or(""))},
          {"needed", info.needed},
          {"needed_kinds", kinds},
          {"delay_needed", info.delay_needed},
          {"rpath", info.rpath},
          {"runpath", info.runpath},
          {"minimum_os", systems},
          {"has_signature", info.has_signature}};
}

nlohmann::ordered_json library_json(const WheelLibrary& library) {
  const auto& info = library.info;
  const auto suffix = extension_suffix(library.path);
  auto versions = nlohmann::ordered_json::array();
  for (const auto& need : info.versions_needed)
    versions.push_back({{"file", need.file}, {"versions", need.versions}});
  auto slices = nlohmann::ordered_json::array();
  for (const auto& slice : info.slices) slices.push_back(info_json(slice));
  nlohmann::ordered_json json = {{"path", library.path}};
  json.update(info_json(info));
  json.update(
      {{"libc",
        string_or_null(c_library(info) == CLibrary::unknown ? "" : std::string(to_string(c_library(info))))},
       {"minimum_glibc", string_or_null(minimum_glibc(info).value_or(""))},
       {"python", string_or_null(python_text(library.path))},
       {"free_threaded", suffix && suffix->free_threaded},
       {"versions_needed", versions},
       {"cuda_archs", library.cuda_archs},
       {"slices", slices}});
  return json;
}

nlohmann::ordered_json libraries_json(const Inspected& inspected) {
  auto libraries = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < inspected.libraries.libraries.size(); ++i) {
    auto library = library_json(inspected.libraries.libraries[i]);
    if (!inspected.opinions.empty()) {
      const auto& opinion = inspected.opinions[i];
      library["cross_check"] = {{"outcome", std::string(to_string(opinion.outcome))},
                                {"text", string_or_null(opinion.text)}};
    }
    libraries.push_back(std::move(library));
  }
  return libraries;
}

nlohmann::ordered_json wheel_json(const Wheel& wheel) {
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

std::string to_text(const Inspected& inspected, Verbosity verbosity) {
  const auto& libraries = inspected.libraries.libraries;
  if (!inspected.wheel) {
    const auto& library = libraries.front();
    return printable(library.path) + "\n" + library_text(library) + opinions_text(inspected.opinions);
  }
  auto text = wheel_text(*inspected.wheel) + libraries_table(libraries) + opinions_text(inspected.opinions);
  if (verbosity != Verbosity::verbose) return text;
  for (const auto& library : libraries)
    text += "  " + printable(library.path) + "\n" + indented(library_text(library));
  return text + "  entries\n" + entries_text(*inspected.wheel);
}

nlohmann::ordered_json to_json(const Inspected& inspected) {
  nlohmann::ordered_json json;
  if (inspected.wheel) {
    json = wheel_json(*inspected.wheel);
    json["findings"] = to_json(inspected.libraries.findings);
  } else {
    json = {{"wheel", nullptr},
            {"name", nullptr},
            {"version", nullptr},
            {"build", nullptr},
            {"tags", nlohmann::ordered_json::array()}};
  }
  json["libraries"] = libraries_json(inspected);
  return json;
}

}  // namespace cli
