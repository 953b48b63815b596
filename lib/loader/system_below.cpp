#include <algorithm>
#include <map>
#include <utility>
#include <wheelfix/loader_system.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "loader/machine_names.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// What the loader takes for each name: of those for the machine, the one of the best subfolder, else the one
/// without a subfolder.
std::map<std::string, std::string, std::less<>> best_paths(const std::vector<CachedLibrary>& libraries,
                                                           std::uint32_t flags,
                                                           const std::vector<std::string>& hwcaps) {
  std::map<std::string, std::pair<std::size_t, std::string>, std::less<>> best;
  for (const auto& library : libraries) {
    if (library.flags != flags || library.is_legacy) continue;
    const auto found = std::find(hwcaps.begin(), hwcaps.end(), library.hwcaps);
    if (found == hwcaps.end() && !library.hwcaps.empty()) continue;
    const auto rank = static_cast<std::size_t>(found - hwcaps.begin());
    const auto [place, is_new] = best.try_emplace(library.name, rank, library.path);
    if (!is_new && rank < place->second.first) place->second = {rank, library.path};
  }
  std::map<std::string, std::string, std::less<>> paths;
  for (auto& [name, value] : best) paths.emplace(name, std::move(value.second));
  return paths;
}

/// Debian's loaders search folders named after the machine, others lib64 or lib.
void set_glibc_folders(const fs::path& root, const MachineNames& names, LoaderSystem& system) {
  const auto multiarch = "lib/" + std::string(names.multiarch);
  const bool is_debian = is_folder(root / multiarch) || is_folder(root / "usr" / multiarch);
  system.lib = is_debian ? multiarch : std::string(names.lib);
  system.folders = {"/" + system.lib, "/usr/" + system.lib};
  if (is_debian) system.folders.insert(system.folders.end(), {"/lib", "/usr/lib"});
}

void set_musl_folders(const fs::path& root, const MachineNames& names, LoaderSystem& system) {
  const auto file = root / "etc" / ("ld-musl-" + std::string(names.musl) + ".path");
  std::error_code ignored;
  auto text = fs::exists(file, ignored) ? read_file(file) : "/lib:/usr/local/lib:/usr/lib";
  std::replace(text.begin(), text.end(), '\n', ':');
  for (const auto folder : split(text, ':'))
    if (!folder.empty()) system.folders.emplace_back(folder);
}

/// Whether a loader is in one of the folders that programs name in their program header for the kernel.
bool has_loader(const fs::path& root, const MachineNames& names, const std::string& file) {
  for (const auto& folder :
       {std::string("lib"), std::string("lib64"), "lib/" + std::string(names.multiarch)}) {
    std::error_code ignored;
    if (!file.empty() && fs::exists(fs::symlink_status(root / folder / file, ignored))) return true;
  }
  return false;
}

bool has_glibc(const fs::path& root, const MachineNames& names) {
  return has_loader(root, names, std::string(names.loader));
}

bool has_musl(const fs::path& root, const MachineNames& names) {
  return has_loader(root, names, "ld-musl-" + std::string(names.musl) + ".so.1");
}

}  // namespace

std::optional<std::string> other_system_below(const fs::path& root, const LoaderSystem& like) {
  const auto own = machine_names(like.machine);
  if (like.kind == LoaderKind::glibc && has_glibc(root, own)) return std::nullopt;
  if (like.kind == LoaderKind::musl && has_musl(root, own)) return std::nullopt;
  for (const auto& names : known_machines()) {
    if (has_glibc(root, names)) return std::string(names.machine) + " with glibc";
    if (has_musl(root, names)) return std::string(names.machine) + " with musl";
  }
  return std::nullopt;
}

LoaderSystem system_below(const fs::path& root, const LoaderSystem& like,
                          const std::vector<std::string>& hwcaps) {
  const auto names = machine_names(like.machine);
  LoaderSystem system;
  system.kind = like.kind;
  system.machine = like.machine;
  system.bits = like.bits;
  system.loader = like.loader;
  system.platform = like.platform;
  system.driver = like.driver;
  system.redistributable = like.redistributable;
  system.symbols = like.symbols;
  if (like.kind == LoaderKind::musl) {
    set_musl_folders(root, names, system);
    return system;
  }
  set_glibc_folders(root, names, system);
  for (const auto& name : hwcaps) system.subfolders.push_back("glibc-hwcaps/" + name);
  const auto cache = root / "etc/ld.so.cache";
  std::error_code ignored;
  if (fs::exists(cache, ignored))
    system.cache =
        best_paths(parse_loader_cache(read_file(cache), cache.string()), names.cache_flags, hwcaps);
  return system;
}

std::vector<std::string> host_hwcaps() {
  std::vector<std::string> names;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v2 =
      __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("ssse3");
  const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                  __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (v4) names.emplace_back("x86-64-v4");
  if (v3) names.emplace_back("x86-64-v3");
  if (v2) names.emplace_back("x86-64-v2");
#endif
  return names;
}

}  // namespace wheelfix
