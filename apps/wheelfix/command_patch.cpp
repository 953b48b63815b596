#include <algorithm>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/recipe.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/patch_library.hpp"
#include "wheelfix/patch_options.hpp"
#include "wheelfix/patch_report.hpp"
#include "wheelfix/receipt_option.hpp"
#include "wheelfix/site_report.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto patch_description =
    "Applies patches to files in a wheel, removes and adds entries, edits search paths and needed names\n"
    "of ELF and Mach-O libraries, and writes the wheel under a local version. What doesn't change is\n"
    "copied bit for bit, and RECORD is updated. Prints the path of the new wheel.\n"
    "\n"
    "With --env it changes an installed package in place: all of it or nothing, in new files, so that an\n"
    "installer's cache that has links to the old ones stays as it is. Its version stays unless --suffix\n"
    "is given. A run that was killed is finished by the next one; while one runs, others stop.\n"
    "`wheelfix undo` brings the original back.\n"
    "\n"
    "It also edits a library that isn't in a wheel. Then `GLOB=` is left out of the options' values. Of\n"
    "patchelf's options, `wheelfix inspect -v` has --print-rpath, --print-needed and --print-soname;\n"
    "there is no --shrink-rpath, --set-interpreter or --page-size.\n";

constexpr auto patch_example =
    "  wheelfix patch --suffix stripe.5 --recipe torch-2.1.0 -d out "
    "torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n"
    "  writes out/torch-2.1.0+stripe.5-cp38-cp38-manylinux1_x86_64.whl\n\n"
    "  wheelfix patch --suffix rpath.1 --add-rpath 'demo/*.so*=$ORIGIN/../demo.libs' "
    "demo-1.0-cp311-cp311-linux_x86_64.whl\n\n"
    "  wheelfix patch --env .venv --package torch --recipe torch-2.1.0\n\n"
    "  wheelfix patch --in-place --set-rpath '$ORIGIN/../lib' site-packages/demo/_core.so\n";

/// Whether what it makes fail to load is soon known, because no library has to be read.
bool changes_code_alone(const WheelEdit& edit) {
  return std::ranges::all_of(edit.overlay(),
                             [](const auto& changed) { return changed.first.ends_with(".py"); });
}

/// Patches an installed package.
int patch_installed(const CommandLine& line) {
  refuse_wheel_options(line);
  if (!line.positionals().empty()) line.refuse("--env patches what is installed, so no wheel can be given");
  if (!line.has("package"))
    line.refuse("--env needs --package", "give the name of the package, like --package torch");
  const auto how = recipe_options(line);
  const auto recipe = read_recipe(line);
  auto site = open_site(line);
  WheelEdit edit(site.distribution(line.text("package")));
  set_label(line, edit);
  const auto report = apply_recipe(edit, recipe, how);
  check_loads(line, edit, report);
  site.commit({&edit}, site_commit_options(line, "patch", sources_of(recipe)),
              [&](const std::vector<CommittedEdit>& results) {
                print_report(line, edit, report, results.front().changed, results.front().notes);
                print_committed(line, site, {edit.wheel()}, results);
              });
  return 0;
}

}  // namespace

int run_patch(int argc, char** argv) {
  CommandLine line("wheelfix patch", "[OPTION...] WHEEL|LIBRARY|--env PATH --package NAME", patch_description,
                   patch_example);
  add_patch_options(line);
  if (!line.parse(argc, argv)) return 0;
  if (line.has("env")) return patch_installed(line);
  if (line.has("package")) line.refuse("--package needs --env");
  const auto path = wheel_path(line);
  if (is_library_file(line, path)) return patch_library(line, path);
  refuse_library_file_options(line);
  auto options = write_options(line);
  const auto how = recipe_options(line);
  const auto recipe = read_recipe(line);
  require_suffix(line, recipe);

  WheelEdit edit(Wheel::open(path, line.limits(), Confirmation::later));
  edit.set_local_label(recipe.suffix->label,
                       line.has("replace-local") ? LocalLabel::replace : LocalLabel::extend);
  auto run = receipt_run(line, "patch");
  run.files = files_of(line, recipe);
  add_receipt(line, run, {&edit}, options);
  require_free_outputs({&edit}, options);
  const auto report = apply_recipe(edit, recipe, how);
  const auto check = [&] { check_loads(line, edit, report); };
  if (changes_code_alone(edit))
    options.check = check;
  else
    check();  // which may take seconds, but less than to write the wheel
  write_all({&edit}, options, [&](const std::vector<WriteResult>& results) {
    print_report(line, edit, report, results.front().changed, results.front().notes);
    print_written(line, {&edit}, results);
  });
  return 0;
}

}  // namespace cli
