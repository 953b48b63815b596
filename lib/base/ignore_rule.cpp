#include <wheelfix/ignore_rule.hpp>

#include <fmt/format.h>

#include <wheelfix/error.hpp>
#include <wheelfix/finding_catalogue.hpp>
#include <wheelfix/spelling.hpp>

#include "base/glob.hpp"
#include "base/text.hpp"

namespace wheelfix {

IgnoreRule IgnoreRule::parse(std::string_view text, const std::string& subject) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto* info = find_finding(name);
  if (info == nullptr) {
    const auto like = names_like(name);
    throw Error(ErrorCode::usage, subject, fmt::format("no finding has the code '{}'", printable(name)),
                like.empty() ? "`wheelfix explain` lists them"
                             : fmt::format("is it {}? `wheelfix explain` lists them all", or_list(like)));
  }
  IgnoreRule rule{info->code};
  if (equals == text.npos) return rule;
  rule.glob = text.substr(equals + 1);
  if (rule.glob.empty())
    throw Error(ErrorCode::usage, subject, fmt::format("{}= has an empty glob", name),
                fmt::format("write {} alone to ignore it everywhere", name));
  return rule;
}

bool IgnoreRule::covers(const Finding& finding) const {
  if (finding.code != code) return false;
  if (glob.empty()) return true;
  const auto matches = [&](std::string_view text) { return glob_matches(glob, std::string(text)); };
  return (finding.path && matches(*finding.path)) || (finding.wheel && matches(file_name(*finding.wheel)));
}

}  // namespace wheelfix
