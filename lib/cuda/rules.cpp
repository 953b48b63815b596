#include <wheelfix/cuda.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

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

// Jetson's and DRIVE's GPUs, without those that share a number with desktop ones.
bool is_tegra(const CudaVersion& capability) {
  constexpr std::array tegra = {CudaVersion{3, 2}, CudaVersion{5, 3}, CudaVersion{6, 2}, CudaVersion{7, 2},
                                CudaVersion{8, 7}};
  return std::ranges::find(tegra, capability) != tegra.end();
}

// CUDA 12 called 11.0, Thor's, 10.1. Source: the release notes of CUDA 13.0.
CudaVersion as_numbered_now(const CudaVersion& capability) {
  return capability == CudaVersion{10, 1} ? CudaVersion{11, 0} : capability;
}

// A family too, by the guide's table: 10.0f runs on 10.0, 10.3 and 10.7, 12.0f on 12.0 and 12.1.
bool is_within_major(const CudaVersion& arch, const CudaVersion& gpu) {
  return gpu.major == arch.major && gpu.minor >= arch.minor;
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

bool runs_on(const CudaArch& arch, const CudaVersion& device) {
  const auto code = as_numbered_now(arch.capability), gpu = as_numbered_now(device);
  if (arch.reach == CudaArch::Reach::exact) return gpu == code;
  if (arch.reach == CudaArch::Reach::family) return is_within_major(code, gpu);
  if (arch.kind == CudaArch::Kind::ptx) return gpu >= code;
  if (is_tegra(gpu) || is_tegra(code)) return gpu == code;
  return is_within_major(code, gpu);
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

std::optional<CudaVersion> first_compiler(const CudaVersion& gpu) {
  static const std::map<CudaVersion, CudaVersion> compilers = {
      {{7, 5}, {10, 0}},  {{8, 0}, {11, 0}},  {{8, 6}, {11, 1}},  {{8, 9}, {11, 8}},  {{9, 0}, {11, 8}},
      {{10, 0}, {12, 8}}, {{12, 0}, {12, 8}}, {{10, 3}, {12, 9}}, {{12, 1}, {12, 9}}, {{11, 0}, {13, 0}}};
  const auto found = compilers.find(gpu);
  return found == compilers.end() ? std::nullopt : std::optional(found->second);
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
