#include <nlohmann/json.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/metadata_edit.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/new_wheel.hpp"
#include "wheelfix/receipt_option.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto set_metadata_description =
    "Changes what a wheel requires, its Requires-Python and its classifiers, and writes the new wheel.\n"
    "Only these lines of METADATA change, and RECORD. What doesn't change is copied bit for bit. Prints\n"
    "the path of the new wheel, which keeps its name unless --suffix is given.\n"
    "\n"
    "Removals come first, then replacements, then additions. Each option but --requires-python may be\n"
    "repeated.\n"
    "\n"
    "NAME stands for all requirements of a project, whatever its spelling. With more, like `NAME[extra]`\n"
    "or 'NAME; sys_platform == \"win32\"', it stands for those with the same extras, specifiers or marker,\n"
    "and with '; extra == \"x\"' for all that the extra x requires of it. --replace-requires gives the\n"
    "specifiers of REQUIREMENT to what is required of that project, whose marker stays; if that is several\n"
    "requirements, the marker says which.\n";

constexpr auto set_metadata_example =
    "  wheelfix set-metadata --replace-requires protobuf --remove-requires nvidia-cublas-cu12 -d out "
    "demo-1.0-py3-none-any.whl\n"
    "  writes out/demo-1.0-py3-none-any.whl, which requires any protobuf\n\n"
    "  wheelfix set-metadata --suffix local.1 --add-classifier 'Private :: Do Not Upload' "
    "demo-1.0-py3-none-any.whl\n"
    "  writes demo-1.0+local.1-py3-none-any.whl, which PyPI refuses\n";

void add_metadata_options(CommandLine& line) {
  line.add({{"add-requires", "add a requirement, like 'torch>=2; sys_platform == \"linux\"'", "REQUIREMENT",
             repeatable},
            {"remove-requires", "remove what is required of a project", "NAME", repeatable},
            {"replace-requires", "give other versions to what is required of a project", "REQUIREMENT",
             repeatable},
            {"requires-python", "the Pythons that it is for, like '>=3.9'", "SPECIFIERS"},
            {"add-classifier", "add a classifier, like 'Private :: Do Not Upload'", "CLASSIFIER", repeatable},
            {"remove-classifier", "remove a classifier", "CLASSIFIER", repeatable},
            {"s,suffix", "local version label of the new wheel (default: it keeps its version)", "LABEL"},
            {"d,dest-dir", "folder for the new wheel, created if missing (default: .)", "DIR"}});
  add_writing_group(line);
  line.add_limits();
  line.add_jobs();
  line.add_json();
}

MetadataEdit metadata_edit(const CommandLine& line) {
  MetadataEdit edit{.remove_requires = line.list("remove-requires"),
                    .replace_requires = line.list("replace-requires"),
                    .add_requires = line.list("add-requires"),
                    .requires_python = {},
                    .remove_classifiers = line.list("remove-classifier"),
                    .add_classifiers = line.list("add-classifier")};
  if (line.has("requires-python")) edit.requires_python = line.text("requires-python");
  for (const auto* option : {"remove-requires", "replace-requires", "add-requires", "requires-python",
                             "remove-classifier", "add-classifier"})
    if (line.has(option)) return edit;
  line.refuse("no change is given", "give one like --add-requires 'numpy<2'");
}

std::string describe(const HeaderChange& change) {
  if (!change.before) return fmt::format("added    {}: {}", change.key, printable(*change.after));
  if (!change.after) return fmt::format("removed  {}: {}", change.key, printable(*change.before));
  return fmt::format("replaced {}: {} is now {}", change.key, printable(*change.before),
                     printable(*change.after));
}

nlohmann::ordered_json text_or_null(const std::optional<std::string>& text) {
  return text ? nlohmann::ordered_json(*text) : nullptr;
}

NewWheelReport report_of(const EditedMetadata& edited) {
  NewWheelReport report;
  auto headers = nlohmann::ordered_json::array();
  for (const auto& change : edited.changes) {
    report.done.push_back(describe(change));
    headers.push_back({{"header", change.key},
                       {"before", text_or_null(change.before)},
                       {"after", text_or_null(change.after)}});
  }
  report.more = {{"headers", std::move(headers)}};
  report.warnings = edited.warnings;
  return report;
}

}  // namespace

int run_set_metadata(int argc, char** argv) {
  CommandLine line("wheelfix set-metadata", "[OPTION...] WHEEL", set_metadata_description,
                   set_metadata_example);
  add_metadata_options(line);
  if (!line.parse(argc, argv)) return 0;
  const auto path = only_wheel(line);
  const auto metadata = metadata_edit(line);

  auto run = receipt_run(line, "set-metadata");
  WheelEdit edit(Wheel::open(path, line.limits(), Confirmation::later));
  set_label(line, edit);
  const auto report = report_of(edit_metadata(edit, metadata));
  write_new_wheel(line, std::move(run), edit, report);
  return 0;
}

}  // namespace cli
