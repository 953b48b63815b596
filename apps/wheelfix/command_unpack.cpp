#include <nlohmann/json.hpp>
#include <wheelfix/spelling.hpp>
#include <wheelfix/unpack.hpp>
#include <wheelfix/version.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto unpack_description =
    "Writes a wheel's files to a folder that Python can import from, if it is on PYTHONPATH. Scripts,\n"
    "headers and data of .data stay in .data. Prints the folder.\n";

constexpr auto unpack_example =
    "  wheelfix unpack -o lib numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl\n"
    "  PYTHONPATH=lib python3 -c 'import numpy'\n";

}  // namespace

int run_unpack(int argc, char** argv) {
  CommandLine line("wheelfix unpack", "[OPTION...] WHEEL", unpack_description, unpack_example);
  line.add({{"o,output", "the folder to make (default: PACKAGE-VERSION)", "DIR"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().size() != 1) line.refuse("takes one wheel");

  const auto wheel = Wheel::open(line.positionals().front(), line.limits());
  const std::filesystem::path folder = line.text(
      "output", normalize_project_name(wheel.name().distribution()) + "-" + wheel.name().version_text());
  unpack(wheel, folder, {.jobs = line.jobs(), .progress = progress_line(line.verbosity())});
  if (line.json())
    print_json({{"wheel", wheel.path().string()}, {"folder", folder.string()}});
  else
    print(printable(folder.string()) + "\n");
  return 0;
}

}  // namespace cli
