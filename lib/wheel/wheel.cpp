#include <wheelfix/wheel.hpp>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/contents.hpp"
#include "wheel/installed_file.hpp"
#include "wheel/known_wheel.hpp"
#include "wheel/other_kinds.hpp"
#include "wheel/splice_cache.hpp"

namespace wheelfix {

/// A wheel's archive, if it is only opened once it is asked for.
struct UnopenedArchive {
  FileStamp stamp;
  Limits limits;
};

struct Wheel::State {
  std::filesystem::path path;
  std::optional<InstalledDistribution> installed;  ///< without its files
  WheelContents contents;
  std::vector<Finding> warnings;
  std::vector<WheelEntry> entries;
  std::unordered_map<std::string_view, std::size_t> by_path;  ///< views into entries

  mutable std::optional<zip::Archive> archive;
  mutable std::optional<UnopenedArchive> unopened;
  mutable std::mutex opening;
  mutable SpliceCache splices;

  void list(std::vector<WheelEntry> files) {
    entries = std::move(files);
    by_path.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) by_path.emplace(entries[i].path, i);
  }

  /// Null for what is installed.
  const zip::Archive* opened() const {
    if (installed) return nullptr;
    const std::lock_guard lock(opening);
    if (!unopened) return &*archive;
    auto file = File::open(path);
    if (file.stamp() != unopened->stamp) throw_changed(path);
    auto late = zip::Archive::open(std::move(file), unopened->limits);
    throw_first_error(late.findings(), ErrorCode::bad_archive);
    archive = std::move(late);
    unopened.reset();
    return &*archive;
  }
};

namespace {

std::vector<WheelEntry> entries_of(const zip::Archive& archive) {
  std::vector<WheelEntry> entries;
  entries.reserve(archive.entries().size());
  for (const auto& entry : archive.entries())
    entries.push_back({entry.path, entry.size, entry.compressed_size, entry.unix_mode(), entry.crc32});
  return entries;
}

}  // namespace

struct WheelAccess {
  using State = Wheel::State;
  static const State& state(const Wheel& wheel) { return *wheel.state_; }
  static Wheel make(std::shared_ptr<State> state) { return Wheel(std::move(state)); }
};

Wheel::Wheel(std::shared_ptr<State> state) : state_(std::move(state)) {}

Wheel Wheel::open(const std::filesystem::path& path, const Limits& limits, Confirmation confirmation) {
  refuse_other_kinds(path);
  auto state = std::make_shared<State>();
  state->path = path;
  auto& contents = state->contents;
  const auto read = [&](const zip::Archive& archive) {
    contents = read_contents(archive, limits);
    state->list(entries_of(archive));
  };
  auto archive = zip::Archive::open(File::open(path), limits, read,
                                    {.is_awaited = confirmation == Confirmation::at_once});
  throw_first_error(archive.findings(), ErrorCode::bad_archive);
  throw_first_error(contents.findings, ErrorCode::bad_wheel);
  state->warnings = archive.findings();
  state->warnings.insert(state->warnings.end(), contents.findings.begin(), contents.findings.end());
  state->archive = std::move(archive);
  return Wheel(std::move(state));
}

Wheel open_known(const std::filesystem::path& path, const FileStamp& stamp, const Limits& limits,
                 KnownWheel known) {
  const auto subject = path.string();
  auto state = std::make_shared<WheelAccess::State>();
  state->path = path;
  state->contents = {.name = WheelName::parse(path.filename().string()),
                     .dist_info = std::move(known.dist_info),
                     .data_dir = std::move(known.data_dir),
                     .odd_data_dirs = {},
                     .metadata = HeaderDocument::parse(known.metadata, subject),
                     .wheel_file = HeaderDocument::parse(known.wheel_file, subject),
                     .record = Record::parse(std::move(known.record), subject),
                     .findings = {}};
  state->warnings = std::move(known.warnings);
  for (auto& warning : state->warnings) warning.wheel = subject;
  state->list(std::move(known.entries));
  state->unopened = {stamp, limits};
  return WheelAccess::make(std::move(state));
}

KnownWheel known_wheel(const Wheel& wheel) {
  auto warnings = wheel.warnings();
  for (auto& warning : warnings) warning.wheel.reset();
  return {.dist_info = wheel.dist_info(),
          .data_dir = wheel.data_dir(),
          .metadata = wheel.metadata().to_string(),
          .wheel_file = wheel.wheel_file().to_string(),
          .record = wheel.record().to_string(),
          .warnings = std::move(warnings),
          .entries = wheel.entries()};
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
  auto state = std::make_shared<State>();
  state->path = distribution.folder;
  state->contents = std::move(contents);
  state->list(std::move(distribution.files));
  state->installed = std::move(distribution);
  return Wheel(std::move(state));
}

const InstalledDistribution* Wheel::installation() const {
  return state_->installed ? &*state_->installed : nullptr;
}

const std::filesystem::path& Wheel::path() const {
  return state_->path;
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
  if (state_->installed) return;  // its files are compared when they are changed
  const auto& archive = archive_of(*this);
  archive.file().require_unchanged();
  if (const auto refusal = archive.refusal()) throw_first_error({*refusal}, ErrorCode::bad_archive);
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
  const auto& archive = archive_of(*this);
  return archive.read(archive.entries().at(*index));
}

const zip::Archive& archive_of(const Wheel& wheel) {
  const auto* archive = WheelAccess::state(wheel).opened();
  if (archive == nullptr)
    throw Error(ErrorCode::usage, wheel.path().string(),
                "is a folder of installed packages, and this needs a wheel");
  return *archive;
}

SpliceCache& splices_of(const Wheel& wheel) {
  return WheelAccess::state(wheel).splices;
}

std::filesystem::path installed_file(const Wheel& wheel, std::string_view path) {
  return wheel.path() / path;
}

}  // namespace wheelfix
