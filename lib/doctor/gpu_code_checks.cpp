#include <fmt/format.h>

#include <algorithm>

#include "base/finding_sink.hpp"
#include "doctor/cuda_host_checks.hpp"

namespace wheelfix {
namespace {

std::string arch_name(const CudaVersion& capability) {
  return fmt::format("sm_{}{}", capability.major, capability.minor);
}

class GpuCodeChecker {
 public:
  GpuCodeChecker(const WheelSet& set, const CudaWheel& wheel, const HostCuda& host)
      : set_(set), wheel_(wheel), host_(host), findings_(set.wheels[wheel.wheel].wheel().path().string()) {
    for (const auto& library : set.libraries[wheel.wheel].libraries)
      if (!library.info.is_program && !library.cuda_archs.empty()) libraries_.push_back(&library);
    // nvlink's default if no GPU is named, without PTX, like in cuFFT's libcufftw: the library has no kernels
    // of its own.
    const auto is_leftover = [](const WheelLibrary* library) {
      return library->cuda_archs == std::vector<std::string>{"sm_52"};
    };
    if (!std::ranges::all_of(libraries_, is_leftover)) std::erase_if(libraries_, is_leftover);
  }

  std::vector<Finding> run() {
    if (libraries_.empty()) return {};
    const bool runs_nowhere = std::ranges::none_of(host_.gpus, [&](const HostGpu& gpu) {
      return std::ranges::any_of(libraries_,
                                 [&](const WheelLibrary* library) { return runs(*library, gpu); });
    });
    std::vector<CudaVersion> seen;
    for (const auto& gpu : host_.gpus) {
      if (std::ranges::find(seen, gpu.capability) != seen.end()) continue;
      seen.push_back(gpu.capability);
      check(gpu, runs_nowhere ? Severity::error : Severity::warning);
    }
    return findings_.take();
  }

 private:
  static bool runs(const WheelLibrary& library, const HostGpu& gpu) {
    return kernel_image(library.cuda_archs, gpu.capability) != KernelImage::none;
  }

  void check(const HostGpu& gpu, Severity severity) {
    std::vector<const WheelLibrary*> without;
    std::ranges::copy_if(libraries_, std::back_inserter(without),
                         [&](const WheelLibrary* library) { return !runs(*library, gpu); });
    if (without.size() == libraries_.size()) {
      const auto* most = *std::ranges::max_element(
          libraries_, {}, [](const WheelLibrary* library) { return library->cuda_archs.size(); });
      findings_.add(
          FindingCode::host_no_kernel_image, severity, most->path,
          fmt::format("{}: no library of the wheel has code for {}", no_kernel_image, to_string(gpu)),
          advice(*most, gpu));
      return;
    }
    // Kernels for certain GPUs only are often in separate libraries, which are never loaded for other GPUs.
    for (const auto* library : without)
      findings_.note(
          FindingCode::host_no_kernel_image, library->path,
          fmt::format("{}: has no code for {}, but other libraries of the wheel have", no_kernel_image,
                      to_string(gpu)),
          fmt::format("it has {}: only its own functions fail", fmt::join(library->cuda_archs, ", ")));
    check_ptx(gpu);
  }

  /// A driver compiles PTX that is no newer than itself.
  void check_ptx(const HostGpu& gpu) {
    const auto toolkit = wheel_.toolkit();
    if (!toolkit || !host_.driver_cuda || toolkit->major != host_.driver_cuda->major ||
        *toolkit <= *host_.driver_cuda)
      return;
    for (const auto* library : libraries_) {
      if (kernel_image(library->cuda_archs, gpu.capability) != KernelImage::ptx) continue;
      findings_.warning(
          FindingCode::host_ptx_too_new, library->path,
          fmt::format("has only PTX for {}, by CUDA {}, and this machine's driver compiles that of CUDA {} "
                      "and older: {}",
                      to_string(gpu), to_string(*toolkit), to_string(*host_.driver_cuda), unsupported_ptx),
          fmt::format("update the NVIDIA driver, or take a build of {} with {}", project(),
                      arch_name(gpu.capability)));
    }
  }

  const std::string& project() const { return set_.wheels[wheel_.wheel].wheel().name().distribution(); }

  std::string advice(const WheelLibrary& library, const HostGpu& gpu) const {
    const auto has = fmt::format("it has {}", fmt::join(library.cuda_archs, ", "));
    const auto arch = arch_name(gpu.capability);
    const bool is_older = std::ranges::all_of(library.cuda_archs, [&](const std::string& text) {
      const auto known = parse_cuda_arch(text);
      return known && gpu.capability < known->capability;
    });
    if (is_older)
      return fmt::format("{}: take a build of {} with {}, an older one or one for an older CUDA", has,
                         project(), arch);
    const auto first = first_compiler(gpu.capability);
    if (!first) return fmt::format("{}: take a build of {} with {}", has, project(), arch);
    return fmt::format("{}: take a build of {} with {}, which is made since CUDA {}", has, project(), arch,
                       to_string(*first));
  }

  const WheelSet& set_;
  const CudaWheel& wheel_;
  const HostCuda& host_;
  std::vector<const WheelLibrary*> libraries_;
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> check_gpu_code(const WheelSet& set, const CudaWheel& wheel, const HostCuda& host) {
  return GpuCodeChecker(set, wheel, host).run();
}

}  // namespace wheelfix
