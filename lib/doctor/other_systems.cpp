#include "doctor/other_systems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/platform_tag.hpp>

namespace wheelfix {

bool is_examined(const WheelSet& set, std::size_t wheel) {
  const auto& tags = set.wheels[wheel].wheel().name().platform_tags();
  return std::ranges::any_of(tags, [&](const std::string& text) {
    const auto tag = PlatformTag::parse(text);
    return tag.system == PlatformTag::System::any || tag.loader() == set.system.kind;
  });
}

Finding not_examined(const WheelSet& set, std::size_t wheel) {
  const auto& source = set.wheels[wheel].wheel();
  const auto& platform = source.name().platform_tags().front();
  const bool is_known = PlatformTag::parse(platform).loader().has_value();
  return {
      .code = FindingCode::not_examined,
      .severity = Severity::note,
      .wheel = source.path().string(),
      .message = is_known
                     ? fmt::format("what its modules load isn't examined: it is for {}, and the first wheel "
                                   "of the set is for another system",
                                   platform)
                     : fmt::format("what its modules load isn't examined: the loader of {} isn't simulated",
                                   platform),
      .hint =
          is_known ? "give the wheels of one system at a time" : "tags, machines and Pythons are checked"};
}

Finding other_sysroot(const WheelSet& set, const std::filesystem::path& sysroot) {
  const auto& system = set.system;
  return {
      .code = FindingCode::not_examined,
      .severity = Severity::error,
      .wheel = set.wheels.front().wheel().path().string(),
      .message = fmt::format("the system below {} is for {}, and the wheels are for {} with the loader of {}",
                             printable(sysroot.string()), *set.other_sysroot, printable(system.machine),
                             to_string(system.kind)),
      .hint =
          "what the wheels' tags promise is used in its place: give a system of that machine, or no "
          "--sysroot"};
}

}  // namespace wheelfix
