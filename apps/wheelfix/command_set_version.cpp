#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/version.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/new_wheel.hpp"
#include "wheelfix/receipt_option.hpp"
#include "wheelfix/shell_word.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto set_version_description =
    "Writes a wheel under another version: the file's name, the folders .dist-info and .data, the Version\n"
    "line of METADATA and RECORD have it, and nothing else changes. What doesn't change is copied bit for\n"
    "bit. Prints the path of the new wheel.\n"
    "\n"
    "VERSION is any version of PEP 440, and is written in its normal form: 2.1rc1 for 2.1-RC.1. What the\n"
    "package's own code says of its version stays: `wheelfix patch` changes that.\n";

constexpr auto set_version_example =
    "  wheelfix set-version -d out torch-2.1.0.dev20230901+cpu-cp311-cp311-linux_x86_64.whl 2.1.0+cpu\n"
    "  writes out/torch-2.1.0+cpu-cp311-cp311-linux_x86_64.whl\n\n"
    "  wheelfix set-version --strip-local torch-2.1.0+cpu-cp311-cp311-linux_x86_64.whl\n"
    "  writes torch-2.1.0-cp311-cp311-linux_x86_64.whl, as PyPI takes it\n";

Version parse_version(const CommandLine& line, const std::string& text) {
  const auto version = Version::try_parse(text);
  if (!version)
    line.refuse(fmt::format("'{}' is not a version", printable(text)),
                "a version looks like 2.1.0, 2.1.0rc1, 2.1.0.post1 or 2.1.0+cu121 (PEP 440)");
  return *version;
}

/// `set-version 1.1 WHEEL`: the wheel comes first.
void refuse_exchanged(const CommandLine& line) {
  const auto& words = line.positionals();
  if (words.size() == 2 && !words.front().ends_with(".whl") && words.back().ends_with(".whl"))
    line.refuse(
        "the wheel comes first, and then the version",
        fmt::format("wheelfix set-version {} {}", shell_word(words.back()), shell_word(words.front())));
}

void set_version(const CommandLine& line, WheelEdit& edit) {
  const auto& words = line.positionals();
  if (line.has("strip-local")) return edit.strip_local_label();
  edit.set_version(parse_version(line, words.back()));
}

}  // namespace

int run_set_version(int argc, char** argv) {
  CommandLine line("wheelfix set-version", "[OPTION...] WHEEL VERSION|--strip-local WHEEL",
                   set_version_description, set_version_example);
  line.add({{"strip-local", "remove the local version label, in place of a VERSION"},
            {"d,dest-dir", "folder for the new wheel, created if missing (default: .)", "DIR"}});
  add_writing_group(line, {}, Labels::stay);
  line.add_limits();
  line.add_jobs();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  const auto path = only_wheel(line, line.has("strip-local") ? 1 : 2);
  refuse_exchanged(line);
  if (!line.has("strip-local") && line.positionals().size() < 2)
    line.refuse("no version is given", "give one after the wheel, or --strip-local");

  auto run = receipt_run(line, "set-version");
  if (!line.has("strip-local")) run.options.push_back({"version", line.positionals().back()});
  WheelEdit edit(Wheel::open(path, line.limits(), Confirmation::later));
  set_version(line, edit);
  const auto &before = edit.wheel().name().version_text(), &after = *edit.version_text();
  NewWheelReport report;
  if (before != after) report.done.push_back(fmt::format("version  {} is now {}", before, after));
  write_new_wheel(line, std::move(run), edit, report);
  return 0;
}

}  // namespace cli
