#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wheelfix {

/// A start tag of a page in HTML.
struct HtmlTag {
  std::string name;                                             ///< in lower case
  std::vector<std::pair<std::string, std::string>> attributes;  ///< names in lower case, values unescaped

  /// Of the first attribute of that name, as HTML has it.
  std::optional<std::string> attribute(std::string_view key) const;
};

/// The start tags `a`, `base` and `meta`, in order. Comments and the text of scripts and styles have none. It
/// reads any bytes, by the tokens of HTML without its tree, as Python's html.parser does, which pip uses.
/// Entities are those that pages of indexes have: numbers, amp, lt, gt, quot, apos; others stay.
std::vector<HtmlTag> html_tags(std::string_view page);

}  // namespace wheelfix
