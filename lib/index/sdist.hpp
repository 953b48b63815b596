#pragma once

#include <optional>
#include <string>
#include <wheelfix/limits.hpp>

#include "base/file.hpp"

namespace wheelfix {

/// `FOLDER/PKG-INFO` of an sdist, a .zip or a .tar.gz by its name; nothing if it has none. Inflates no more
/// than it must. Throws Error{bad_archive} for what isn't such an archive, Error{limit_exceeded} for one that
/// inflates to more than the limits allow, Error{io}.
std::optional<std::string> read_pkg_info(const File& sdist, const Limits& limits);

}  // namespace wheelfix
