#include "lock/pin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>

namespace wheelfix {

namespace {

/// How well a pinned version fits: how many parts the labels have in common, and whether the pinned label has
/// no others.
std::pair<std::size_t, bool> fitness(const Version& pinned, const Version& wheel) {
  const auto common = std::ranges::mismatch(pinned.local(), wheel.local()).in1 - pinned.local().begin();
  return {static_cast<std::size_t>(common), static_cast<std::size_t>(common) == pinned.local().size()};
}

std::string place_of(const std::string& file, const Pin& pin) {
  return fmt::format("{}:{}", file, pin.line);
}

std::string version_list(const std::vector<PatchedVersion>& versions) {
  std::string list;
  for (const auto& version : versions) list += (list.empty() ? "" : ", ") + version.version.to_string();
  return list;
}

[[noreturn]] void refuse_other_version(const std::string& file, const Pin& pin,
                                       const std::vector<PatchedVersion>& versions) {
  throw Error(ErrorCode::does_not_apply, place_of(file, pin),
              fmt::format("pins {} {}, and the wheels are of {}", pin.project, printable(pin.version),
                          version_list(versions)),
              fmt::format("lock {} {} first, or patch the wheel of {}", pin.project,
                          versions.front().version.public_string(), printable(pin.version)));
}

/// A pin with the wheels that have its public version.
struct Candidate {
  std::size_t pin;
  Version version;
  const PatchedVersion* wheels;
};

}  // namespace

std::vector<const PatchedVersion*> match_pins(const std::vector<Pin>& pins, const PatchedWheels& wheels,
                                              const std::string& file) {
  std::map<std::string, std::vector<Candidate>> candidates;
  std::map<std::string, const Pin*> others;
  for (std::size_t i = 0; i < pins.size(); ++i) {
    const auto& versions = wheels.of(pins[i].project);
    if (versions.empty()) continue;
    const auto pinned = Version::try_parse(pins[i].version);
    const auto same = std::ranges::find_if(versions, [&](const PatchedVersion& version) {
      return pinned && version.version.public_string() == pinned->public_string();
    });
    if (same == versions.end()) {
      others.emplace(pins[i].project, &pins[i]);
    } else {
      candidates[pins[i].project].push_back({i, *pinned, &*same});
    }
  }
  for (const auto& [project, pin] : others)
    if (!candidates.contains(project)) refuse_other_version(file, *pin, wheels.of(project));

  std::vector<const PatchedVersion*> matched(pins.size());
  for (const auto& [project, all] : candidates) {
    for (const auto& candidate : all) {
      const auto own = fitness(candidate.version, candidate.wheels->version);
      const auto rival = std::ranges::find_if(all, [&](const Candidate& other) {
        return other.wheels == candidate.wheels && other.version != candidate.version &&
               fitness(other.version, other.wheels->version) >= own;
      });
      if (rival == all.end()) {
        matched[candidate.pin] = candidate.wheels;
      } else if (fitness(rival->version, rival->wheels->version) == own) {
        throw Error(ErrorCode::does_not_apply, place_of(file, pins[candidate.pin]),
                    fmt::format("pins {} {}, and line {} pins {}: the wheels of {} can replace either",
                                project, candidate.version.to_string(), pins[rival->pin].line,
                                rival->version.to_string(), candidate.wheels->version.to_string()),
                    "lock one version first");
      }
    }
  }
  return matched;
}

}  // namespace wheelfix
