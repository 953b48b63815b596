#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "lock/toml_lock.hpp"
#include "lock/uncovered.hpp"
#include "toml/toml_text.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

/// Where a package is now, and where its wheels are: a URL, or a path, which is relative to the lock's
/// folder.
struct UvSource {
  std::string registry;
  bool is_flat = false;  ///< a folder of wheels, and not an index

  /// As `index` in requires-dist has it.
  std::string as_index(const fs::path& lock) const {
    if (is_url(registry)) return registry;
    return "file://" +
           (fs::absolute(lock).lexically_normal().parent_path() / registry).lexically_normal().string();
  }
};

UvSource source_for(const PatchedVersion& version, const LockPlaces& places, const fs::path& lock) {
  constexpr std::string_view file = "file://";
  if (!places.is_index()) return {path_from(lock, version.folder()), true};
  return {places.index.starts_with(file) ? places.index.substr(file.size()) : places.index, false};
}

/// A wheel as uv has it: its key, `url` or `path`, where it is, and its hash.
struct UvFile {
  std::string key;
  std::string place;
  std::string hash;

  bool operator==(const UvFile&) const = default;
};

UvFile read_uv_file(const TomlPlace& table) {
  UvFile file{.key = {}, .place = {}, .hash = std::string(table.string("hash"))};
  for (const auto* key : {"url", "path", "filename"})
    if (const auto place = table.string(key); !place.empty()) file.key = key, file.place = place;
  return file;
}

UvFile uv_file(const PatchedVersion& version, const PatchedWheel& wheel, const UvSource& source,
               const LockPlaces& places) {
  const auto hash = "sha256:" + wheel.sha256;
  if (source.is_flat) return {"path", wheel.file_name(), hash};
  if (is_url(source.registry)) return {"url", places.url_of(version, wheel), hash};
  return {"path", fmt::format("{}/{}/{}", source.registry, version.project, wheel.file_name()), hash};
}

/// The requirements of a list, or of the lists of a table.
template <typename Visit>
void for_each_requirement(const TomlPlace& value, const Visit& visit) {
  for (const auto& item : value.items) visit(item);
  for (const auto& entry : value.entries)
    for (const auto& item : entry.value.items) visit(item);
}

template <typename Visit>
void for_each_requirement(const TomlPlace& table, std::initializer_list<const char*> keys,
                          const Visit& visit) {
  for (const auto* key : keys)
    if (const auto* entry = table.find(key)) for_each_requirement(entry->value, visit);
}

/// The edits of a uv.lock, package by package.
class UvLock {
 public:
  UvLock(std::string_view text, const LockPlaces& places, const fs::path& path)
      : text_(text),
        places_(places),
        path_(path),
        lock_(text, printable(path.string()), "package"),
        edits_(text, plan_.edits) {
    const auto* version = lock_.root().find("version");
    if (version == nullptr || version->value.text != "1")
      lock_.refuse(version == nullptr ? 0 : version->begin, "isn't a uv.lock of version 1");
  }

  LockPlan plan(const PatchedWheels& wheels) {
    const auto matched = lock_.match(wheels);
    for (std::size_t i = 0; i < matched.size(); ++i)
      if (matched[i] != nullptr) edit(lock_.packages()[i], *matched[i]);
    return std::move(plan_);
  }

 private:
  [[noreturn]] void refuse_package(const TomlPlace& package, std::string message, std::string hint) const {
    throw Error(ErrorCode::does_not_apply,
                fmt::format("{}:{}", printable(path_.string()), lock_.line(package.begin)),
                std::move(message), std::move(hint));
  }

  void edit(const TomlPlace& package, const PatchedVersion& version) {
    if (!edited_.insert(version.project).second)
      refuse_package(package,
                     fmt::format("has {} {} a second time, from another place", version.project,
                                 package.string("version")),
                     "lock it from one place first");
    plan_.pinned.push_back(version.project);
    const auto* old_source = package.find("source");
    const auto* registry = old_source == nullptr ? nullptr : old_source->value.find("registry");
    if (registry == nullptr)
      refuse_package(
          package,
          fmt::format("has {} from a path, URL or repository, and not from an index", version.project),
          fmt::format("remove {} from [tool.uv.sources], and lock it again", version.project));
    lock_.require(old_source->value, "registry", TomlPlace::Kind::string);
    lock_.require(package, "wheels", TomlPlace::Kind::list);
    const auto source = source_for(version, places_, path_);
    const auto& old_version = *package.find("version");
    const auto before = plan_.edits.size();
    edits_.set_string(old_version.value, version.version.to_string());
    edits_.set_string(registry->value, source.registry);
    set_wheels(package, *old_source, version, source);
    if (const auto* sdist = package.find("sdist")) edits_.remove(*sdist);
    edit_references(version, old_version.value.text, registry->value.text, source);
    if (plan_.edits.size() > before) plan_.changes.push_back(change(package, version));
    note_needs(version, source);
  }

  void set_wheels(const TomlPlace& package, const TomlEntry& old_source, const PatchedVersion& version,
                  const UvSource& source) {
    std::vector<UvFile> files;
    std::vector<std::string> tables;
    for (const auto& wheel : version.wheels) {
      const auto& file = files.emplace_back(uv_file(version, wheel, source, places_));
      tables.push_back(fmt::format("{{ {} = {}, hash = \"{}\", size = {} }}", file.key,
                                   toml_quoted(file.place), file.hash, wheel.size));
    }
    const auto* wheels = package.find("wheels");
    if (wheels == nullptr) {
      const std::string end(line_end_of(text_));
      std::string lines = "wheels = [";
      for (const auto& table : tables) lines += end + "    " + table + ",";
      edits_.add_line_after(old_source, lines + end + "]");
    } else if (std::ranges::equal(wheels->value.items, files, {}, read_uv_file)) {
      return;
    } else if (wheels->value.has_header) {
      lock_.refuse(wheels->begin, "wheels isn't written as a list, as uv writes it");
    } else {
      edits_.set_list(wheels->value, tables);
    }
  }

  /// Of other packages that depend on it, and of projects that name the index that it is to come from.
  void edit_references(const PatchedVersion& version, const std::string& old_version,
                       const std::string& old_registry, const UvSource& source) {
    const auto is_it = [&](const TomlPlace& item) {
      return normalize_project_name(item.string("name")) == version.project;
    };
    const auto depends = [&](const TomlPlace& item) {
      if (!is_it(item) || (item.find("version") != nullptr && item.string("version") != old_version)) return;
      const auto* of = item.find("source");
      const auto* registry = of == nullptr ? nullptr : of->value.find("registry");
      if (of != nullptr && (registry == nullptr || registry->value.text != old_registry)) return;
      if (const auto* own = item.find("version")) edits_.set_string(own->value, version.version.to_string());
      if (registry != nullptr) edits_.set_string(registry->value, source.registry);
    };
    const auto requires_it = [&](const TomlPlace& item) {
      if (!is_it(item)) return;
      const auto index = item.string("index");
      if (!index.empty() && !is_same_place(index, UvSource{old_registry}.as_index(path_)) &&
          !is_same_place(index, source.as_index(path_)))
        return;
      if (!index.empty())
        edits_.set_string(item.find("index")->value, source.as_index(path_)), has_index_ = true;
      warn_of_specifier(item, old_version, version);
    };
    for (const auto& package : lock_.packages()) {
      for_each_requirement(package, {"dependencies", "optional-dependencies", "dev-dependencies"}, depends);
      if (const auto* metadata = package.find("metadata"))
        for_each_requirement(metadata->value, {"requires-dist", "requires-dev"}, requires_it);
    }
    if (const auto* manifest = lock_.root().find("manifest"))
      for_each_requirement(manifest->value, {"requirements", "constraints", "overrides", "dependency-groups"},
                           requires_it);
  }

  void warn_of_specifier(const TomlPlace& item, const std::string& old_version,
                         const PatchedVersion& version) {
    const auto specifier = item.string("specifier");
    try {
      const auto specifiers = VersionSpecifiers::parse(specifier);
      if (specifiers.contains(version.version) || !specifiers.contains(Version::parse(old_version))) return;
    } catch (const Error&) {
      return;  // uv's own business
    }
    plan_.warnings.push_back(fmt::format(
        "{}:{}: the project requires {}{}, which {} isn't: require {}=={}, or `uv lock` replaces it",
        printable(path_.string()), lock_.line(item.begin), version.project, printable(specifier),
        version.version.to_string(), version.project, version.version.to_string()));
  }

  LockChange change(const TomlPlace& package, const PatchedVersion& version) const {
    std::vector<std::string> old;
    if (const auto* wheels = package.find("wheels"))
      for (const auto& wheel : wheels->value.items)
        old.push_back(file_name_of_url(read_uv_file(wheel).place));
    if (const auto* sdist = package.find("sdist"))
      old.push_back(file_name_of_url(read_uv_file(sdist->value).place));
    const auto& old_version = *package.find("version");
    return {version.project,        lock_.line(old_version.begin),
            old_version.value.text, version.version.to_string(),
            version.file_names(),   uncovered_files(old, version)};
  }

  void note_needs(const PatchedVersion& version, const UvSource& source) {
    auto needs = std::ranges::find(plan_.uv_needs, source.registry, &UvNeeds::place);
    if (needs == plan_.uv_needs.end())
      needs = plan_.uv_needs.insert(needs, UvNeeds{source.registry, source.is_flat, {}});
    if (std::exchange(has_index_, false)) needs->sources.push_back(version.project);
  }

  std::string_view text_;
  const LockPlaces& places_;
  const fs::path& path_;
  TomlLock lock_;
  LockPlan plan_;
  TomlEdits edits_;
  std::set<std::string> edited_;
  bool has_index_ = false;  ///< whether a project names an index for the package that is edited
};

}  // namespace

LockPlan plan_uv_lock(std::string_view text, const PatchedWheels& wheels, const LockPlaces& places,
                      const fs::path& path) {
  return UvLock(text, places, path).plan(wheels);
}

}  // namespace wheelfix
