#include <wheelfix/wheel.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/contents.hpp"
#include "wheel/installed_file.hpp"
#include "wheel/other_kinds.hpp"

namespace wheelfix {

struct Wheel::State {
  std::optional<zip::Archive> archive;
  std::optional<InstalledDistribution> installed;  ///< without its files; this or the archive is there
  WheelContents contents;
  std::vector<Finding> warnings;
  std::vector<WheelEntry> entries;
  std::unordered_map<std::string_view, std::size_t> by_path;  ///< views into entries
};

namespace {

std::vector<WheelEntry> list_entries(const zip::Archive& archive) {
  std::vector<WheelEntry> entries;
  entries.reserve(archive.entries().size());
  for (const auto& entry : archive.entries())
    entries.push_back({entry.path, entry.size, entry.compressed_size, entry.unix_mode(), entry.crc32});
  return entries;
}

}  // namespace

Wheel::Wheel(std::shared_ptr<State> state) {
  for (std::size_t i = 0; i < state->entries.size(); ++i) state->by_path.emplace(state->entries[i].path, i);
  state_ = std::move(state);
}

Wheel Wheel::open(const std::filesystem::path& path, const Limits& limits) {
  refuse_other_kinds(path);
  auto archive = zip::Archive::open(path, limits);
  throw_first_error(archive.findings(), ErrorCode::bad_archive);
  auto contents = read_contents(archive, limits);
  throw_first_error(contents.findings, ErrorCode::bad_wheel);
  auto entries = list_entries(archive);
  auto warnings = archive.findings();
  warnings.insert(warnings.end(), contents.findings.begin(), contents.findings.end());
  return Wheel(std::make_shared<State>(
      State{std::move(archive), {}, std::move(contents), std::move(warnings), std::move(entries), {}}));
}

Wheel Wheel::installed(InstalledDistribution distribution) {
  WheelContents contents{.name = distribution.name,
                         .dist_info = distribution.dist_info,
                         .data_dir = {},
                         .odd_data_dirs = {},
                         .metadata = std::move(distribution.metadata),
                         .wheel_file = std::move(distribution.wheel_file),
                         .record = std::move(distribution.record),
                         .findings = {}};
  auto files = std::move(distribution.files);
  return Wheel(std::make_shared<State>(
      State{{}, std::move(distribution), std::move(contents), {}, std::move(files), {}}));
}

const InstalledDistribution* Wheel::installation() const {
  return state_->installed ? &*state_->installed : nullptr;
}

const std::filesystem::path& Wheel::path() const {
  return state_->installed ? state_->installed->folder : state_->archive->file().path();
}
const WheelName& Wheel::name() const {
  return *state_->contents.name;
}
const std::string& Wheel::dist_info() const {
  return state_->contents.dist_info;
}
const std::optional<std::string>& Wheel::data_dir() const {
  return state_->contents.data_dir;
}
std::string Wheel::data_dir_name() const {
  const auto stem = dist_info().substr(0, dist_info().rfind('.'));
  return data_dir().value_or(stem + ".data");
}
const HeaderDocument& Wheel::metadata() const {
  return *state_->contents.metadata;
}
const HeaderDocument& Wheel::wheel_file() const {
  return *state_->contents.wheel_file;
}
const Record& Wheel::record() const {
  return *state_->contents.record;
}
const std::vector<WheelEntry>& Wheel::entries() const {
  return state_->entries;
}
const std::vector<Finding>& Wheel::warnings() const {
  return state_->warnings;
}
void Wheel::require_unchanged() const {
  archive_of(*this).file().require_unchanged();
}

std::optional<std::size_t> Wheel::find(std::string_view path) const {
  const auto found = state_->by_path.find(path);
  if (found == state_->by_path.end()) return std::nullopt;
  return found->second;
}

std::string Wheel::read(std::string_view path) const {
  const auto index = find(path);
  if (!index)
    throw Error(ErrorCode::bad_wheel, this->path().string() + ": " + printable(path), "is not in the wheel");
  if (state_->installed) return read_file(installed_file(*this, path));
  return state_->archive->read(state_->archive->entries()[*index]);
}

struct WheelAccess {
  static const std::optional<zip::Archive>& archive(const Wheel& wheel) { return wheel.state_->archive; }
};

const zip::Archive& archive_of(const Wheel& wheel) {
  const auto& archive = WheelAccess::archive(wheel);
  if (!archive)
    throw Error(ErrorCode::usage, wheel.path().string(),
                "is a folder of installed packages, and this needs a wheel");
  return *archive;
}

std::filesystem::path installed_file(const Wheel& wheel, std::string_view path) {
  return wheel.path() / path;
}

}  // namespace wheelfix
