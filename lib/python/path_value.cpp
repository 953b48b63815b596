#include "python/path_value.hpp"

#include <algorithm>
#include <functional>

#include "base/text.hpp"

namespace wheelfix::python {
namespace {

constexpr std::size_t most_texts = 64;
constexpr std::size_t longest_text = 1024;
constexpr std::size_t most_parts = 128;
constexpr std::size_t most_inner_parts = 8;

void add_text(std::vector<std::string>& texts, std::string text) {
  if (texts.size() >= most_texts || text.size() > longest_text) text = "*";
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

PathValue each(const PathValue& value, const std::function<std::string(const std::string&)>& change) {
  PathValue changed;
  for (const auto& text : value.texts) add_text(changed.texts, change(text));
  return changed;
}

PathValue each_as_listed(const PathValue& value,
                         const std::function<std::string(const std::string&)>& change) {
  auto changed = each(value, change);
  changed.is_listed = value.is_listed;
  return changed;
}

// If there would be too many pairs, the left text counts as unknown.
PathValue each_pair(const PathValue& left, const PathValue& right,
                    const std::function<std::string(const std::string&, const std::string&)>& combine) {
  if (left.texts.size() * right.texts.size() > most_texts && left.texts.size() > 1)
    return each_pair(unknown_value(), right, combine);
  PathValue pairs;
  for (const auto& first : left.texts) {
    for (const auto& second : right.texts) add_text(pairs.texts, combine(first, second));
  }
  return pairs;
}

bool is_absolute(std::string_view path) {
  return path.starts_with('/') || path.starts_with(wheel_root);
}

std::string join_two(const std::string& folder, const std::string& name) {
  if (is_absolute(name) || folder.empty()) return name;
  return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

// A `*` at an end stays there, because the text may be longer, or end before it.
std::string strip(std::string text, const std::string& dropped, bool at_begin, bool at_end) {
  const auto kept = [&](std::size_t at) { return at == text.npos ? text.size() : at; };
  if (at_end) {
    const auto last = text.find_last_not_of(dropped + '*');
    const auto end = last == text.npos ? 0 : last + 1;
    const bool is_open = text.find('*', end) != text.npos;
    text = text.substr(0, end) + (is_open ? "*" : "");
  }
  if (at_begin) {
    const auto begin = kept(text.find_first_not_of(dropped + '*'));
    const bool is_open = text.substr(0, begin).find('*') != text.npos;
    text = (is_open ? "*" : "") + text.substr(begin);
  }
  return text;
}

/// Above the wheel's root there are only folders that have no names here: a `..` for each, after a `.` by
/// which they aren't a `..` of the code, of which dirname() drops the last.
std::string parent_of(const std::string& path) {
  const auto above = wheel_root + std::string("/./..");
  if (path.size() == 1 && path.front() == wheel_root) return above;
  if (path.starts_with(above) && path.ends_with("/..")) return path + "/..";
  const auto slash = path.rfind('/');
  if (slash == path.npos) return path.find('*') == path.npos ? "" : "*";
  return path.substr(0, slash);
}

// The length of `%s`, `%03d` or `%(name)s` at the start of `text`, or 0.
std::size_t percent_length(std::string_view text) {
  std::size_t at = 1;
  if (text.substr(at).starts_with('(')) {
    const auto close = text.find(')');
    if (close == text.npos) return 0;
    at = close + 1;
  }
  at = text.find_first_not_of("#0- +.123456789*", at);
  return at != text.npos && is_ascii_alpha(text[at]) ? at + 1 : 0;
}

// The text cut at its fields, and `%%` as `%`.
std::vector<std::string> between_percents(std::string_view text) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < text.size();) {
    const auto length = text[i] == '%' ? percent_length(text.substr(i)) : 0;
    if (length > 0) {
      pieces.emplace_back();
      i += length;
      continue;
    }
    pieces.back() += text[i];
    i += text.substr(i, 2) == "%%" ? 2 : 1;
  }
  return pieces;
}

std::string without_braces(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool brace = text[i] == '{' || text[i] == '}';
    if (!brace || (i + 1 < text.size() && text[i + 1] == text[i])) {
      out += text[i];
      i += brace ? 1 : 0;
      continue;
    }
    const auto close = text.find('}', i);
    if (close == text.npos) return "*";
    out += '*';
    i = close;
  }
  return out;
}

}  // namespace

void unite(PathValue& value, const PathValue& other) {
  if (!other.texts.empty()) value.is_listed = other.is_listed && (value.is_listed || value.texts.empty());
  for (const auto& text : other.texts) add_text(value.texts, text);
  for (const auto& key : other.keys) add_part(value.keys, key);
  for (const auto& element : other.elements) add_part(value.elements, element);
}

void add_part(std::vector<PathValue>& parts, PathValue part) {
  if (parts.size() > most_parts) return;
  if (parts.size() == most_parts) part = unknown_value();
  for (auto* inner : {&part.keys, &part.elements}) {
    if (inner->size() > most_inner_parts) inner->resize(most_inner_parts);
    for (auto& value : *inner) {
      if (!value.elements.empty()) value = unknown_value();
    }
  }
  parts.push_back(std::move(part));
}

PathValue one_of(PathValue value) {
  value.is_listed = false;
  return value;
}

PathValue any_of(const std::vector<PathValue>& values) {
  PathValue all;
  for (const auto& value : values) unite(all, value);
  return all;
}

PathValue concatenated(const PathValue& left, const PathValue& right) {
  return each_pair(left, right, [](const auto& first, const auto& second) { return first + second; });
}

PathValue joined(const PathValue& folder, const PathValue& name) {
  return each_pair(folder, name, join_two);
}

PathValue made_absolute(const PathValue& path) {
  return each_as_listed(path, [](const std::string& text) {
    return is_absolute(text) || text.starts_with('*') ? text : "*/" + text;
  });
}

PathValue expanded(const PathValue& path) {
  return each_as_listed(path, [](const std::string& text) {
    if (text.find_first_of("$%") != text.npos) return std::string("*");
    return text.starts_with('~') ? '*' + text.substr(std::min(text.find('/'), text.size())) : text;
  });
}

PathValue lowered(const PathValue& text) {
  return each_as_listed(text, [](std::string part) {
    if (!is_ascii(part)) part = "*";
    std::ranges::replace(part, wheel_root, '*');  // its letters aren't known
    return ascii_lower(part);
  });
}

PathValue stripped(const PathValue& text, const std::optional<PathValue>& characters, bool at_begin,
                   bool at_end) {
  if (characters &&
      (characters->texts.size() != 1 || characters->texts.front().find('*') != std::string::npos))
    return unknown_value();
  const auto dropped = characters ? characters->texts.front() : " \t\n\r\f\v";
  return each(text, [&](const std::string& part) { return strip(part, dropped, at_begin, at_end); });
}

PathValue parent_folder(const PathValue& path) {
  return each(path, parent_of);
}

PathValue base_name(const PathValue& path) {
  return each(path, [](const std::string& text) { return text.substr(text.rfind('/') + 1); });
}

PathValue percent_formatted(const PathValue& format, const PathValue& argument) {
  PathValue result;
  for (const auto& text : format.texts) {
    const auto pieces = between_percents(text);
    auto value = text_value(pieces.front());
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const auto* field = &argument;
      if (!argument.elements.empty())
        field = i <= argument.elements.size() ? &argument.elements[i - 1] : nullptr;
      const bool known = field && !field->texts.empty() && (pieces.size() == 2 || field != &argument);
      value = concatenated(concatenated(value, known ? *field : unknown_value()), text_value(pieces[i]));
    }
    unite(result, value);
  }
  return result;
}

PathValue brace_formatted(const PathValue& format) {
  return each(format, without_braces);
}

std::string normal_path(std::string path) {
  std::ranges::replace(path, '\\', '/');
  std::vector<std::string_view> parts;
  for (const auto part : split(path, '/')) {
    if (part == "." || (part.empty() && !parts.empty())) continue;
    const bool known_before = !parts.empty() && parts.back().find_first_of("*?[") == std::string_view::npos &&
                              parts.back() != ".." && !parts.back().starts_with(wheel_root);
    if (part == ".." && known_before) {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string normal;
  for (std::size_t i = 0; i < parts.size(); ++i) normal.append(i == 0 ? "" : "/").append(parts[i]);
  return normal;
}

}  // namespace wheelfix::python
