#include <wheelfix/applied_changes.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"

namespace wheelfix {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr int applied_format = 1;
constexpr const char* applied_name = "wheelfix.json";
constexpr std::array kept_names = {"deflated", "stored", "ranges"};

template <class Number>
Number whole(const Ordered& value) {
  if (!value.is_number_integer()) throw std::invalid_argument("not a whole number");
  return value.get<Number>();
}

Ordered to_json(const std::optional<AppliedState>& state) {
  if (!state) return nullptr;
  Ordered object = {
      {"hash", state->hash}, {"size", state->size}, {"mode", state->mode}, {"mtime_ns", state->mtime_ns}};
  if (!state->link.empty()) object["link"] = state->link;
  return object;
}

Ordered to_json(const std::optional<KeptContent>& kept) {
  if (!kept) return nullptr;
  Ordered object = {{"how", kept_names.at(static_cast<std::size_t>(kept->how))}, {"file", kept->file}};
  if (kept->how == KeptContent::How::ranges) object["ranges"] = kept->ranges;
  return object;
}

std::optional<AppliedState> state_of(const Ordered& value) {
  if (value.is_null()) return std::nullopt;
  return AppliedState{.hash = value.at("hash").get<std::string>(),
                      .size = whole<std::uint64_t>(value.at("size")),
                      .mode = whole<unsigned>(value.at("mode")),
                      .mtime_ns = whole<std::int64_t>(value.at("mtime_ns")),
                      .link = value.value("link", std::string())};
}

std::optional<KeptContent> kept_of(const Ordered& value) {
  if (value.is_null()) return std::nullopt;
  const auto found = std::ranges::find(kept_names, value.at("how").get<std::string>());
  if (found == kept_names.end()) throw std::invalid_argument("unknown way of keeping");
  KeptContent kept{.how = static_cast<KeptContent::How>(found - kept_names.begin()),
                   .file = value.at("file").get<std::string>()};
  if (kept.how == KeptContent::How::ranges)
    for (const auto& range : value.at("ranges"))
      kept.ranges.emplace_back(whole<std::uint64_t>(range.at(0)), whole<std::uint64_t>(range.at(1)));
  return kept;
}

AppliedRun run_of(const Ordered& value) {
  AppliedRun run{.time = whole<std::int64_t>(value.at("time")),
                 .version = value.at("version").get<std::string>(),
                 .command = value.at("command").get<std::string>()};
  for (const auto& source : value.at("sources"))
    run.sources.push_back({source.at("name").get<std::string>(), source.at("hash").get<std::string>()});
  return run;
}

AppliedChanges changes_of(const Ordered& document) {
  AppliedChanges changes;
  for (const auto& run : document.at("runs")) changes.runs.push_back(run_of(run));
  for (const auto& file : document.at("files"))
    changes.files.push_back({.path = file.at("path").get<std::string>(),
                             .before = state_of(file.at("before")),
                             .after = state_of(file.at("after")),
                             .kept = kept_of(file.at("kept"))});
  return changes;
}

}  // namespace

std::string to_text(const AppliedChanges& changes) {
  auto runs = Ordered::array(), files = Ordered::array();
  for (const auto& run : changes.runs) {
    auto sources = Ordered::array();
    for (const auto& source : run.sources) sources.push_back({{"name", source.name}, {"hash", source.hash}});
    runs.push_back(
        {{"time", run.time}, {"version", run.version}, {"command", run.command}, {"sources", sources}});
  }
  for (const auto& file : changes.files)
    files.push_back({{"path", file.path},
                     {"before", to_json(file.before)},
                     {"after", to_json(file.after)},
                     {"kept", to_json(file.kept)}});
  const Ordered document = {{"format", applied_format}, {"runs", runs}, {"files", files}};
  return document.dump(1, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

std::optional<AppliedChanges> parse_applied_changes(std::string_view text) {
  try {
    const auto document = Ordered::parse(text);
    if (document.at("format") != applied_format) return std::nullopt;
    return changes_of(document);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

AppliedSource applied_source(std::string name, const std::filesystem::path& file) {
  return {.name = std::move(name), .hash = record_hash(read_file(file))};
}

std::string applied_folder(const Wheel& installed) {
  if (installed.dist_info().ends_with(".dist-info")) return installed.dist_info();
  auto name = normalize_project_name(installed.name().distribution());
  std::ranges::replace(name, '-', '_');
  return name + ".wheelfix";
}

bool is_of_applied_changes(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  path.remove_prefix(folder.size());
  return path == "/wheelfix.json" || path.starts_with("/wheelfix/");
}

bool has_applied_changes(const Wheel& installed) {
  std::error_code ignored;
  return std::filesystem::exists(installed.path() / applied_folder(installed) / applied_name, ignored);
}

std::optional<AppliedChanges> applied_changes(const Wheel& installed) {
  return applied_changes_in(installed.path() / applied_folder(installed));
}

std::optional<AppliedChanges> applied_changes_in(const std::filesystem::path& folder) {
  const auto file = folder / applied_name;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  auto changes = parse_applied_changes(read_file(file, Limits{}.max_document_size));
  if (!changes)
    throw Error(ErrorCode::bad_wheel, file.string(),
                "isn't a list of changes that this version of wheelfix can read",
                "use the version of wheelfix that made it; or reinstall the package");
  return changes;
}

}  // namespace wheelfix
