#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>

#include "lock/toml_lock.hpp"
#include "lock/uncovered.hpp"
#include "toml/toml_text.hpp"

namespace wheelfix {

namespace {

/// A wheel or sdist as a pylock.toml has it.
struct PylockFile {
  std::string name;
  std::string url;
  std::string path;
  std::string sha256;

  bool operator==(const PylockFile&) const = default;
};

PylockFile read_file_table(const TomlPlace& table) {
  PylockFile file{.name = std::string(table.string("name")),
                  .url = std::string(table.string("url")),
                  .path = std::string(table.string("path")),
                  .sha256 = {}};
  if (file.name.empty()) file.name = file_name_of_url(file.path.empty() ? file.url : file.path);
  if (const auto* hashes = table.find("hashes")) file.sha256 = hashes->value.string("sha256");
  return file;
}

class PylockPackage {
 public:
  PylockPackage(const TomlLock& lock, const TomlPlace& package, const PatchedVersion& version,
                const LockPlaces& places, const std::filesystem::path& path)
      : lock_(lock), package_(package), version_(version), places_(places) {
    for (const auto* key : {"vcs", "directory", "archive"})
      if (const auto* entry = package.find(key))
        throw Error(ErrorCode::does_not_apply,
                    fmt::format("{}:{}", printable(path.string()), lock.line(entry->begin)),
                    fmt::format("has {} from {}, and not from wheels", version.project, key),
                    "lock a published version of it first");
    lock.require(package, "index", TomlPlace::Kind::string);
    lock.require(package, "wheels", TomlPlace::Kind::list);
    for (const auto& wheel : version.wheels)
      wheels_.push_back({wheel.file_name(), places.is_index() ? places.url_of(version, wheel) : std::string(),
                         places.is_index() ? std::string() : path_from(path, wheel.path), wheel.sha256});
  }

  LockChange change() const {
    std::vector<std::string> old;
    for (const auto& file : old_wheels()) old.push_back(file.name);
    if (const auto* sdist = package_.find("sdist")) old.push_back(read_file_table(sdist->value).name);
    const auto& version = *package_.find("version");
    return {version_.project,      lock_.line(version.begin),
            version.value.text,    version_.version.to_string(),
            version_.file_names(), uncovered_files(old, version_)};
  }

  void edit(TomlEdits& edits, std::string_view line_end) const {
    const auto& version = *package_.find("version");
    edits.set_string(version.value, version_.version.to_string());
    const auto* index = package_.find("index");
    const auto index_line = "index = " + toml_quoted(places_.index);
    std::string added;
    if (index != nullptr && !places_.is_index()) edits.remove(*index);
    if (index != nullptr && places_.is_index()) edits.set_string(index->value, places_.index);
    if (index == nullptr && places_.is_index()) added = index_line;
    const auto* wheels = package_.find("wheels");
    if (wheels == nullptr) {
      added += (added.empty() ? "" : std::string(line_end)) + wheels_line();
    } else if (old_wheels() != wheels_) {
      set_wheels(edits, wheels->value, line_end);
    }
    if (!added.empty()) edits.add_line_after(version, added);
    // These are of the old files.
    for (const auto* key : {"sdist", "attestation-identities"})
      if (const auto* entry = package_.find(key)) edits.remove(*entry);
  }

 private:
  std::vector<PylockFile> old_wheels() const {
    std::vector<PylockFile> files;
    if (const auto* wheels = package_.find("wheels"))
      for (const auto& wheel : wheels->value.items) files.push_back(read_file_table(wheel));
    return files;
  }

  std::vector<std::pair<std::string, std::string>> keys_of(std::size_t i, bool has_name) const {
    std::vector<std::pair<std::string, std::string>> keys;
    const auto& wheel = wheels_[i];
    if (has_name) keys.emplace_back("name", toml_quoted(wheel.name));
    if (wheel.url.empty()) keys.emplace_back("path", toml_quoted(wheel.path));
    if (wheel.path.empty()) keys.emplace_back("url", toml_quoted(wheel.url));
    keys.emplace_back("size", std::to_string(version_.wheels[i].size));
    return keys;
  }

  std::vector<std::string> inline_tables(bool has_name) const {
    std::vector<std::string> tables;
    for (std::size_t i = 0; i < wheels_.size(); ++i) {
      std::string keys;
      for (const auto& [key, value] : keys_of(i, has_name)) keys += fmt::format("{} = {}, ", key, value);
      tables.push_back(fmt::format("{{ {}hashes = {{ sha256 = \"{}\" }} }}", keys, wheels_[i].sha256));
    }
    return tables;
  }

  std::string wheels_line() const {
    std::string line = "wheels = [";
    for (const auto& table : inline_tables(true)) line += (line.ends_with('[') ? "" : ", ") + table;
    return line + "]";
  }

  void set_wheels(TomlEdits& edits, const TomlPlace& list, std::string_view line_end) const {
    const bool has_name = !list.items.empty() && list.items.front().find("name") != nullptr;
    if (!list.has_header) return edits.set_list(list, inline_tables(has_name));
    std::vector<std::string> tables;
    for (std::size_t i = 0; i < wheels_.size(); ++i) {
      auto table = fmt::format("[[packages.wheels]]{}", line_end);
      for (const auto& [key, value] : keys_of(i, has_name))
        table += fmt::format("{} = {}{}", key, value, line_end);
      table += fmt::format("{0}[packages.wheels.hashes]{0}sha256 = \"{1}\"{0}", line_end, wheels_[i].sha256);
      tables.push_back(std::move(table));
    }
    edits.set_tables(list, tables);
  }

  const TomlLock& lock_;
  const TomlPlace& package_;
  const PatchedVersion& version_;
  const LockPlaces& places_;
  std::vector<PylockFile> wheels_;
};

}  // namespace

LockPlan plan_pylock(std::string_view text, const PatchedWheels& wheels, const LockPlaces& places,
                     const std::filesystem::path& path) {
  const TomlLock lock(text, printable(path.string()), "packages");
  const auto* version = lock.root().find("lock-version");
  if (version == nullptr || !version->value.text.starts_with("1."))
    lock.refuse(version == nullptr ? 0 : version->begin, "isn't a pylock.toml of lock-version 1");
  LockPlan plan;
  TomlEdits edits(text, plan.edits);
  const auto matched = lock.match(wheels);
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (matched[i] == nullptr) continue;
    plan.pinned.push_back(matched[i]->project);
    const PylockPackage package(lock, lock.packages()[i], *matched[i], places, path);
    const auto before = plan.edits.size();
    package.edit(edits, line_end_of(text));
    if (plan.edits.size() > before) plan.changes.push_back(package.change());
  }
  return plan;
}

}  // namespace wheelfix
