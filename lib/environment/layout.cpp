#include <wheelfix/error.hpp>
#include <wheelfix/layout.hpp>
#include <wheelfix/version.hpp>

#include <algorithm>

#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view name_token = "{name}";
constexpr std::string_view layouts_root = "/layout";

[[noreturn]] void refuse(std::string_view text, const std::string& message) {
  throw Error(ErrorCode::usage, "layout '" + printable(text) + "'", message,
              "the layouts are shared, symlinks, split and split:TEMPLATE, like "
              "split:python_deps_{name}/site-packages");
}

void check_template(std::string_view text, std::string_view pattern) {
  if (pattern.find(name_token) == std::string_view::npos)
    refuse(text, "has no {name}, so all wheels would share it");
  if (pattern.starts_with('/')) refuse(text, "is an absolute path");
  for (const auto part : split(pattern, '/'))
    if (part.empty() || part == "." || part == "..") refuse(text, "has an empty part, '.' or '..'");
}

/// A part of a wheel that goes to a place of its own, and the path there.
struct Part {
  std::string_view scheme;  ///< empty for what is beside .data
  std::string_view path;
};

/// Nothing for an entry of .data without a scheme.
std::optional<Part> part_of(const Wheel& wheel, std::string_view entry) {
  const auto& data = wheel.data_dir();
  if (!data || !entry.starts_with(*data + "/")) return Part{{}, entry};
  entry.remove_prefix(data->size() + 1);
  const auto slash = entry.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return Part{entry.substr(0, slash), entry.substr(slash + 1)};
}

bool is_for_sys_path(const Part& part) {
  return part.scheme.empty() || part.scheme == "purelib" || part.scheme == "platlib";
}

std::string folder_name(std::string_view project) {
  auto name = normalize_project_name(project);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string_view site_packages(InstallScheme scheme) {
  return scheme == InstallScheme::nt ? "/Lib/site-packages" : "/lib/python3/site-packages";
}

/// Below the prefix; nothing for a scheme that doesn't exist.
std::optional<std::string> folder_of_part(const Part& part, const Wheel& wheel, InstallScheme scheme) {
  const bool is_nt = scheme == InstallScheme::nt;
  if (is_for_sys_path(part)) return std::string(site_packages(scheme));
  if (part.scheme == "data") return "";
  if (part.scheme == "scripts") return is_nt ? "/Scripts" : "/bin";
  if (part.scheme == "headers")
    return (is_nt ? "/Include/" : "/include/site/python3/") + wheel.name().distribution();
  return std::nullopt;
}

bool is_below(std::string_view path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

}  // namespace

Layout Layout::parse(std::string_view text) {
  constexpr std::string_view split_by = "split:";
  Layout layout;
  layout.text_ = text;
  if (text == "split") {
    layout.kind_ = Kind::split;
    layout.template_ = name_token;
  } else if (text.starts_with(split_by)) {
    layout.kind_ = Kind::split;
    layout.template_ = text.substr(split_by.size());
    check_template(text, layout.template_);
  } else if (text == "symlinks") {
    layout.kind_ = Kind::symlinks;
  } else if (text != "shared") {
    refuse(text, "is not known");
  }
  return layout;
}

std::string Layout::prefix() const {
  return std::string(layouts_root) + (kind_ == Kind::symlinks ? "/venv" : "");
}

std::string Layout::folder_of(std::string_view project, InstallScheme scheme) const {
  if (kind_ != Kind::split) return prefix() + std::string(site_packages(scheme));
  const auto name = folder_name(project);
  auto folder = std::string(layouts_root) + "/" + template_;
  for (auto at = folder.find(name_token); at != std::string::npos;
       at = folder.find(name_token, at + name.size()))
    folder.replace(at, name_token.size(), name);
  return folder;
}

std::optional<std::string> Layout::path_of(const Wheel& wheel, std::string_view entry,
                                           InstallScheme scheme) const {
  const auto part = part_of(wheel, entry);
  if (!part || (kind_ == Kind::split && !is_for_sys_path(*part))) return std::nullopt;
  const auto end = "/" + std::string(part->path);
  if (kind_ == Kind::split) return folder_of(wheel.name().distribution()) + end;
  const auto folder = folder_of_part(*part, wheel, scheme);
  return folder ? std::optional(prefix() + *folder + end) : std::nullopt;
}

std::optional<std::string> Layout::target_of(const Wheel& wheel, std::string_view path) const {
  if (kind_ != Kind::symlinks) return std::nullopt;
  path.remove_prefix(prefix().size());
  return std::string(layouts_root) + "/wheels/" + folder_name(wheel.name().distribution()) + std::string(path);
}

bool Layout::leads_out(std::string_view folder) const {
  if (kind_ == Kind::split) return !is_below(folder, std::string(layouts_root));
  const auto site = folder_of({});
  return !is_below(folder, prefix()) ||
         (is_below(folder, site.substr(0, site.rfind('/'))) && !is_below(folder, site));
}

std::optional<std::string> installed_path(const Wheel& wheel, std::string_view entry) {
  const auto part = part_of(wheel, entry);
  return part && is_for_sys_path(*part) ? std::optional(std::string(part->path)) : std::nullopt;
}

}  // namespace wheelfix
