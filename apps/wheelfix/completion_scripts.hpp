#pragma once

#include <string_view>

/// The files of apps/completion.
namespace cli {

extern const std::string_view bash_completion;
extern const std::string_view zsh_completion;
extern const std::string_view fish_completion;

}  // namespace cli
