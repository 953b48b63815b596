#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/platform_tag.hpp>

namespace wheelfix {

/// When a policy allows something: the version of the oldest one that does, or never.
using AllowedSince = std::optional<PlatformVersion>;

/// By symbol.
using WithheldSymbols = std::map<std::string_view, AllowedSince>;

/// The policies of manylinux or musllinux for a machine, which must have some.
class PolicyRules {
 public:
  static bool has(PlatformTag::System system, std::string_view machine);
  PolicyRules(PlatformTag::System system, std::string_view machine);

  PlatformVersion oldest() const { return policies_.front(); }
  PlatformVersion newest() const { return policies_.back(); }
  /// The tag of the oldest policy that is as new as this; for a glibc newer than that of all policies the tag
  /// of that glibc. `linux_MACHINE` for never.
  std::string tag_for(AllowedSince since) const;
  /// `linux_MACHINE`.
  std::string plain_tag() const;

  AllowedSince library_since(std::string_view name) const;
  /// Of a version of symbols, as `GLIBC_2.34` of libc.so.6. The oldest policy allows what no policy is about.
  AllowedSince version_since(std::string_view file, std::string_view version) const;
  /// Those symbols of a promised library that not all policies promise; null for none.
  const WithheldSymbols* withheld(std::string_view file) const;

 private:
  void add_withheld(std::string_view section);

  PlatformTag::System system_;
  std::string machine_;
  std::vector<PlatformVersion> policies_;
  std::map<std::string_view, PlatformVersion> libraries_;
  std::map<std::string, WithheldSymbols, std::less<>> withheld_;  ///< by file
};

}  // namespace wheelfix
