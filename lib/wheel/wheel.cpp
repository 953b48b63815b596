#include <wheelfix/wheel.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/contents.hpp"
#include "wheel/other_kinds.hpp"

namespace wheelfix {

struct Wheel::State {
  zip::Archive archive;
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

Wheel::Wheel(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Wheel Wheel::open(const std::filesystem::path& path, const Limits& limits) {
  refuse_other_kinds(path);
  auto archive = zip::Archive::open(path, limits);
  throw_first_error(archive.findings(), ErrorCode::bad_archive);
  auto contents = read_contents(archive, limits);
  throw_first_error(contents.findings, ErrorCode::bad_wheel);
  auto entries = list_entries(archive);
  auto warnings = archive.findings();
  warnings.insert(warnings.end(), contents.findings.begin(), contents.findings.end());
  auto state = std::make_shared<State>(
      State{std::move(archive), std::move(contents), std::move(warnings), std::move(entries), {}});
  for (std::size_t i = 0; i < state->entries.size(); ++i) state->by_path.emplace(state->entries[i].path, i);
  return Wheel(std::move(state));
}

const std::filesystem::path& Wheel::path() const {
  return state_->archive.file().path();
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
  state_->archive.file().require_unchanged();
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
  return state_->archive.read(state_->archive.entries()[*index]);
}

struct WheelAccess {
  static const zip::Archive& archive(const Wheel& wheel) { return wheel.state_->archive; }
};

const zip::Archive& archive_of(const Wheel& wheel) {
  return WheelAccess::archive(wheel);
}

}  // namespace wheelfix
