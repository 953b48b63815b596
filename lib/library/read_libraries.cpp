#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/library.hpp>

#include "base/progress_meter.hpp"
#include "base/workers.hpp"
#include "binary/module_export.hpp"
#include "binary/read_binary.hpp"
#include "cuda/gpu_code.hpp"
#include "library/entry_source.hpp"
#include "library/entry_symbols.hpp"
#include "library/library_limits.hpp"

namespace wheelfix {
namespace {

struct Outcome {
  std::optional<WheelLibrary> library;
  std::optional<Finding> finding;
};

/// Whether a library can be imported.
bool is_module(ByteSource& source, const std::string& path) {
  return extension_suffix(path) && exports_init(source, path).value_or(true);
}

WheelLibrary read_library(ByteSource& source, const std::string& path, bool with_cuda) {
  WheelLibrary library{.path = path, .info = {}, .is_module = is_module(source, path)};
  if (!with_cuda) {
    library.info = read_binary(source, path);
    return library;
  }
  auto [info, cuda_archs] = read_binary_with_cuda(source, path);
  library.info = std::move(info);
  library.cuda_archs = std::move(cuda_archs);
  return library;
}

/// One that was read before.
WheelLibrary known_library(const WheelEdit& edit, const std::string& path, const BinaryInfo& info) {
  Inflater inflater;
  const bool is_named_so = extension_suffix(path).has_value();
  return {.path = path,
          .info = info,
          .is_module = is_named_so && is_module(*open_entry(edit, path, inflater), path)};
}

/// An installed file may be replaced or removed at any time.
bool has_changed(const WheelEdit& edit, const Error& error) {
  return edit.wheel().installation() != nullptr && error.code() == ErrorCode::io;
}

Finding fault_of(const WheelEdit& edit, const std::string& path, const Error& error) {
  Finding finding{.code = FindingCode::bad_library,
                  .severity = Severity::error,
                  .wheel = edit.wheel().path().string(),
                  .path = path,
                  .message = error.message(),
                  .hint = error.hint()};
  if (!has_changed(edit, error)) return finding;
  finding.code = FindingCode::unreadable;
  finding.severity = Severity::warning;
  finding.hint = "it was changed while its folder was read: run wheelfix again";
  return finding;
}

/// The library can be placed, and what it defines isn't known.
Finding fault_of_symbols(const WheelEdit& edit, const std::string& path, std::string fault) {
  return {.code = FindingCode::bad_library,
          .severity = Severity::warning,
          .wheel = edit.wheel().path().string(),
          .path = path,
          .message = std::move(fault),
          .hint =
              "the loader may refuse it or crash, and what is linked to its symbols isn't checked: download "
              "the wheel again"};
}

Outcome read_entry(const WheelEdit& edit, const std::string& path, bool with_cuda, bool with_symbols) {
  try {
    Inflater inflater;
    const auto source = open_entry(edit, path, inflater);
    if (!binary_format(source->read_up_to(0, binary_head_size))) return {};
    auto library = read_library(*source, path, with_cuda);
    std::string fault;
    if (with_symbols) library.symbols = read_symbols(*source, path, library.info.format, &fault);
    return {std::move(library),
            fault.empty() ? std::nullopt : std::optional(fault_of_symbols(edit, path, std::move(fault)))};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_binary && !has_changed(edit, error)) throw;
    return {{}, fault_of(edit, path, error)};
  }
}

/// The paths that are libraries.
WheelLibraries read_entries(const WheelEdit& edit, std::vector<std::string> paths,
                            const ReadLibrariesOptions& options) {
  std::erase_if(paths, [](const std::string& path) { return !may_be_library(path); });
  std::vector<std::pair<std::uint64_t, std::size_t>>
      by_size;  // the biggest first, so that no thread waits long
  std::uint64_t total = 0;
  std::vector<Outcome> outcomes(paths.size());
  NamesBudget names(edit);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (options.known != nullptr && !options.cuda_archs) {
      const auto known = options.known->find(paths[i]);
      if (known != options.known->end()) {
        outcomes[i].library = known_library(edit, paths[i], known->second);
        names.spend(known->second);
        continue;
      }
    }
    by_size.emplace_back(content_size(edit, paths[i]), i);
    total += by_size.back().first;
  }
  std::stable_sort(by_size.begin(), by_size.end(), [](auto& a, auto& b) { return a.first > b.first; });
  // Files that are installed are cheap to open again.
  const auto with_symbols = options.symbols && edit.wheel().installation() == nullptr
                                ? entries_with_symbols(edit)
                                : std::set<std::string, std::less<>>();
  ProgressMeter meter("reading libraries", total, options.progress);
  for_each_parallel(by_size.size(), options.jobs, [&](std::size_t i) {
    const auto [size, index] = by_size[i];
    const auto& path = paths[index];
    outcomes[index] = read_entry(edit, path, options.cuda_archs, with_symbols.contains(path));
    if (outcomes[index].library) names.spend(outcomes[index].library->info);
    meter.add(size);
  });
  const auto is_library = [](const Outcome& outcome) { return outcome.library || outcome.finding; };
  require_few_libraries(edit, static_cast<std::size_t>(std::ranges::count_if(outcomes, is_library)));
  WheelLibraries result;
  for (auto& outcome : outcomes) {
    if (outcome.library) result.libraries.push_back(std::move(*outcome.library));
    if (outcome.finding) result.findings.push_back(std::move(*outcome.finding));
  }
  return result;
}

}  // namespace

WheelLibrary read_library(const WheelEdit& edit, const std::string& path) {
  Inflater inflater;
  return read_library(*open_entry(edit, path, inflater), path, false);
}

WheelLibraries read_libraries(const WheelEdit& edit, const ReadLibrariesOptions& options) {
  return read_entries(edit, edit.paths(), options);
}

WheelLibraries read_libraries(const Wheel& wheel, const ReadLibrariesOptions& options) {
  return read_libraries(WheelEdit(wheel), options);
}

namespace {

/// Most have no library or one, which one thread reads as fast as several.
std::vector<WheelLibraries> read_installed_libraries(const std::vector<WheelEdit>& distributions,
                                                     const ReadLibrariesOptions& options) {
  std::vector<std::uint64_t> sizes(distributions.size());
  for (std::size_t i = 0; i < distributions.size(); ++i)
    for (const auto& file : distributions[i].wheel().entries()) sizes[i] += file.size;
  ProgressMeter meter("reading libraries", std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}),
                      options.progress);
  auto own = options;
  own.progress = {};
  std::vector<WheelLibraries> libraries(distributions.size());
  for_each_parallel(distributions.size(), options.jobs, [&](std::size_t i) {
    libraries[i] = read_libraries(distributions[i], own);
    meter.add(sizes[i]);
  });
  return libraries;
}

}  // namespace

std::vector<WheelLibraries> read_libraries(const std::vector<WheelEdit>& wheels,
                                           const ReadLibrariesOptions& options) {
  const auto is_installed = [](const WheelEdit& edit) { return edit.wheel().installation() != nullptr; };
  if (std::ranges::all_of(wheels, is_installed)) return read_installed_libraries(wheels, options);
  std::vector<std::uint64_t> sizes;
  for (const auto& edit : wheels) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(edit.wheel().path(), failure);
    sizes.push_back(failure ? 0 : size);
  }
  const auto total = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  std::uint64_t done = 0;
  std::vector<WheelLibraries> libraries;
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    const auto& name = wheels[i].wheel().name();
    const auto activity = fmt::format("reading {} {}", name.distribution(), name.version_text());
    auto own = options;
    if (options.progress)
      own.progress = [&](const Progress& progress) {
        const auto share = progress.total == 0
                               ? 0
                               : static_cast<double>(progress.done) / static_cast<double>(progress.total);
        const auto part = static_cast<std::uint64_t>(share * static_cast<double>(sizes[i]));
        return options.progress({activity, done + part, total});
      };
    libraries.push_back(read_libraries(wheels[i], own));
    done += sizes[i];
  }
  return libraries;
}

WheelLibraries read_edited_libraries(const WheelEdit& edit, const WheelLibraries& unedited,
                                     const ReadLibrariesOptions& options) {
  std::vector<std::string> changed;
  for (const auto& [path, item] : edit.overlay())
    if (item) changed.push_back(path);
  auto result = read_entries(edit, std::move(changed), options);
  const auto is_as_before = [&](const std::string& path) { return !edit.overlay().contains(path); };
  for (const auto& library : unedited.libraries)
    if (is_as_before(library.path)) result.libraries.push_back(library);
  for (const auto& finding : unedited.findings)
    if (is_as_before(*finding.path)) result.findings.push_back(finding);
  std::ranges::sort(result.libraries, {}, &WheelLibrary::path);
  std::ranges::sort(result.findings, {}, &Finding::path);
  return result;
}

}  // namespace wheelfix
