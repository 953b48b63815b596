#include "wheelfix/writing_options.hpp"

#include <cstdlib>
#include <wheelfix/requirement_lines.hpp>

namespace cli {

namespace {

using namespace wheelfix;

constexpr std::uint64_t usual_alignment = 4096;  // the blocks of most file systems

/// https://reproducible-builds.org/specs/source-date-epoch/
std::optional<std::int64_t> source_date_epoch(const CommandLine& line) {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') return std::nullopt;
  char* end = nullptr;
  const auto seconds = std::strtoll(text, &end, 10);
  if (*end != '\0')
    line.refuse(fmt::format("SOURCE_DATE_EPOCH must be a number of seconds, not '{}'", text),
                "unset it, or set it to the output of `date +%s`");
  return seconds;
}

/// The files that --requirements and --constraints ask for.
std::vector<Companion> companions(const CommandLine& line) {
  std::vector<Companion> files;
  if (line.has("requirements")) files.push_back({line.text("requirements"), requirement_lines});
  if (line.has("constraints")) files.push_back({line.text("constraints"), constraint_lines});
  return files;
}

}  // namespace

void refuse_no_suffix(const CommandLine& line) {
  line.refuse("no --suffix is given", "a changed wheel needs its own version, like --suffix local.1");
}

void add_environment_option(CommandLine& line) {
  line.add(
      {{"env",
        "change what is installed there, in place of wheels: an interpreter, a venv or conda prefix, or a "
        "folder of packages",
        "PATH", repeatable}});
}

void set_label(const CommandLine& line, WheelEdit& edit) {
  if (line.has("suffix"))
    edit.set_local_label(line.text("suffix"),
                         line.has("replace-local") ? LocalLabel::replace : LocalLabel::extend);
}

void refuse_wheel_options(const CommandLine& line) {
  for (const auto* option : {"dest-dir", "layout", "with", "wheel", "output", "in-place", "level", "align",
                             "overwrite", "requirements", "constraints", "receipt"})
    if (line.has(option))
      line.refuse(fmt::format("--{} is for wheels, and --env changes what is installed", option));
}

void add_writing_group(CommandLine& line, const std::string& also_forced, Labels labels) {
  constexpr auto title = "Writing";
  line.add_under(
      title,
      {{"level", "compression level of new content, 0 to 12 (default: 6, of a large RECORD 1)", "N"},
       {"align", "align large unchanged parts to BYTES, to share blocks (default: 4096; 0: don't)", "BYTES"},
       {"dry-run", "check everything and report what would change, but write nothing"},
       {"force", "correct RECORD for changed and missing files; write despite errors" + also_forced},
       {"overwrite", "replace an existing wheel of the new name, but never the source; also FILE"}});
  if (labels == Labels::set)
    line.add_under(title,
                   {{"replace-local", "replace an existing local version label instead of extending it"}});
  line.add_under(
      title,
      {{"sync", "flush the new wheel to disk before naming it"},
       {"requirements", "write name, version and hash of each new wheel, for `pip install -r`", "FILE"},
       {"constraints", "write name and version of each new wheel, for `pip install -c`", "FILE"},
       {"receipt", "write what made the new wheels of what, as an in-toto statement", "FILE"}});
}

SearchPathKind rpath_kind(const CommandLine& line) {
  const auto text = line.text("rpath-kind", "keep");
  return text == "rpath"     ? SearchPathKind::rpath
         : text == "runpath" ? SearchPathKind::runpath
                             : SearchPathKind::keep;
}

Verification verification(const CommandLine& line) {
  const auto text = line.text("verify", "auto");
  return text == "always"  ? Verification::always
         : text == "never" ? Verification::never
                           : Verification::automatic;
}

WriteOptions write_options(const CommandLine& line) {
  WriteOptions options;
  options.verification = verification(line);
  options.dest_dir = line.text("dest-dir", ".");
  if (line.has("level")) options.level = static_cast<int>(line.number("level", 6, 0, 12));
  options.alignment = line.number("align", usual_alignment, 0, 65'536);
  options.jobs = line.jobs();
  options.force = line.has("force");
  options.overwrite = line.has("overwrite");
  options.sync = line.has("sync");
  options.dry_run = line.has("dry-run");
  options.hash = line.json() || line.verbosity() == Verbosity::verbose || line.has("requirements");
  options.companions = companions(line);
  options.source_date_epoch = source_date_epoch(line);
  options.progress = progress_line(line.verbosity());
  return options;
}

}  // namespace cli
