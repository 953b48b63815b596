#include "wheelfix/against_option.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <string>
#include <wheelfix/finding.hpp>

namespace cli {

namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

/// Those in a folder; none if it can't be read.
Paths wheels_in(const fs::path& folder) {
  Paths wheels;
  std::error_code ignored;
  for (const auto& item : fs::directory_iterator(folder, ignored))
    if (item.path().extension() == ".whl") wheels.push_back(item.path());
  std::ranges::sort(wheels);
  return wheels;
}

Paths matches(const std::string& pattern) {
  glob_t found{};
  Paths paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);  // NOLINT: glob's own array
  ::globfree(&found);
  return paths;
}

/// Those that a file, a folder or a glob stands for.
Paths wheels_of(const std::string& text) {
  std::error_code ignored;
  Paths wheels;
  for (const auto& path : fs::exists(text, ignored) ? Paths{text} : matches(text)) {
    const auto own = fs::is_directory(path, ignored) ? wheels_in(path) : Paths{path};
    std::ranges::copy_if(own, std::back_inserter(wheels),
                         [](const fs::path& wheel) { return wheel.extension() == ".whl"; });
  }
  return wheels;
}

/// The folder that it looks in, as far as that is no glob.
fs::path folder_of(const std::string& text) {
  std::error_code ignored;
  if (fs::is_directory(text, ignored)) return text;
  fs::path folder;
  for (const auto& part : fs::path(text).parent_path()) {
    if (part.string().find_first_of("*?[") != std::string::npos) break;
    folder /= part;
  }
  return folder.empty() ? "." : folder;
}

[[noreturn]] void refuse_without_wheel(const CommandLine& line, const std::string& text) {
  const auto folder = folder_of(text);
  const auto place = wheelfix::printable(folder.string());
  const auto there = wheels_in(folder);
  std::error_code ignored;
  std::string hint = fs::is_directory(folder, ignored) ? fmt::format("there is no wheel in {}", place)
                                                       : fmt::format("there is no folder {}", place);
  if (!there.empty()) {
    hint = fmt::format("in {} there is {}", place, wheelfix::printable(there.front().filename().string()));
    if (there.size() > 1)
      hint += fmt::format(" and {} other wheel{}", there.size() - 1, there.size() > 2 ? "s" : "");
  }
  line.refuse(fmt::format("--against {}: no wheel has that name", wheelfix::printable(text)), hint);
}

}  // namespace

Paths wheels_against(const CommandLine& line) {
  Paths all;
  for (const auto& text : line.list("against")) {
    const auto wheels = wheels_of(text);
    if (wheels.empty()) refuse_without_wheel(line, text);
    all.insert(all.end(), wheels.begin(), wheels.end());
  }
  return all;
}

}  // namespace cli
