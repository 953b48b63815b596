#include <fmt/format.h>

#include <wheelfix/error.hpp>
#include <wheelfix/library_rules.hpp>

#include "base/text.hpp"

namespace wheelfix {
namespace {

using Action = LibraryRule::Action;

[[noreturn]] void refuse_form(const std::string& origin, std::string_view text, std::string_view form) {
  throw Error(ErrorCode::usage, origin, fmt::format("'{}' is not {}", printable(std::string(text)), form));
}

struct Form {
  std::string_view text;
  bool values_needed = true;
};

Form form_of(Action action) {
  switch (action) {
    case Action::set_rpath:
    case Action::add_rpath:
      return {"GLOB=PATHS"};
    case Action::remove_rpath:
      return {"GLOB or GLOB=PATHS", false};
    case Action::replace_needed:
      return {"GLOB=OLD:NEW"};
    case Action::set_soname:
      return {"ENTRY=NAME"};
    default:
      return {"GLOB=NAME"};
  }
}

}  // namespace

LibraryRule parse_library_rule(Action action, std::string_view text, std::string origin) {
  const auto form = form_of(action);
  const auto equals = text.find('=');
  const auto glob = text.substr(0, equals);
  const auto value = equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
  if (glob.empty() || (value.empty() && (form.values_needed || equals != std::string_view::npos)))
    refuse_form(origin, text, form.text);
  LibraryRule rule{action, std::string(glob), {}, std::move(origin)};
  const bool is_path =
      action == Action::set_rpath || action == Action::add_rpath || action == Action::remove_rpath;
  if (is_path) {
    rule.values = split_search_path(value);
  } else if (action == Action::replace_needed) {
    const auto colon = value.find(':');
    if (colon == 0 || colon == std::string_view::npos || colon + 1 == value.size())
      refuse_form(rule.origin, text, form.text);
    rule.values = {std::string(value.substr(0, colon)), std::string(value.substr(colon + 1))};
  } else {
    rule.values = {std::string(value)};
  }
  return rule;
}

}  // namespace wheelfix
