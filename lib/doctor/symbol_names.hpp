#pragma once

#include <string>

namespace wheelfix {

/// `c10::Error::~Error()` of a mangled C++ name, on macOS with one more `_`; empty for others, and for those
/// that are longer than real ones.
std::string demangled(const std::string& symbol);

}  // namespace wheelfix
