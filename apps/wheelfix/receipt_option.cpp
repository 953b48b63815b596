#include "wheelfix/receipt_option.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <wheelfix/build_info.hpp>
#include <wheelfix/named_recipes.hpp>

namespace cli {

namespace {

namespace fs = std::filesystem;
using namespace wheelfix;

/// How a value is shown: folders have no part in the result.
enum class Kind { flag, text, path, entry_and_path };

struct Known {
  const char* name;
  Kind kind;
};

/// The options of the commands that write wheels, those that determine what is written.
constexpr std::array known_options = {
    Known{"suffix", Kind::text},
    Known{"replace-local", Kind::flag},
    Known{"patch", Kind::path},
    Known{"patch-dir", Kind::path},
    Known{"recipe", Kind::text},
    Known{"p", Kind::text},
    Known{"fuzz", Kind::text},
    Known{"reverse", Kind::flag},
    Known{"strict-eol", Kind::flag},
    Known{"skip-applied", Kind::flag},
    Known{"remove", Kind::text},
    Known{"add", Kind::entry_and_path},
    Known{"stub", Kind::entry_and_path},
    Known{"set-rpath", Kind::text},
    Known{"add-rpath", Kind::text},
    Known{"remove-rpath", Kind::text},
    Known{"add-needed", Kind::text},
    Known{"remove-needed", Kind::text},
    Known{"replace-needed", Kind::text},
    Known{"set-soname", Kind::text},
    Known{"rpath-kind", Kind::text},
    Known{"layout", Kind::text},
    Known{"lib-dir", Kind::path},
    Known{"auto-stub", Kind::flag},
    Known{"keep-going", Kind::flag},
    Known{"preload", Kind::flag},
    Known{"graft", Kind::flag},
    Known{"sysroot", Kind::path},
    Known{"strip-local", Kind::flag},
    Known{"platform", Kind::text},
    Known{"python", Kind::text},
    Known{"abi", Kind::text},
    Known{"build", Kind::text},
    Known{"no-check", Kind::flag},
    Known{"add-requires", Kind::text},
    Known{"remove-requires", Kind::text},
    Known{"replace-requires", Kind::text},
    Known{"requires-python", Kind::text},
    Known{"add-classifier", Kind::text},
    Known{"remove-classifier", Kind::text},
    Known{"level", Kind::text},
    Known{"align", Kind::text},
    Known{"force", Kind::flag},
};

std::string last_name(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

std::optional<std::string> shown(Kind kind, const std::string& value) {
  if (kind == Kind::flag) return std::nullopt;
  if (kind == Kind::path) return last_name(value);
  if (kind == Kind::text) return value;
  const auto equals = value.find('=');
  return value.substr(0, equals + 1) + last_name(value.substr(equals + 1));
}

/// The libraries whose versions may make other bytes.
std::map<std::string, std::string> versions() {
  std::map<std::string, std::string> found = {{"wheelfix", version_string()}};
  for (const auto& [name, version] : library_versions())
    if (name == "libdeflate" || name == "zlib") found.emplace(name, version);
  return found;
}

}  // namespace

ReceiptRun receipt_run(const CommandLine& line, std::string command) {
  ReceiptRun run{.command = std::move(command),
                 .options = {},
                 .source_date_epoch = {},
                 .files = {},
                 .others = {},
                 .versions = versions(),
                 .jobs = line.jobs()};
  std::vector<std::string> names;
  for (const auto& option : known_options) names.emplace_back(option.name);
  for (const auto& [name, value] : line.in_order(names)) {
    const auto option = std::ranges::find(known_options, std::string_view(name), &Known::name);
    run.options.push_back({name, shown(option->kind, value)});
  }
  return run;
}

std::vector<ReceiptFile> files_of(const CommandLine& line, const Recipe& recipe) {
  std::vector<ReceiptFile> files;
  if (!line.has("receipt")) return files;
  for (const auto& [option, value] : line.in_order({"patch-dir", "recipe"})) {
    const auto folder = option == "recipe" ? find_named_recipe(value, "--recipe") : fs::path(value);
    for (const auto* name : {"wheelfix.toml", "series"})
      if (fs::is_regular_file(folder / name)) files.push_back(receipt_file(folder / name));
  }
  for (const auto& patch : recipe.patches) files.push_back(receipt_file(patch.file));
  for (const auto* additions : {&recipe.additions, &recipe.stubs})
    for (const auto& addition : *additions) files.push_back(receipt_file(addition.file));
  return files;
}

void add_receipt(const CommandLine& line, ReceiptRun run, const std::vector<const WheelEdit*>& edits,
                 WriteOptions& options) {
  if (!line.has("receipt")) return;
  options.hash = true;
  run.source_date_epoch = options.source_date_epoch;
  auto text = [run = std::move(run),
               edits](const std::vector<WriteResult>& results) -> std::optional<std::string> {
    if (results.empty()) return std::nullopt;
    return make_receipt(run, edits, results);
  };
  options.companions.push_back({line.text("receipt"), std::move(text)});
}

}  // namespace cli
