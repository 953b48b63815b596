#include <wheelfix/wheel_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "wheel/other_kinds.hpp"

namespace wheelfix {

namespace {

using Tags = std::vector<std::string>;
using TagSet = std::array<Tags, 3>;  // python, abi, platform

constexpr std::string_view suffix = ".whl";
constexpr std::size_t most_tags = 4096;
constexpr std::size_t longest_tag_set = 1024;

bool is_made_of(std::string_view text, std::string_view punctuation) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_ascii_alnum(c) || punctuation.find(c) != std::string_view::npos;
  });
}

bool is_distribution(std::string_view text) {
  return is_made_of(text, "._") && std::ranges::any_of(text, is_ascii_alnum) &&
         text.find("__") == std::string_view::npos;
}

/// Begins with a number, which uv reads into 64 bits.
bool is_build_tag(std::string_view text) {
  std::uint64_t number = 0;
  return is_made_of(text, "._+") && is_ascii_digit(text.front()) &&
         std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

bool has_only_version_characters(std::string_view text) {
  return is_made_of(text, "._+!");
}

/// The tags of one part, `py2.py3`; empty if one of them isn't a tag.
Tags parse_tags(std::string_view part) {
  Tags tags;
  for (const auto tag : split(part, '.')) {
    if (!is_made_of(tag, "_")) return {};
    tags.emplace_back(tag);
  }
  return tags;
}

std::optional<TagSet> parse_tag_set(std::string_view python, std::string_view abi,
                                    std::string_view platform) {
  TagSet set{parse_tags(python), parse_tags(abi), parse_tags(platform)};
  if (std::ranges::any_of(set, &Tags::empty)) return std::nullopt;
  if (std::ranges::any_of(set[0], [](const std::string& tag) { return is_ascii_digit(tag.front()); }))
    return std::nullopt;
  return set;
}

std::string joined(const Tags& tags) {
  return fmt::format("{}", fmt::join(tags, "."));
}

/// Divides instead of multiplying, so that long parts can't overflow.
bool has_too_many(const TagSet& set) {
  return set[0].size() > most_tags / set[1].size() / set[2].size();
}

Tags expand(const Tags& python, const Tags& abi, const Tags& platform) {
  Tags expanded;
  for (const auto& p : python) {
    for (const auto& a : abi) {
      for (const auto& f : platform) expanded.push_back(fmt::format("{}-{}-{}", p, a, f));
    }
  }
  return expanded;
}

[[noreturn]] void refuse(std::string_view subject, std::string message) {
  throw Error(ErrorCode::bad_wheel, printable(subject), std::move(message), hint_for_name(subject));
}

void check_version(std::string_view version, std::string_view subject) {
  if (has_only_version_characters(version) && Version::try_parse(version)) return;
  refuse(subject,
         fmt::format("the version '{}' is not a PEP 440 version as file names spell it", printable(version)));
}

}  // namespace

WheelName WheelName::parse(std::string_view file_name) {
  if (!file_name.ends_with(suffix)) refuse(file_name, "not the name of a wheel: it does not end in .whl");
  const auto parts = split(file_name.substr(0, file_name.size() - suffix.size()), '-');
  if (parts.size() != 5 && parts.size() != 6) {
    refuse(file_name,
           fmt::format(
               "the name of a wheel has 5 parts between dashes, or 6 with a build tag, and this one has {}",
               parts.size()));
  }
  if (std::ranges::any_of(parts, &std::string_view::empty))
    refuse(file_name, "a part between the dashes is empty");
  if (!is_distribution(parts[0])) {
    refuse(file_name,
           fmt::format("the distribution '{}' has other than ASCII letters, digits, '.' and single '_'",
                       printable(parts[0])));
  }
  check_version(parts[1], file_name);
  if (parts.size() == 6 && !is_build_tag(parts[2])) {
    refuse(file_name, fmt::format("the build tag '{}' does not begin with a number below 2^64, or has other "
                                  "than letters and digits",
                                  printable(parts[2])));
  }
  auto tags = parse_tag_set(parts.end()[-3], parts.end()[-2], parts.end()[-1]);
  if (!tags) {
    refuse(file_name,
           fmt::format("'{}-{}-{}' is not a set of python, abi and platform tags", printable(parts.end()[-3]),
                       printable(parts.end()[-2]), printable(parts.end()[-1])));
  }
  if (has_too_many(*tags))
    refuse(file_name, fmt::format("its tags stand for more than {} combinations", most_tags));

  WheelName name;
  name.distribution_ = parts[0];
  name.version_text_ = parts[1];
  if (parts.size() == 6) name.build_ = parts[2];
  name.python_ = std::move((*tags)[0]);
  name.abi_ = std::move((*tags)[1]);
  name.platform_ = std::move((*tags)[2]);
  return name;
}

std::vector<std::string> WheelName::expanded_tags() const {
  return expand(python_, abi_, platform_);
}

std::string WheelName::to_string() const {
  const auto build = build_ ? "-" + *build_ : std::string();
  return fmt::format("{}-{}{}-{}-{}-{}{}", distribution_, version_text_, build, joined(python_), joined(abi_),
                     joined(platform_), suffix);
}

WheelName WheelName::with_version(std::string version_text) const {
  check_version(version_text, to_string());
  WheelName renamed = *this;
  renamed.version_text_ = std::move(version_text);
  return renamed;
}

WheelName WheelName::with_tags(NameTags tags) const {
  WheelName renamed = *this;
  renamed.build_ = std::move(tags.build);
  renamed.python_ = std::move(tags.python);
  renamed.abi_ = std::move(tags.abi);
  renamed.platform_ = std::move(tags.platform);
  const auto text = renamed.to_string();
  if (parse(text).tags() != renamed.tags()) refuse(text, "one of its tags would be read as several parts");
  return renamed;
}

std::vector<std::string> expand_tag_set(std::string_view tag_set) {
  const auto parts = split(tag_set, '-');
  if (parts.size() != 3 || tag_set.size() > longest_tag_set) return {};
  const auto tags = parse_tag_set(parts[0], parts[1], parts[2]);
  if (!tags || has_too_many(*tags)) return {};
  return expand((*tags)[0], (*tags)[1], (*tags)[2]);
}

}  // namespace wheelfix
