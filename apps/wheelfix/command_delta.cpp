#include <nlohmann/json.hpp>
#include <wheelfix/delta.hpp>
#include <wheelfix/spelling.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto delta_description =
    "Writes what a wheel has that its source doesn't have: a small file, if wheelfix made the wheel. With "
    "the\n"
    "source, `wheelfix join` makes the same wheel of it again, byte for byte. Prints the file's path.\n";

constexpr auto delta_example =
    "  wheelfix delta torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl "
    "out/torch-2.1.0+fix.1-cp311-cp311-manylinux1_x86_64.whl\n"
    "  writes torch-2.1.0+fix.1-cp311-cp311-manylinux1_x86_64.whl.delta\n";

}  // namespace

int run_delta(int argc, char** argv) {
  CommandLine line("wheelfix delta", "[OPTION...] SOURCE WHEEL", delta_description, delta_example);
  line.add({{"o,output", "the file to write (default: WHEEL's name with .delta)", "FILE"},
            {"overwrite", "replace an existing file"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().size() != 2) line.refuse("takes the source and the wheel that was made from it");

  const std::filesystem::path source = line.positionals().front(), wheel = line.positionals().back();
  const std::filesystem::path output = line.text("output", wheel.filename().string() + ".delta");
  make_delta(source, wheel, output,
             {.limits = line.limits(),
              .jobs = line.jobs(),
              .overwrite = line.has("overwrite"),
              .progress = progress_line(line.verbosity())});
  if (line.json())
    print_json({{"source", source.string()}, {"wheel", wheel.string()}, {"output", output.string()}});
  else
    print(printable(output.string()) + "\n");
  return 0;
}

}  // namespace cli
