#include <wheelfix/cuda.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace wheelfix {
namespace {

std::optional<int> parse_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !text.empty() && end == text.data() + text.size();
  return error == std::errc() && whole && value >= 0 && is_ascii_digit(text.front()) ? std::optional(value)
                                                                                     : std::nullopt;
}

std::optional<std::vector<int>> parse_numbers(std::string_view text) {
  std::vector<int> numbers;
  for (const auto part : split(text, '.')) {
    const auto number = parse_number(part);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

// Jetson's and DRIVE's GPUs, less those that share a number with desktop ones.
bool is_tegra(const CudaVersion& capability) {
  constexpr std::array tegra = {CudaVersion{3, 2}, CudaVersion{5, 3}, CudaVersion{6, 2}, CudaVersion{7, 2},
                                CudaVersion{8, 7}};
  return std::ranges::find(tegra, capability) != tegra.end();
}

// As the guide's table of families has them: 10.0f runs on 10.0 and 10.3, 12.0f on 12.0 and 12.1. CUDA 12
// called 11.0, of a family of its own, 10.1.
bool is_of_family(const CudaVersion& family, const CudaVersion& gpu) {
  const auto is_10_1 = [](const CudaVersion& version) { return version == CudaVersion{10, 1}; };
  return gpu.major == family.major && gpu.minor >= family.minor && is_10_1(gpu) == is_10_1(family);
}

}  // namespace

std::optional<CudaVersion> parse_cuda_version(std::string_view text) {
  const auto numbers = parse_numbers(text);
  if (!numbers || numbers->size() > 3) return std::nullopt;
  return CudaVersion{numbers->front(), numbers->size() > 1 ? (*numbers)[1] : 0};
}

std::string to_string(const CudaVersion& version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

std::optional<DriverVersion> parse_driver_version(std::string_view text) {
  auto numbers = parse_numbers(text);
  if (!numbers || numbers->size() < 2 || numbers->size() > 3) return std::nullopt;
  return DriverVersion{std::move(*numbers)};
}

std::string to_string(const DriverVersion& version) {
  std::string text;
  for (const int number : version.numbers)
    text += text.empty() ? fmt::format("{}", number) : fmt::format(".{:02}", number);
  return text;
}

std::optional<CudaArch> parse_cuda_arch(std::string_view text) {
  CudaArch arch;
  const std::string_view machine = "sm_", ptx = "compute_";
  if (!text.starts_with(machine) && !text.starts_with(ptx)) return std::nullopt;
  arch.kind = text.starts_with(ptx) ? CudaArch::Kind::ptx : CudaArch::Kind::machine_code;
  text.remove_prefix(arch.kind == CudaArch::Kind::ptx ? ptx.size() : machine.size());
  if (text.ends_with('a')) arch.reach = CudaArch::Reach::exact;
  if (text.ends_with('f')) arch.reach = CudaArch::Reach::family;
  if (arch.reach != CudaArch::Reach::forward) text.remove_suffix(1);
  const auto number = parse_number(text);
  if (!number || text.size() < 2 || text.size() > 4) return std::nullopt;
  arch.capability = {*number / 10, *number % 10};
  return arch;
}

bool runs_on(const CudaArch& arch, const CudaVersion& gpu) {
  if (arch.reach == CudaArch::Reach::exact) return gpu == arch.capability;
  if (arch.reach == CudaArch::Reach::family) return is_of_family(arch.capability, gpu);
  if (arch.kind == CudaArch::Kind::ptx) return gpu >= arch.capability;
  if (is_tegra(gpu) || is_tegra(arch.capability)) return gpu == arch.capability;
  return gpu.major == arch.capability.major && gpu.minor >= arch.capability.minor;
}

KernelImage kernel_image(const std::vector<std::string>& archs, const CudaVersion& gpu) {
  auto best = KernelImage::none;
  for (const auto& text : archs) {
    const auto arch = parse_cuda_arch(text);
    if (!arch || !runs_on(*arch, gpu)) continue;
    if (arch->kind == CudaArch::Kind::machine_code) return KernelImage::machine_code;
    best = KernelImage::ptx;
  }
  return best;
}

std::optional<DriverVersion> oldest_driver(int runtime_major) {
  switch (runtime_major) {
    case 11:
      return DriverVersion{{450, 80, 2}};
    case 12:
      return DriverVersion{{525, 60, 13}};
    case 13:
      return DriverVersion{{580}};
    default:
      return std::nullopt;
  }
}

DriverFit driver_fit(const CudaVersion& runtime, const CudaVersion& driver,
                     const std::optional<DriverVersion>& kernel_driver) {
  if (runtime <= driver) return DriverFit::newer;
  if (runtime.major != driver.major || runtime.major < 11) return DriverFit::insufficient;
  const auto oldest = oldest_driver(runtime.major);
  return kernel_driver && oldest && *kernel_driver < *oldest ? DriverFit::insufficient
                                                             : DriverFit::same_major;
}

}  // namespace wheelfix
