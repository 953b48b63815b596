#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <wheelfix/compare.hpp>

namespace cli {

/// How many entries of a wheel differ from its source, as one sentence without an end: `3 of 10,605 entries
/// differ, 6 more have another name for the version; the rest bit for bit`.
std::string summary_of(const wheelfix::WheelComparison& comparison);
/// A line for each entry that differs, and how; then for those that are renamed.
std::string list_of(const wheelfix::WheelComparison& comparison);
nlohmann::ordered_json to_json(const wheelfix::WheelComparison& comparison);

}  // namespace cli
