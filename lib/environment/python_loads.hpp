#pragma once

#include <string>
#include <string_view>
#include <wheelfix/edit.hpp>

namespace wheelfix {

/// A Python file's content; empty if it is over python::max_source_size, because it wouldn't be read as
/// Python.
std::string python_code(const WheelEdit& edit, const std::string& path);

/// The same for a call that adds a folder of DLLs on Windows.
bool mentions_dll_folders(std::string_view code);

/// Whether a string literal of code that loads libraries means a file of this name: the name itself, or a
/// glob that names a library.
bool names_library(std::string_view literal, std::string_view file_name);

}  // namespace wheelfix
