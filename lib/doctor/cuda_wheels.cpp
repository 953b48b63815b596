#include "doctor/cuda_wheels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "loader/required_wheels.hpp"
#include "wheel/requirement.hpp"

namespace wheelfix {
namespace {

bool are_small(const std::vector<std::uint64_t>& numbers) {
  return std::ranges::all_of(numbers, [](std::uint64_t number) { return number < 1'000'000; });
}

/// The first two numbers of a version, the second 0 where there is none.
std::optional<CudaVersion> first_numbers(std::string_view text) {
  const auto version = Version::try_parse(text);
  if (!version || !are_small(version->release())) return std::nullopt;
  const auto& numbers = version->release();
  return CudaVersion{static_cast<int>(numbers[0]), numbers.size() > 1 ? static_cast<int>(numbers[1]) : 0};
}

/// Those of the version that a specifier pins: `==12.1.105`, `==13.*`.
std::optional<CudaVersion> pinned(std::string_view specifiers) {
  if (!specifiers.starts_with("==") || specifiers.starts_with("===")) return std::nullopt;
  auto text = trim(specifiers.substr(2));
  if (text.ends_with(".*")) text.remove_suffix(2);
  return first_numbers(text);
}

// Their version is CUDA's, whose number their names have had no more since 13.
bool is_runtime_project(std::string_view project) {
  return project == "nvidia-cuda-runtime" || project.starts_with("nvidia-cuda-runtime-cu") ||
         project == "cuda-toolkit";
}
bool has_cuda_version(std::string_view project) {
  constexpr std::array projects = {"nvidia-cuda-runtime", "nvidia-cuda-nvrtc", "nvidia-cuda-cupti",
                                   "nvidia-cublas",       "nvidia-nvjitlink",  "cuda-toolkit"};
  return std::ranges::find(projects, project) != projects.end();
}

/// Reads the signs of one wheel.
class SignReader {
 public:
  SignReader(const WheelSet& set, std::size_t wheel) : set_(set), wheel_(set.wheels[wheel].wheel()) {
    result_.wheel = wheel;
  }

  CudaWheel run() {
    for (const auto& library : set_.libraries[result_.wheel].libraries) {
      if (!library.info.is_program) read_library(library);
    }
    read_labels();
    for (const auto& text : wheel_.metadata().get_all("Requires-Dist")) read_requirement(text);
    return std::move(result_);
  }

 private:
  void read_library(const WheelLibrary& library) {
    const auto& info = library.info;
    if (!library.cuda_archs.empty()) result_.uses_gpu = true;
    for (const auto* names : {&info.needed, &info.delay_needed}) {
      for (const auto& name : *names) read_need(library.path, name);
    }
    const auto name = info.soname.value_or(std::string(file_name(library.path)));
    const auto parsed = parse_cuda_library(name);
    if (!parsed || name.find('-') != std::string::npos) return;
    result_.gives.push_back({.product = parsed->product,
                             .major = parsed->major,
                             .name = name,
                             .path = library.path,
                             .is_runtime = parsed->is_runtime,
                             .text = fmt::format("has {}", printable(library.path))});
    if (parsed->is_runtime) result_.gives.back().version = runtime_version();
  }

  void read_need(const std::string& path, const std::string& name) {
    if (name.starts_with("libcuda.so.") || ascii_lower(name) == "nvcuda.dll") result_.uses_gpu = true;
    const auto parsed = parse_cuda_library(name);
    if (!parsed || std::ranges::find(result_.needs, name, &CudaSign::name) != result_.needs.end()) return;
    result_.needs.push_back({.product = parsed->product,
                             .major = parsed->major,
                             .name = name,
                             .path = path,
                             .is_runtime = parsed->is_runtime,
                             .text = fmt::format("{} needs {}", printable(path), printable(name))});
  }

  /// The wheel's own, where that is CUDA's.
  std::optional<CudaVersion> runtime_version() const {
    return is_runtime_project(normalize_project_name(wheel_.name().distribution()))
               ? first_numbers(wheel_.name().version_text())
               : std::nullopt;
  }

  void read_labels() {
    if (const auto label = find_cuda_label(normalize_project_name(wheel_.name().distribution())))
      result_.labels.push_back({.major = label->major,
                                .version = label->version,
                                .text = fmt::format("its name says {}", label->text)});
    const auto& version = wheel_.name().version_text();
    const auto plus = std::min(version.find('+'), version.size());
    if (const auto label = find_cuda_label(std::string_view(version).substr(plus)))
      result_.labels.push_back({.major = label->major,
                                .version = label->version,
                                .text = fmt::format("its version says {}", label->text)});
  }

  void read_requirement(const std::string& text) {
    const auto [project, specifiers, marker] = parse_requirement(text);
    if (evaluate_marker(marker, set_.system) != Truth::yes) return;
    const auto version = pinned(specifiers);
    const auto words = fmt::format("it requires {}{}", project, printable(specifiers));
    if (version && project.starts_with("nvidia-cudnn"))
      result_.required.push_back({.product = CudaProduct::cudnn, .major = version->major, .text = words});
    const auto exact = is_runtime_project(project) ? version : std::nullopt;
    if (const auto label = find_cuda_label(project)) {
      result_.required.push_back(
          {.major = label->major, .version = exact ? exact : label->version, .text = words});
    } else if (version && version->major > 10 && has_cuda_version(project)) {
      result_.required.push_back({.major = version->major, .version = exact, .text = words});
    }
  }

  const WheelSet& set_;
  const Wheel& wheel_;
  CudaWheel result_;
};

}  // namespace

std::set<int> CudaWheel::majors(CudaProduct product) const {
  std::set<int> majors;
  for (const auto* signs : {&needs, &gives, &labels, &required}) {
    for (const auto& sign : *signs)
      if (sign.product == product) majors.insert(sign.major);
    if (!majors.empty()) break;
  }
  return majors;
}

const CudaSign* CudaWheel::sign(CudaProduct product, int major) const {
  for (const auto* signs : {&needs, &gives, &labels, &required}) {
    for (const auto& sign : *signs)
      if (sign.product == product && sign.major == major) return &sign;
  }
  return nullptr;
}

std::optional<CudaVersion> CudaWheel::toolkit() const {
  for (const auto* signs : {&labels, &gives, &required}) {
    for (const auto& sign : *signs)
      if (sign.version) return sign.version;
  }
  return std::nullopt;
}

std::vector<CudaWheel> read_cuda_wheels(const WheelSet& set) {
  std::vector<CudaWheel> wheels;
  for (std::size_t i = 0; i < set.wheels.size(); ++i) wheels.push_back(SignReader(set, i).run());
  return wheels;
}

LibraryNames::LibraryNames(const WheelSet& set) : set_(set) {
  for (const auto& wheel : set.libraries) {
    for (const auto& library : wheel.libraries) {
      names_.insert(key(std::string(file_name(library.path))));
      if (library.info.soname) names_.insert(key(*library.info.soname));
    }
  }
}

std::string LibraryNames::key(const std::string& name) const {
  return set_.system.kind == LoaderKind::windows ? ascii_lower(name) : name;
}

bool LibraryNames::has(const std::string& name) const {
  if (names_.contains(key(name)) || set_.system.cache.contains(name)) return true;
  return std::ranges::any_of(set_.system.folders, [&](const std::string& folder) {
    return set_.placed.files().find(folder + "/" + name) != nullptr;
  });
}

std::string wheel_file(const WheelSet& set, std::size_t wheel) {
  return printable(set.wheels[wheel].wheel().path().filename().string());
}

}  // namespace wheelfix
