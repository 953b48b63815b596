#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wheelfix {

/// Text that is HTML already. All other text is escaped where a part takes it.
struct Markup {
  std::string html = {};

  Markup& operator+=(const Markup& other) {
    html += other.html;
    return *this;
  }
};

/// What a part has in place of `{{name}}`.
class PartValue {
 public:
  PartValue(std::string_view name, std::string_view text);
  PartValue(std::string_view name, std::size_t number);
  PartValue(std::string_view name, Markup markup) : name_(name), html_(std::move(markup.html)) {}

  std::string_view name() const { return name_; }
  const std::string& html() const { return html_; }

 private:
  std::string_view name_;
  std::string html_;
};

/// A part of report.html, where each begins with a line `<!-- part: NAME -->`, with its values filled in: all
/// that it has, and no others.
Markup part(std::string_view name, std::initializer_list<PartValue> values = {});

/// The text of a finding, with its commands and names between `backticks` as code; a command, which has a
/// space, can be copied.
Markup with_code(std::string_view text);

}  // namespace wheelfix
