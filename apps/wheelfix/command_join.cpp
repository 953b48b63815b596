#include <nlohmann/json.hpp>
#include <wheelfix/delta.hpp>
#include <wheelfix/spelling.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto join_description =
    "Makes a wheel again from its source and what `wheelfix delta` wrote: the same bytes, which a SHA-256 in "
    "the\n"
    "delta proves. Prints the wheel's path.\n";

constexpr auto join_example =
    "  wheelfix join torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl "
    "torch-2.1.0+fix.1-cp311-cp311-manylinux1_x86_64.whl.delta\n"
    "  writes torch-2.1.0+fix.1-cp311-cp311-manylinux1_x86_64.whl\n";

}  // namespace

int run_join(int argc, char** argv) {
  CommandLine line("wheelfix join", "[OPTION...] SOURCE DELTA", join_description, join_example);
  line.add({{"o,output", "the wheel to write (default: its own name)", "FILE"},
            {"overwrite", "replace an existing file, but never the source"}});
  line.add_jobs();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().size() != 2) line.refuse("takes the source and the delta");

  const auto wheel = join_delta(
      line.positionals().front(), line.positionals().back(), line.text("output"),
      {.jobs = line.jobs(), .overwrite = line.has("overwrite"), .progress = progress_line(line.verbosity())});
  if (line.json())
    print_json({{"source", line.positionals().front()},
                {"delta", line.positionals().back()},
                {"output", wheel.string()}});
  else
    print(printable(wheel.string()) + "\n");
  return 0;
}

}  // namespace cli
