#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wheelfix {

/// Why installers refuse a Requires-Dist: what pip or uv doesn't parse, or what pip fails on when it
/// evaluates the marker. Nothing if both take it. Source: packaging.python.org, "Dependency specifiers", as
/// `packaging` reads them.
std::optional<std::string> requirement_fault(std::string_view text);

/// Whether uv takes a Requires-Python that isn't a set of version specifiers, because it corrects what was
/// usual once: `>=3.6.*`, `!=3.0*`, quotes, a missing comma. pip ignores it.
bool is_mendable_requires_python(std::string_view text);

}  // namespace wheelfix
