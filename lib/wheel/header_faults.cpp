#include "wheel/header_faults.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "wheel/requirement_syntax.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t shown_requirement = 100;

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_ascii_digit);
}

HeaderFault error(FindingCode code, std::string message, const char* hint) {
  return {code, Severity::error, std::move(message), hint};
}

HeaderFault version_fault(Severity severity, std::string message, const char* hint) {
  return {FindingCode::wheel_version, severity, std::move(message), hint};
}

}  // namespace

std::vector<HeaderFault> metadata_faults(const HeaderDocument& metadata) {
  std::vector<HeaderFault> faults;
  if (metadata.get_folded("Name") != metadata.get("Name"))
    faults.push_back(
        error(FindingCode::metadata_mismatch,
              "has a Name with white space after it or on several lines, all of which pip takes as the name",
              "pip and uv refuse such a wheel: write the name on one line, with nothing after it"));
  if (const auto line = metadata.folded_line("Requires-Dist"))
    faults.push_back(error(FindingCode::requires_dist_unreadable,
                           fmt::format("line {} continues a Requires-Dist", *line),
                           "pip refuses it: write it on one line"));
  for (const auto& text : metadata.get_all("Requires-Dist")) {
    if (const auto fault = requirement_fault(text))
      faults.push_back(
          error(FindingCode::requires_dist_unreadable,
                fmt::format("Requires-Dist '{}' {}",
                            printable(std::string_view(text).substr(0, shown_requirement)), *fault),
                "pip and uv accept ones like demo[extra]>=1.0,<2; python_version > \"3\""));
  }
  return faults;
}

std::optional<HeaderFault> wheel_version_fault(const HeaderDocument& wheel_file) {
  const auto text = wheel_file.get("Wheel-Version").value_or("");
  const auto parts = split(text, '.');
  if (parts.size() < 2 || !std::ranges::all_of(parts, is_number))
    return version_fault(Severity::error,
                         fmt::format("has no Wheel-Version like 1.0, but '{}'", printable(text)),
                         "installers refuse it: ask the publisher for another wheel");
  if (wheel_file.to_string().find("Wheel-Version:") == std::string::npos)
    return version_fault(Severity::error, "spells Wheel-Version differently", "uv reads only this spelling");
  if (text.starts_with("0.1.") || text == "0.1")
    return version_fault(Severity::warning, fmt::format("has Wheel-Version {}, older than 1.0", text),
                         "pip and uv accept it, installer doesn't");
  if (parts.front() == "0")
    return version_fault(Severity::error, fmt::format("has Wheel-Version {}, older than 1.0", text),
                         "not every installer accepts it: ask the publisher for another wheel");
  if (parts.front() != "1")
    return version_fault(Severity::error, fmt::format("has Wheel-Version {}, and wheelfix knows 1.x", text),
                         "look for a newer wheelfix");
  if (text != "1.0")
    return version_fault(Severity::warning, fmt::format("has Wheel-Version {}, newer than 1.0", text),
                         "pip warns of it, and installs it as 1.0");
  return std::nullopt;
}

}  // namespace wheelfix
