#include "cuda/files.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <system_error>
#include <wheelfix/error.hpp>
#include <wheelfix/loader_system.hpp>

#include "base/file.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

void add(std::vector<fs::path>& folders, const fs::path& folder) {
  if (!folder.empty() && std::ranges::find(folders, folder) == folders.end()) folders.push_back(folder);
}

// The folders of the libraries that the loader's cache names.
void add_cached(std::vector<fs::path>& folders, const fs::path& root) {
  const auto cache = root / "etc/ld.so.cache";
  try {
    for (const auto& library : parse_loader_cache(read_file(cache), cache.string())) {
      if (library.name.starts_with("libcud"))
        add(folders, root / fs::path(library.path).parent_path().relative_path());
    }
  } catch (const Error&) {
    // The loader also works without a cache or with a damaged one.
  }
}

// `12.1.105` of `libcudart.so.12.1.105`; nothing for another library's name, `libcudart_static.a` among them.
std::optional<std::string> version_in_name(const std::string& name, const std::string& stem) {
  const auto start = stem + ".so";
  if (!name.starts_with(start)) return std::nullopt;
  auto rest = name.substr(start.size());
  if (!rest.empty() && (rest.front() != '.' || rest.find_first_not_of("0123456789.") != rest.npos))
    return std::nullopt;
  return rest.empty() ? rest : rest.substr(1);
}

}  // namespace

std::vector<fs::path> cuda_folders(const HostCudaOptions& options) {
  std::vector<fs::path> folders;
  for (const auto& folder : options.folders) add(folders, folder);
  const auto search = environment_variable("LD_LIBRARY_PATH");
  for (const auto part : split(search, ':')) add(folders, fs::path(part));
  for (const auto* name : {"CUDA_HOME", "CUDA_PATH"}) {
    const fs::path home = environment_variable(name);
    if (home.empty()) continue;
    for (const auto* sub : {"lib64", "lib"}) add(folders, home / sub);
  }
  add_cached(folders, options.root);
  for (const auto* folder : {"usr/local/cuda/lib64", "usr/lib/wsl/lib", "usr/lib/x86_64-linux-gnu",
                             "usr/lib/aarch64-linux-gnu", "usr/lib64", "usr/lib"})
    add(folders, options.root / folder);
  return folders;
}

std::vector<HostLibrary> find_libraries(const std::vector<fs::path>& folders, const std::string& stem) {
  std::vector<HostLibrary> found;
  std::map<fs::path, std::size_t> known;  // by the file that names lead to
  for (const auto& folder : folders) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
      if (!version_in_name(file->path().filename().string(), stem).value_or("").empty())
        paths.push_back(file->path());
    }
    std::ranges::sort(paths);
    for (const auto& path : paths) {
      const auto real = fs::canonical(path, error);
      if (error || !fs::is_regular_file(real, error)) continue;
      const auto version = version_in_name(real.filename().string(), stem);
      if (known.try_emplace(real, found.size()).second)
        found.push_back({path, version && !version->empty()
                                   ? *version
                                   : *version_in_name(path.filename().string(), stem)});
    }
  }
  return found;
}

// `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 ...`, and `NVIDIA UNIX Open Kernel
// Module for x86_64  535.104.05  Release Build  ...`: the first word that is a version.
std::optional<DriverVersion> kernel_driver_version(const fs::path& root) {
  std::ifstream file(root / "proc/driver/nvidia/version");
  std::string line;
  std::getline(file, line);
  for (const auto word : split(line, ' ')) {
    if (auto version = parse_driver_version(word)) return version;
  }
  return std::nullopt;
}

}  // namespace wheelfix
