#include <fmt/ranges.h>

#include <wheelfix/edit.hpp>
#include <wheelfix/retag.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/new_wheel.hpp"
#include "wheelfix/receipt_option.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto retag_description =
    "Writes a wheel under other tags: the file's name has them, and in WHEEL the lines Tag and Build, and\n"
    "Root-Is-Purelib if the wheel was for any platform, or is now. Nothing else changes but RECORD. What\n"
    "doesn't change is copied bit for bit. Prints the path of the new wheel.\n"
    "\n"
    "TAGS are one tag, or several with dots between them, in place of those that the wheel has. After a +\n"
    "they are added to them, after a - removed from them (--platform=-linux_x86_64). Warns of tags that\n"
    "promise more than the wheel's libraries keep; tags that no Python accepts are refused.\n";

constexpr auto retag_example =
    "  wheelfix retag --platform manylinux_2_28_x86_64 demo-1.0-cp311-cp311-linux_x86_64.whl\n"
    "  writes demo-1.0-cp311-cp311-manylinux_2_28_x86_64.whl\n\n"
    "  wheelfix retag --python cp39 --abi abi3 --build 1 demo-1.0-cp311-cp311-linux_x86_64.whl\n"
    "  writes demo-1.0-1-cp39-abi3-linux_x86_64.whl\n";

std::optional<std::string> text_of(const CommandLine& line, const char* option) {
  return line.has(option) ? std::optional(line.text(option)) : std::nullopt;
}

TagChanges tag_changes(const CommandLine& line) {
  TagChanges changes{.python = text_of(line, "python"),
                     .abi = text_of(line, "abi"),
                     .platform = text_of(line, "platform"),
                     .build = text_of(line, "build")};
  if (!changes.python && !changes.abi && !changes.platform && !changes.build)
    line.refuse("no tag is given", "give at least one of --python, --abi, --platform and --build");
  return changes;
}

/// `1-cp311-cp311-linux_x86_64`, as the name has them.
std::string tags_text(const WheelName& name) {
  const auto tags = name.tags();
  return fmt::format("{}{}-{}-{}", tags.build ? *tags.build + "-" : "", fmt::join(tags.python, "."),
                     fmt::join(tags.abi, "."), fmt::join(tags.platform, "."));
}

}  // namespace

int run_retag(int argc, char** argv) {
  CommandLine line("wheelfix retag", "[OPTION...] WHEEL", retag_description, retag_example);
  line.add({{"platform", "platform tags, like manylinux_2_28_x86_64", "TAGS"},
            {"python", "Python tags, like cp311 or py2.py3", "TAGS"},
            {"abi", "ABI tags, like cp311, abi3 or none", "TAGS"},
            {"build", "build tag, which begins with a digit; empty for none", "TAG"},
            {"no-check", "don't read the libraries for what the tags promise: a copy is all that it takes"},
            {"d,dest-dir", "folder for the new wheel, created if missing (default: .)", "DIR"}});
  add_writing_group(line, "; and under tags that no Python is known to accept", Labels::stay);
  line.add_limits();
  line.add_jobs();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  const auto path = only_wheel(line);
  const auto changes = tag_changes(line);

  WheelEdit edit(Wheel::open(path, line.limits(), Confirmation::later));
  NewWheelReport report;
  report.warnings = retag(edit, changes,
                          {.force = line.has("force"),
                           .check = !line.has("no-check"),
                           .jobs = line.jobs(),
                           .progress = progress_line(line.verbosity())});
  const auto before = tags_text(edit.wheel().name()), after = tags_text(edit.output_name());
  if (before != after)
    report.done.push_back(fmt::format("tags     {} are now {}", before, after));
  else if (!edit.overlay().empty())
    report.done.push_back(fmt::format("tags     {}", printable(edit.overlay().begin()->first)));
  write_new_wheel(line, receipt_run(line, "retag"), edit, report);
  return 0;
}

}  // namespace cli
