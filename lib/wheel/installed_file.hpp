#pragma once

#include <filesystem>
#include <string_view>
#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// Where an entry of what is installed is on this machine.
std::filesystem::path installed_file(const Wheel& wheel, std::string_view path);

}  // namespace wheelfix
