#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>
#include <wheelfix/requirement_lines.hpp>
#include <wheelfix/wheel_name.hpp>

namespace wheelfix {

namespace {

/// The SHA-256 of the wheels of each version, by project and version.
using Hashes = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

Hashes hashes_of(const std::vector<WriteResult>& wheels) {
  Hashes hashes;
  for (const auto& wheel : wheels) {
    const auto name = WheelName::parse(wheel.output.filename().string());
    hashes[{normalize_project_name(name.distribution()), name.version().to_string()}].insert(wheel.sha256);
  }
  return hashes;
}

}  // namespace

std::string requirement_lines(const std::vector<WriteResult>& wheels) {
  std::string text;
  for (const auto& [wheel, hashes] : hashes_of(wheels)) {
    text += fmt::format("{}=={}", wheel.first, wheel.second);
    for (const auto& hash : hashes) text += " --hash=sha256:" + hash;
    text += '\n';
  }
  return text;
}

std::string constraint_lines(const std::vector<WriteResult>& wheels) {
  std::string text;
  for (const auto& [wheel, hashes] : hashes_of(wheels))
    text += fmt::format("{}=={}\n", wheel.first, wheel.second);
  return text;
}

}  // namespace wheelfix
