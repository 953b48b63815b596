#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/completion_scripts.hpp"

namespace cli {

namespace {

constexpr auto completion_description =
    "Prints the script by which a shell completes the command lines of wheelfix and wheelfix-index: "
    "commands,\n"
    "options and their values, files, recipes and the codes of findings.\n";

constexpr auto completion_example =
    "  wheelfix completion bash >~/.local/share/bash-completion/completions/wheelfix\n"
    "  eval \"$(wheelfix completion bash)\"      for this shell alone\n\n"
    "  wheelfix completion zsh >~/.zfunc/_wheelfix      if ~/.zshrc has `fpath+=~/.zfunc` before compinit\n\n"
    "  wheelfix completion fish >~/.config/fish/completions/wheelfix.fish\n";

}  // namespace

int run_completion(int argc, char** argv) {
  CommandLine line("wheelfix completion", "[OPTION...] SHELL", completion_description, completion_example);
  if (!line.parse(argc, argv)) return 0;
  const auto& shells = line.positionals();
  if (shells.size() != 1) line.refuse("takes the name of one shell", "give bash, zsh or fish");
  if (shells[0] == "bash")
    print(bash_completion);
  else if (shells[0] == "zsh")
    print(zsh_completion);
  else if (shells[0] == "fish")
    print(fish_completion);
  else
    line.refuse(fmt::format("there is no completion for {}", wheelfix::printable(shells[0])),
                "give bash, zsh or fish");
  return 0;
}

}  // namespace cli
