#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>
#include <wheelfix/loader.hpp>

namespace test {

using Names = std::vector<std::string>;

/// A library as the loader sees it; `rpath` and `runpath` are the texts of the tags.
struct Text {
  std::string soname = {};
  Names needed = {};
  std::string rpath = {};
  std::string runpath = {};

  wheelfix::BinaryInfo info() const {
    wheelfix::BinaryInfo info;
    info.machine = "x86_64";
    info.is_dynamic = true;
    if (!soname.empty()) info.soname = soname;
    info.needed = needed;
    info.rpath = wheelfix::split_search_path(rpath);
    info.runpath = wheelfix::split_search_path(runpath);
    return info;
  }
};

/// A tree and the system that it is in.
struct World {
  explicit World(wheelfix::LoaderKind kind) { system.kind = kind; }

  void add(const std::string& path, const Text& text) { files.add_library(path, text.info()); }
  wheelfix::Process process(const wheelfix::LoaderEnvironment& environment = {}) const {
    return {files, system, environment};
  }

  wheelfix::FileTree files;
  wheelfix::LoaderSystem system;
};

inline Names paths(const std::vector<wheelfix::LoadedObject>& objects) {
  Names paths;
  for (const auto& object : objects) paths.push_back(object.path);
  return paths;
}

/// The message of the first failure, or nothing.
inline std::string failure(const wheelfix::LoadResult& result) {
  return result.ok() ? std::string() : result.failures.front().message;
}

/// How this name was resolved.
inline wheelfix::Resolution resolution(const wheelfix::LoadResult& result, const std::string& name) {
  for (const auto& found : result.resolutions)
    if (found.name == name) return found;
  FAIL("nothing requested " << name);
  return {};
}

}  // namespace test
