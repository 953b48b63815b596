#include "cuda/signs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace wheelfix {
namespace {

bool are_small(const std::vector<std::uint64_t>& numbers) {
  return std::ranges::all_of(numbers, [](std::uint64_t number) { return number < 1'000'000; });
}

/// The first two numbers of a version, the second 0 if there is none.
std::optional<CudaVersion> first_numbers(std::string_view text) {
  const auto version = Version::try_parse(text);
  if (!version || !are_small(version->release())) return std::nullopt;
  const auto& numbers = version->release();
  return CudaVersion{static_cast<int>(numbers[0]), numbers.size() > 1 ? static_cast<int>(numbers[1]) : 0};
}

/// The same of the version that a specifier pins: `==12.1.105`, `==13.*`.
std::optional<CudaVersion> pinned(std::string_view specifiers) {
  if (!specifiers.starts_with("==") || specifiers.starts_with("===")) return std::nullopt;
  auto text = trim(specifiers.substr(2));
  if (text.ends_with(".*")) text.remove_suffix(2);
  return first_numbers(text);
}

/// Reads the signs of one wheel.
class SignReader {
 public:
  explicit SignReader(const Wheel& wheel) : wheel_(wheel) {}

  CudaWheel run(const std::vector<CudaCandidate>& libraries, const std::vector<Requirement>& requirements) {
    for (const auto& library : libraries) {
      if (!library.info.is_program) read_library(library);
    }
    read_labels();
    for (const auto& requirement : requirements) read_requirement(requirement);
    return std::move(result_);
  }

 private:
  void read_library(const CudaCandidate& library) {
    const auto& info = library.info;
    if (library.has_gpu_code) result_.uses_gpu = true;
    for (const auto* names : {&info.needed, &info.delay_needed}) {
      for (const auto& name : *names) read_need(library.path, name);
    }
    const auto name = info.soname.value_or(std::string(file_name(library.path)));
    const auto parsed = parse_cuda_library(name);
    if (!parsed || name.find('-') != std::string::npos) return;
    result_.gives.push_back({.product = parsed->product,
                             .major = parsed->major,
                             .name = name,
                             .path = std::string(library.path),
                             .is_runtime = parsed->is_runtime,
                             .text = fmt::format("has {}", printable(library.path))});
    if (parsed->is_runtime) result_.gives.back().version = runtime_version();
  }

  void read_need(std::string_view path, const std::string& name) {
    if (is_driver_interface(name)) result_.uses_gpu = true;
    const auto parsed = parse_cuda_library(name);
    if (!parsed || std::ranges::find(result_.needs, name, &CudaSign::name) != result_.needs.end()) return;
    result_.needs.push_back({.product = parsed->product,
                             .major = parsed->major,
                             .name = name,
                             .path = std::string(path),
                             .is_runtime = parsed->is_runtime,
                             .text = fmt::format("{} needs {}", printable(path), printable(name))});
  }

  /// The wheel's own, if it is CUDA's.
  std::optional<CudaVersion> runtime_version() const {
    return has_cuda_version(normalize_project_name(wheel_.name().distribution()))
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

  void read_requirement(const Requirement& requirement) {
    const auto& [project, specifiers, marker] = requirement;
    const auto version = pinned(specifiers);
    const auto words = fmt::format("it requires {}{}", project, printable(specifiers));
    if (version && project.starts_with("nvidia-cudnn"))
      result_.required.push_back({.product = CudaProduct::cudnn, .major = version->major, .text = words});
    const auto exact = has_cuda_version(project) ? version : std::nullopt;
    if (const auto label = find_cuda_label(project)) {
      result_.required.push_back(
          {.major = label->major, .version = exact ? exact : label->version, .text = words});
    } else if (version && version->major > 10 && has_cuda_major(project)) {
      result_.required.push_back({.major = version->major, .version = exact, .text = words});
    }
  }

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

CudaWheel read_cuda_wheel(const Wheel& wheel, const std::vector<CudaCandidate>& libraries,
                          const std::vector<Requirement>& requirements) {
  return SignReader(wheel).run(libraries, requirements);
}

}  // namespace wheelfix
