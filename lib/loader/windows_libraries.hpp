#pragma once

#include <span>
#include <string_view>

namespace wheelfix {

/// DLLs of System32 on every Windows 10 and Server 2016, in lower case: those with documented functions,
/// which libraries import. API sets (`api-ms-*`) are names for parts of them.
std::span<const std::string_view> windows_libraries();

/// DLLs that come with python.org's Python beside its own.
std::span<const std::string_view> windows_python_libraries();

/// DLLs that Microsoft's Visual C++ redistributable package brings, and Python doesn't.
std::span<const std::string_view> windows_redistributable_libraries();

/// DLLs that NVIDIA's driver brings.
std::span<const std::string_view> windows_driver_libraries();

}  // namespace wheelfix
