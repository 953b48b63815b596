// version_tool MODE answers each line of stdin with one line, so that tests/interop/test_versions.py can hold
// the value types against Python's readers. Fields are between tabs; in both directions a byte that isn't
// printable ASCII is `\xNN` and a backslash is `\x5c`. A line that the library refuses is answered `invalid`.
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/error.hpp>
#include <wheelfix/metadata.hpp>
#include <wheelfix/record.hpp>
#include <wheelfix/version.hpp>
#include <wheelfix/version_specifiers.hpp>
#include <wheelfix/wheel_name.hpp>

#include "base/text.hpp"
#include "wheel/marker.hpp"

namespace {

using Fields = std::vector<std::string>;

std::string escape(std::string_view text) {
  std::string line;
  for (const char c : text) {
    char code[5];
    std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    const bool plain = c >= ' ' && c < '\x7f' && c != '\\';
    line += plain ? std::string(1, c) : std::string(code);
  }
  return line;
}

std::string unescape(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      text += line[i];
      continue;
    }
    text += static_cast<char>(std::stoi(std::string(line.substr(i + 2, 2)), nullptr, 16));
    i += 3;
  }
  return text;
}

Fields normal(const Fields& fields) {
  return {wheelfix::Version::parse(fields.at(0)).to_string()};
}

Fields compare(const Fields& fields) {
  const auto order = wheelfix::Version::parse(fields.at(0)) <=> wheelfix::Version::parse(fields.at(1));
  return {order < 0 ? "<" : order > 0 ? ">" : "="};
}

/// A specifier set, then versions: for each whether it is in the set.
Fields contains(const Fields& fields) {
  const auto set = wheelfix::VersionSpecifiers::parse(fields.at(0));
  Fields found;
  for (std::size_t i = 1; i < fields.size(); ++i)
    found.push_back(set.contains(wheelfix::Version::parse(fields[i])) ? "in" : "out");
  return found;
}

Fields label(const Fields& fields) {
  return {wheelfix::with_local_label(fields.at(0), fields.at(1), wheelfix::LocalLabel::extend)};
}

Fields project(const Fields& fields) {
  return {wheelfix::normalize_project_name(fields.at(0))};
}

/// Distribution, version in normal form, build tag or nothing, then all tags.
Fields name(const Fields& fields) {
  const auto parsed = wheelfix::WheelName::parse(fields.at(0));
  Fields parts = {parsed.distribution(), parsed.version().to_string(), parsed.build().value_or("")};
  for (const auto& tag : parsed.expanded_tags()) parts.push_back(tag);
  return parts;
}

/// Path, hash and size of all rows.
Fields record(const Fields& fields) {
  Fields cells;
  const auto parsed = wheelfix::Record::parse(fields.at(0), "RECORD");
  for (const auto& row : parsed.rows())
    for (const auto cell : {row.path, row.hash, row.size}) cells.emplace_back(cell);
  return cells;
}

/// Text, then keys: the body, then for each key the number of its values and these.
Fields headers(const Fields& fields) {
  const auto document = wheelfix::HeaderDocument::parse(fields.at(0), "METADATA");
  Fields found = {std::string(document.body())};
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const auto values = document.get_all(fields[i]);
    found.push_back(std::to_string(values.size()));
    found.insert(found.end(), values.begin(), values.end());
  }
  return found;
}

/// Text, key, value: the text with that value.
Fields set(const Fields& fields) {
  return {
      wheelfix::HeaderDocument::parse(fields.at(0), "METADATA").with(fields.at(1), fields.at(2)).to_string()};
}

/// Marker, then names and values of what is known of the environment.
Fields marker(const Fields& fields) {
  wheelfix::MarkerEnvironment known;
  for (std::size_t i = 1; i < fields.size(); i += 2) known[fields[i]] = fields.at(i + 1);
  const auto value = wheelfix::evaluate_marker(fields.at(0), known);
  if (value == wheelfix::Truth::unknown) return {"unknown"};
  return {value == wheelfix::Truth::yes ? "yes" : "no"};
}

using Answer = Fields (*)(const Fields&);

std::string answer(Answer mode, std::string_view line) {
  Fields fields;
  for (const auto field : wheelfix::split(line, '\t')) fields.push_back(unescape(field));
  try {
    std::string text;
    const char* separator = "";
    for (const auto& field : mode(fields)) {
      text += separator + escape(field);
      separator = "\t";
    }
    return text;
  } catch (const wheelfix::Error&) {
    return "invalid";
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string_view, Answer> modes = {
      {"normal", normal},   {"compare", compare}, {"contains", contains}, {"label", label},
      {"project", project}, {"name", name},       {"record", record},     {"headers", headers},
      {"set", set},         {"marker", marker}};
  const auto mode = modes.find(argc == 2 ? argv[1] : "");
  if (mode == modes.end()) {
    std::fputs("usage: version_tool normal|compare|contains|label|project|name|record|headers|set|marker\n",
               stderr);
    return 2;
  }
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(mode->second, line) << '\n';
}
