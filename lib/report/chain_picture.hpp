#pragma once

#include <string>
#include <wheelfix/doctor.hpp>

#include "report/page_parts.hpp"

namespace wheelfix {

/// The files on the way to a failure: `_C.so → libtorch.so → libgone.so.1`.
std::string way_as_text(const LoadPath& path);

/// The way to the failure that a finding reports as boxes one below the other, an SVG of the width of a
/// phone.
Markup chain_picture(const LoadPath& path, const Finding& finding);

}  // namespace wheelfix
