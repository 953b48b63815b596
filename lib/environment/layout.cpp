#include <wheelfix/error.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/version.hpp>

#include <algorithm>

#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view name_token = "{name}";

[[noreturn]] void refuse(std::string_view text, const std::string& message) {
  throw Error(
      ErrorCode::usage, "layout '" + printable(text) + "'", message,
      "the layouts are shared, split and split:TEMPLATE, like split:python_deps_{name}/site-packages");
}

void check_template(std::string_view text, std::string_view pattern) {
  if (pattern.find(name_token) == std::string_view::npos)
    refuse(text, "has no {name}, so all wheels would share it");
  if (pattern.starts_with('/')) refuse(text, "is an absolute path");
  for (const auto part : split(pattern, '/'))
    if (part.empty() || part == "." || part == "..") refuse(text, "has an empty part, '.' or '..'");
}

}  // namespace

Layout Layout::parse(std::string_view text) {
  constexpr std::string_view split_by = "split:";
  Layout layout;
  layout.text_ = text;
  if (text == "split") {
    layout.template_ = name_token;
  } else if (text.starts_with(split_by)) {
    layout.template_ = text.substr(split_by.size());
    check_template(text, layout.template_);
  } else if (text != "shared") {
    refuse(text, "is not known");
  }
  return layout;
}

std::string Layout::folder_of(std::string_view project) const {
  if (is_shared()) return "/layout/site-packages";
  auto name = normalize_project_name(project);
  std::replace(name.begin(), name.end(), '-', '_');
  auto folder = "/layout/" + template_;
  for (auto at = folder.find(name_token); at != std::string::npos;
       at = folder.find(name_token, at + name.size()))
    folder.replace(at, name_token.size(), name);
  return folder;
}

std::optional<std::string> installed_path(const Wheel& wheel, std::string_view entry) {
  const auto& data = wheel.data_dir();
  if (!data || !entry.starts_with(*data + "/")) return std::string(entry);
  entry.remove_prefix(data->size() + 1);
  for (const std::string_view folder : {"purelib/", "platlib/"})
    if (entry.starts_with(folder)) return std::string(entry.substr(folder.size()));
  return std::nullopt;
}

}  // namespace wheelfix
