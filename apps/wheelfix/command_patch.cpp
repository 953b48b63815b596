#include <cstdlib>
#include <filesystem>
#include <wheelfix/edit.hpp>
#include <wheelfix/patch.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

constexpr auto description =
    "Applies patches to files in a wheel and writes it under a local version. What the patches don't touch "
    "is copied\n"
    "bit for bit; RECORD is brought up to date. Prints the path of the new wheel.\n";

constexpr auto example =
    "  wheelfix patch --suffix stripe.5 --patch-dir patches/torch-2.1.0 -d out "
    "torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n"
    "  writes out/torch-2.1.0+stripe.5-cp38-cp38-manylinux1_x86_64.whl\n";

void add_options(CommandLine& line) {
  line.add()("w,wheel", "the wheel, if it isn't the argument", cxxopts::value<std::string>(), "WHEEL");
  line.add()("s,suffix", "local version label of the new wheel", cxxopts::value<std::string>(), "LABEL");
  line.add()("patch", "apply this patch; repeatable", cxxopts::value<std::vector<std::string>>(), "FILE");
  line.add()("patch-dir", "apply a folder's patches by name, or as its series file says; repeatable",
             cxxopts::value<std::vector<std::string>>(), "DIR");
  line.add()("p", "components to strip from the names in patches (default: 1)", cxxopts::value<std::string>(),
             "N");
  line.add()("fuzz", "context lines at a hunk's ends that may differ (default: 0)",
             cxxopts::value<std::string>(), "N");
  line.add()("reverse", "undo the patches");
  line.add()("strict-eol", "refuse patches with LF lines for files with CRLF lines");
  line.add()("skip-applied", "pass over what is applied already");
  line.add()("d,dest-dir", "folder for the new wheel, made where it misses (default: .)",
             cxxopts::value<std::string>(), "DIR");
  line.add()("level", "compression of new content, 0 to 12 (default: 6)", cxxopts::value<std::string>(), "N");
  line.add_jobs();
  line.add()("dry-run", "check everything and say what would change, but write nothing");
  line.add()("force", "go on where RECORD is at odds with the wheel, and mend it");
  line.add()("overwrite", "replace a wheel of the new name; never the source");
  line.add()("replace-local", "replace a local version that is there, instead of extending it");
  line.add()("sync", "have the new wheel on disk before it gets its name");
  line.add_limits();
  line.add_json();
}

fs::path wheel_path(const CommandLine& line) {
  auto wheels = line.positionals();
  if (line.has("wheel")) wheels.push_back(line.text("wheel"));
  if (wheels.empty()) line.refuse("no wheel is given");
  if (wheels.size() > 1)
    line.refuse(fmt::format("takes one wheel, not {}: {} and {}", wheels.size(), wheels[0], wheels[1]));
  return wheels.front();
}

unsigned strip_count(const CommandLine& line) {
  if (line.has("p") && fs::is_directory(line.text("p"))) {
    line.refuse(fmt::format("-p is the number of components to strip, and {} is a folder", line.text("p")),
                "for a folder of patches use --patch-dir");
  }
  return static_cast<unsigned>(line.number("p", 1, 0, 100));
}

std::vector<Diff> load_patches(const CommandLine& line) {
  std::vector<Diff> patches;
  for (const auto& [option, path] : line.in_order({"patch", "patch-dir"})) {
    auto loaded = option == "patch" ? std::vector{load_patch(path)} : load_patch_folder(path);
    patches.insert(patches.end(), std::make_move_iterator(loaded.begin()),
                   std::make_move_iterator(loaded.end()));
  }
  return patches;
}

/// https://reproducible-builds.org/specs/source-date-epoch/
std::optional<std::int64_t> source_date_epoch(const CommandLine& line) {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') return std::nullopt;
  char* end = nullptr;
  const auto seconds = std::strtoll(text, &end, 10);
  if (*end != '\0')
    line.refuse(fmt::format("SOURCE_DATE_EPOCH must be a number of seconds, not '{}'", text),
                "unset it, or set it as `date +%s` does");
  return seconds;
}

WriteOptions write_options(const CommandLine& line) {
  WriteOptions options;
  options.dest_dir = line.text("dest-dir", ".");
  options.level = static_cast<int>(line.number("level", 6, 0, 12));
  options.jobs = line.jobs();
  options.force = line.has("force");
  options.overwrite = line.has("overwrite");
  options.sync = line.has("sync");
  options.dry_run = line.has("dry-run");
  options.source_date_epoch = source_date_epoch(line);
  options.progress = progress_line(line.verbosity());
  return options;
}

std::string hunk_notes(const PatchedFile& file) {
  std::string notes;
  for (const auto& hunk : file.hunks) {
    if (hunk.offset == 0 && hunk.fuzz == 0) continue;
    notes += fmt::format("; hunk at line {} of the patch", hunk.patch_line);
    if (hunk.offset != 0)
      notes +=
          fmt::format(" found {} lines further {}", std::abs(hunk.offset), hunk.offset > 0 ? "down" : "up");
    if (hunk.fuzz != 0) notes += fmt::format(" with fuzz {}", hunk.fuzz);
  }
  if (file.crlf_kept) notes += "; its CRLF line ends are kept";
  return notes;
}

std::string describe(const PatchedFile& file) {
  const auto from =
      file.old_entry != file.entry && !file.old_entry.empty() ? " from " + printable(file.old_entry) : "";
  const auto patch = fs::path(file.patch).filename().string();
  if (file.skipped) return fmt::format("skipped  {} ({}: applied already)", printable(file.entry), patch);
  constexpr std::array verbs = {"patched", "added", "removed", "renamed", "copied"};
  return fmt::format("{:<9}{}{} ({}){}", verbs.at(static_cast<std::size_t>(file.kind)), printable(file.entry),
                     from, patch, hunk_notes(file));
}

nlohmann::ordered_json to_json(const fs::path& source, const WriteResult& result) {
  auto changed = nlohmann::ordered_json::array();
  for (const auto& change : result.changed)
    changed.push_back({{"path", change.path}, {"how", std::string(to_string(change.how))}});
  return {
      {"wheels", {{{"source", source.string()}, {"output", result.output.string()}, {"changed", changed}}}}};
}

void print_warnings(const std::vector<Finding>& findings) {
  for (const auto& finding : findings)
    print_warning((finding.path ? printable(*finding.path) + ": " : "") + finding.message);
}

void report(const CommandLine& line, const std::vector<PatchedFile>& patched, const WriteResult& result) {
  if (line.verbosity() == Verbosity::quiet) return;
  if (line.has("dry-run")) print_line("dry run: nothing is written");
  for (const auto& file : patched) print_line(describe(file));
  if (line.verbosity() != Verbosity::verbose) return;
  for (const auto& change : result.changed)
    print_line(fmt::format("{:<9}{}", to_string(change.how), printable(change.path)));
}

}  // namespace

int run_patch(int argc, char** argv) {
  CommandLine line("wheelfix patch", "[OPTION...] WHEEL", description, example);
  add_options(line);
  if (!line.parse(argc, argv)) return 0;
  const auto path = wheel_path(line);
  const auto options = write_options(line);
  const PatchOptions patch_options{.strip = strip_count(line),
                                   .fuzz = static_cast<unsigned>(line.number("fuzz", 0, 0, 100)),
                                   .reverse = line.has("reverse"),
                                   .strict_eol = line.has("strict-eol"),
                                   .skip_applied = line.has("skip-applied")};
  if (!line.has("suffix"))
    line.refuse("no --suffix is given", "a changed wheel needs a version of its own, as --suffix local.1");

  const auto patches = load_patches(line);
  WheelEdit edit(Wheel::open(path, line.limits()));
  edit.set_local_label(line.text("suffix"),
                       line.has("replace-local") ? LocalLabel::replace : LocalLabel::extend);
  const auto patched = apply_patches(edit, patches, patch_options);
  const auto result = write(edit, options);
  print_warnings(edit.wheel().warnings());
  print_warnings(result.notes);
  report(line, patched, result);
  if (line.json()) {
    print_json(to_json(path, result));
  } else {
    print(result.output.string() + "\n");
  }
  return 0;
}

}  // namespace cli
