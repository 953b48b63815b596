#include <filesystem>
#include <nlohmann/json.hpp>
#include <wheelfix/diff.hpp>
#include <wheelfix/installed_package.hpp>
#include <wheelfix/patch.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

constexpr auto diff_description =
    "Makes a patch that turns the files of OLD into those of NEW, for `wheelfix patch`, `patch -p1` and\n"
    "`git apply`. RECORD and the Version line of METADATA are left out. NEW may be a folder that OLD was\n"
    "unpacked to, or an environment that it is installed in, as --env too: then the files of the installed\n"
    "RECORD are compared, without what installers make.\n";

constexpr auto diff_example =
    "  unzip -q demo-1.0-py3-none-any.whl -d demo && $EDITOR demo/demo/__init__.py\n"
    "  wheelfix diff demo-1.0-py3-none-any.whl demo -o fix.patch\n\n"
    "  wheelfix diff demo-1.0-py3-none-any.whl --env .venv\n";

void refuse_input_as_output(const CommandLine& line) {
  for (const auto& input : line.positionals()) {
    std::error_code failure;
    if (fs::equivalent(input, line.text("output"), failure))
      line.refuse(fmt::format("--output {} is one of the inputs", line.text("output")));
  }
}

std::string diff_with_installed(const CommandLine& line, const Wheel& before, const fs::path& environment) {
  const auto installed = open_installed({environment}, before.name().distribution(), line.limits());
  const auto &old_version = before.name().version_text(), &new_version = installed.name().version_text();
  if (old_version != new_version && line.verbosity() != Verbosity::quiet)
    print_warning(fmt::format("{} is of version {}, and {} is installed", before.path().string(),
                              printable(old_version), printable(new_version)));
  return diff_wheel_with_installed(before, installed, line.max_input_size());
}

std::string make_patch(const CommandLine& line) {
  const auto before = Wheel::open(line.positionals()[0], line.limits());
  if (line.has("env")) return diff_with_installed(line, before, line.text("env"));
  const fs::path after = line.positionals()[1];
  if (!fs::is_directory(after))
    return diff_wheels(before, Wheel::open(after, line.limits()), line.max_input_size());
  return is_installation(after) ? diff_with_installed(line, before, after)
                                : diff_wheel_with_folder(before, after, line.max_input_size());
}

const char* how_of(const FileDiff& file) {
  return file.old_name.empty() ? "added" : file.new_name.empty() ? "removed" : "patched";
}

nlohmann::ordered_json patch_json(const std::string& patch, const std::string& output) {
  auto changed = nlohmann::ordered_json::array();
  if (!patch.empty())
    for (const auto& file : parse_diff(patch, output).files) {
      const auto& name = file.new_name.empty() ? file.old_name : file.new_name;
      changed.push_back({{"path", name.substr(name.find('/') + 1)}, {"how", how_of(file)}});
    }
  return {{"output", output}, {"changed", std::move(changed)}};
}

}  // namespace

int run_diff(int argc, char** argv) {
  CommandLine line("wheelfix diff", "[OPTION...] OLD [NEW]", diff_description, diff_example);
  line.add({{"o,output", "write the patch to a file instead of stdout", "FILE"},
            {"env",
             "compare with what is installed there: an interpreter, a venv or conda prefix, or a folder of "
             "packages",
             "PATH"}});
  line.add_limits();
  line.add_limit(
      {"max-input-size", "refuse to make a patch with more than BYTES (default: 64 MiB)", "BYTES"});
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.json() && !line.has("output"))
    line.refuse("--json needs --output", "give -o FILE: a patch may have bytes that JSON can't have");
  if (line.positionals().size() + (line.has("env") ? 1 : 0) != 2)
    line.refuse("takes two wheels, a wheel and a folder, or a wheel and --env");

  if (line.has("output")) refuse_input_as_output(line);
  const auto patch = make_patch(line);
  if (line.has("output")) {
    save_patch(patch, line.text("output"));
    if (line.json()) print_json(patch_json(patch, line.text("output")));
  } else {
    print(patch);
  }
  if (patch.empty() && line.verbosity() != Verbosity::quiet) print_line("no differences");
  return 0;
}

}  // namespace cli
