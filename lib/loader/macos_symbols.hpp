#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// Whether a library of macOS, which is loaded, may define a symbol that a file looks for in all libraries.
/// `needed`: the libraries that its linker looked into before; none for a file whose linker looks for all
/// symbols in all libraries.
bool may_be_of_macos(std::string_view symbol, const std::vector<std::string>& needed);

}  // namespace wheelfix
