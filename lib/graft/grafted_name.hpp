#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// The name that a system's library gets in a wheel: `libpng16-1a2b3c4d.so.16.39.0`, with the first eight
/// digits of its SHA-256 before the first dot, unless it has them. Two files of one name, each in a wheel of
/// its own, can so be loaded in one process. Source: auditwheel, repair.py.
std::string grafted_name(std::string_view file_name, std::string_view sha256);

}  // namespace wheelfix
