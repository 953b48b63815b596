#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/platform_tag.hpp>

namespace wheelfix {

/// What manylinux policies say of a version of symbols, as `GLIBCXX_3.4.30` of libstdc++.so.6.
struct VersionPromise {
  std::optional<PlatformVersion>
      since;           ///< the glibc of the oldest policy that promises it; nothing: none does
  std::string newest;  ///< what the policy of the question promises of its kind: `3.4.19`; empty: nothing
};

/// Nothing for versions that no policy is about. The policy of a glibc between two of them is the older one.
std::optional<VersionPromise> promise_of(std::string_view file, std::string_view version,
                                         std::string_view machine, const PlatformVersion& policy);

/// `GLIBCXX_3.4.29` of a symbol that libstdc++ has since then; empty for older ones, most of those of 3.4.21,
/// and those that aren't libstdc++'s.
std::string_view libstdcxx_version_of(std::string_view symbol);

}  // namespace wheelfix
