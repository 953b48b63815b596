#include <filesystem>
#include <wheelfix/patch.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

constexpr auto description =
    "Makes a patch that turns the files of OLD into those of NEW, for `wheelfix patch`, `patch -p1` and\n"
    "`git apply`. RECORD and the Version line of METADATA are left out. NEW may be a folder that OLD was\n"
    "unpacked to.\n";

constexpr auto example =
    "  unzip -q demo-1.0-py3-none-any.whl -d demo && $EDITOR demo/demo/__init__.py\n"
    "  wheelfix diff demo-1.0-py3-none-any.whl demo -o fix.patch\n";

void refuse_input_as_output(const CommandLine& line) {
  for (const auto& input : line.positionals()) {
    std::error_code failure;
    if (fs::equivalent(input, line.text("output"), failure))
      line.refuse(fmt::format("--output {} is one of the inputs", line.text("output")));
  }
}

}  // namespace

int run_diff(int argc, char** argv) {
  CommandLine line("wheelfix diff", "[OPTION...] OLD NEW", description, example);
  line.add({{"o,output", "write the patch to a file instead of stdout", "FILE"}});
  line.add_limits();
  line.add({{"max-input-size", "refuse to make a patch with more than BYTES (default: 64 MiB)", "BYTES"}});
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().size() != 2) line.refuse("takes two wheels, or a wheel and a folder");

  if (line.has("output")) refuse_input_as_output(line);
  const auto before = Wheel::open(line.positionals()[0], line.limits());
  const fs::path after = line.positionals()[1];
  const auto most = line.max_input_size();
  const auto patch = fs::is_directory(after) ? diff_wheel_with_folder(before, after, most)
                                             : diff_wheels(before, Wheel::open(after, line.limits()), most);
  if (line.has("output")) {
    save_patch(patch, line.text("output"));
  } else {
    print(patch);
  }
  if (patch.empty() && line.verbosity() != Verbosity::quiet) print_line("no differences");
  return 0;
}

}  // namespace cli
