#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/platform_tag.hpp>
#include <wheelfix/retag.hpp>

#include "base/text.hpp"
#include "doctor/tag_checks.hpp"
#include "environment/python_tag.hpp"

namespace wheelfix {

namespace {

using System = PlatformTag::System;
using Tags = std::vector<std::string>;

constexpr auto forced_hint = "correct it, or give --force if an installer is known to accept it";

bool is_tag_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_ascii_alnum(c) || c == '_'; });
}

/// The tags of an option's value, without its sign. One that is to be removed may be in upper case.
Tags parse_tags_of(const char* option, std::string_view text, bool are_removed) {
  constexpr auto hint = "tags are like cp311, abi3 and manylinux_2_28_x86_64, with dots between several";
  if (text.empty()) throw Error(ErrorCode::usage, option, "is given no tag", hint);
  Tags tags;
  for (const auto tag : split(text, '.')) {
    if (tag.empty())
      throw Error(ErrorCode::usage, option,
                  fmt::format("'{}' has a dot that is not between two tags", printable(text)), hint);
    if (!is_tag_text(tag))
      throw Error(ErrorCode::usage, option,
                  fmt::format("'{}' is no tag: it has other than letters, digits and _", printable(tag)),
                  hint);
    if (const auto lower = ascii_lower(tag); lower != tag && !are_removed)
      throw Error(ErrorCode::usage, option,
                  fmt::format("{} is in upper case, and uv finds no Python for it", tag),
                  fmt::format("give {}", lower));
    tags.emplace_back(tag);
  }
  return tags;
}

Tags changed(const char* option, const Tags& old, const std::optional<std::string>& text) {
  if (!text) return old;
  const auto sign = text->starts_with('+') || text->starts_with('-') ? text->front() : ' ';
  const auto given = parse_tags_of(option, std::string_view(*text).substr(sign == ' ' ? 0 : 1), sign == '-');
  Tags tags = sign == ' ' ? Tags{} : old;
  for (const auto& tag : given) {
    const bool is_there = contains(tags, tag);
    if (sign == '-' && !is_there)
      throw Error(ErrorCode::usage, option, fmt::format("the wheel doesn't have the tag {}", tag),
                  fmt::format("its tags are {}", fmt::join(old, ", ")));
    if (sign == '-')
      std::erase(tags, tag);
    else if (!is_there)
      tags.push_back(tag);
  }
  if (tags.empty())
    throw Error(ErrorCode::usage, option, fmt::format("would remove all tags: {}", fmt::join(old, ", ")),
                "name the tags that the wheel is to have, without the -");
  if (std::ranges::is_permutation(tags, old)) return old;
  std::ranges::sort(tags);
  return tags;
}

/// What is wrong with a Python tag; empty for one that some Python has.
std::string fault_of_python(std::string_view tag) {
  if (is_ascii_digit(tag.front()))
    return fmt::format("{} is no Python tag: dots are between tags, and Python 3.14 is cp314", tag);
  constexpr std::array<std::string_view, 5> others = {"pp", "graalpy", "ip", "jy", "py"};
  const auto digits = std::min(tag.find_first_of("0123456789"), tag.size());
  const auto name = tag.substr(0, digits), version = tag.substr(digits);
  const auto is_number = !version.empty() && std::ranges::all_of(version, is_ascii_digit);
  if (name == "cp") {
    const auto cpython = parse_cpython_tag(tag);
    if (cpython && is_number) return {};
    if (cpython)
      return fmt::format("{} is an ABI tag: the Python tag of this Python is cp{}{}", tag,
                         cpython->version.major, cpython->version.minor);
    return fmt::format("no Python has the tag {}: CPython's are like cp311", tag);
  }
  if (std::ranges::find(others, name) == others.end())
    return fmt::format("no Python is known that has the tag {}", tag);
  if (!is_number || (name == "py" && version.front() != '2' && version.front() != '3'))
    return fmt::format("no Python has the tag {}", tag);
  return {};
}

std::string fault_of_abi(std::string_view tag) {
  if (tag.starts_with("cp") && !parse_cpython_tag(tag))
    return fmt::format("no Python has the ABI {}: CPython's are like cp311, cp313t and abi3", tag);
  if (is_ascii_digit(tag.front())) return fmt::format("no Python has the ABI {}", tag);
  if (tag.starts_with("cp") || tag == "none" || tag == "abi3" || tag == "abi3t") return {};
  constexpr std::array<std::string_view, 6> others = {"pypy", "pp", "graalpy", "jython", "jy", "ip"};
  if (std::ranges::any_of(others, [&](std::string_view name) { return tag.starts_with(name); })) return {};
  return fmt::format("no Python is known that has the ABI {}: CPython's are like cp311, cp313t and abi3",
                     tag);
}

struct SystemTags {
  std::string_view prefix;
  std::string_view examples;  ///< empty: sysconfig's names, whatever follows
};

constexpr std::array system_tags = {
    SystemTags{"manylinux", "manylinux_2_28_x86_64 and manylinux2014_aarch64"},
    SystemTags{"musllinux", "musllinux_1_2_x86_64"},
    SystemTags{"linux", "linux_x86_64"},
    SystemTags{"macos", "macosx_11_0_arm64 and macosx_10_9_universal2"},
    SystemTags{"win", "win32, win_amd64 and win_arm64"},
    SystemTags{"ios", "ios_13_0_arm64_iphoneos"},
    SystemTags{"android", "android_21_arm64_v8a"},
    SystemTags{"pyodide", "pyodide_2024_0_wasm32"},
    SystemTags{"pyemscripten", "pyemscripten_2024_0_wasm32"},
    SystemTags{"emscripten", "emscripten_3_1_58_wasm32"},
    SystemTags{"freebsd", ""},
    SystemTags{"netbsd", ""},
    SystemTags{"openbsd", ""},
    SystemTags{"dragonfly", ""},
    SystemTags{"aix", ""},
    SystemTags{"solaris", ""},
    SystemTags{"sunos", ""},
    SystemTags{"cygwin", ""},
    SystemTags{"mingw", ""},
    SystemTags{"msys", ""},
    SystemTags{"haiku", ""},
    SystemTags{"zos", ""},
    SystemTags{"wasi", ""},
};

std::string fault_of_platform(std::string_view text) {
  const auto tag = PlatformTag::parse(text);
  if (tag.is_of_some_machine() && tag.system != System::other) return {};
  const auto system = std::ranges::find_if(
      system_tags, [&](const SystemTags& known) { return text.starts_with(known.prefix); });
  if (system == system_tags.end())
    return fmt::format("no Python is known that has the platform tag {}", text);
  if (system->examples.empty()) return {};
  return fmt::format("no {}Python has the platform tag {}: those of {} are like {}",
                     tag.system == System::other ? "" : "machine's ", text, system->prefix, system->examples);
}

void require_known(const char* option, const Tags& tags, const Tags& old,
                   std::string (*fault_of)(std::string_view)) {
  for (const auto& tag : tags) {
    if (contains(old, tag)) continue;
    if (auto fault = fault_of(tag); !fault.empty())
      throw Error(ErrorCode::usage, option, std::move(fault), forced_hint);
  }
}

void require_build_tag(std::string_view tag) {
  constexpr auto hint = "build tags are like 1 and 2cu121";
  if (!is_ascii_digit(tag.front()))
    throw Error(ErrorCode::usage, "--build", fmt::format("'{}' doesn't begin with a digit", printable(tag)),
                hint);
  const auto is_allowed = [](char c) { return is_ascii_alnum(c) || c == '_' || c == '.' || c == '+'; };
  if (!std::ranges::all_of(tag, is_allowed))
    throw Error(ErrorCode::usage, "--build",
                fmt::format("'{}' has other than letters, digits, '.', '_' and '+'", printable(tag)), hint);
}

/// What to do about a set of tags of which some go with none of the others.
std::string hint_for_set(const NameTags& tags) {
  if (contains(tags.platform, "any")) return "a wheel for any platform has no ABI: add --abi none";
  if (std::ranges::any_of(tags.python, [](const std::string& tag) { return tag.starts_with("py"); }))
    return "tags like py3 go with --abi none; a wheel with an ABI is for a Python like cp311";
  return "Python and ABI go together, like --python cp311 --abi cp311, --python cp313 --abi cp313t, --python "
         "cp38 --abi abi3";
}

/// Each tag must be in a combination that some Python accepts.
void require_combinations(const WheelName& name) {
  std::vector<std::string> accepted;
  for (const auto& tag : wheel_tags(name)) {
    const auto python = parse_cpython_tag(tag.python), abi = parse_cpython_tag(tag.abi);
    if (!is_of_some_python(tag) || (python && abi && python->version != abi->version)) continue;
    accepted.push_back(tag.python);
    accepted.push_back(tag.abi);
    for (auto& platform : name.platform_tags())
      if (tag.text.ends_with("-" + platform)) accepted.push_back(platform);
  }
  for (const auto* tags : {&name.python_tags(), &name.abi_tags(), &name.platform_tags()})
    for (const auto& tag : *tags)
      if (!contains(accepted, tag))
        throw Error(ErrorCode::usage, name.to_string(),
                    fmt::format("no Python accepts {} with the other tags", tag), hint_for_set(name.tags()));
}

}  // namespace

NameTags changed_tags(const WheelName& name, const TagChanges& changes, bool is_forced) {
  const auto old = name.tags();
  NameTags tags{.build = changes.build ? changes.build : old.build,
                .python = changed("--python", old.python, changes.python),
                .abi = changed("--abi", old.abi, changes.abi),
                .platform = changed("--platform", old.platform, changes.platform)};
  if (tags.build && tags.build->empty()) tags.build.reset();
  if (tags.build) require_build_tag(*tags.build);
  if (!is_forced) {
    require_known("--python", tags.python, old.python, fault_of_python);
    require_known("--abi", tags.abi, old.abi, fault_of_abi);
    require_known("--platform", tags.platform, old.platform, fault_of_platform);
  }
  const auto renamed = name.with_tags(tags);
  if (!is_forced && (changes.python || changes.abi || changes.platform)) require_combinations(renamed);
  return tags;
}

}  // namespace wheelfix
