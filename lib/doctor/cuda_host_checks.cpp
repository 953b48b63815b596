#include "doctor/cuda_host_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "cuda/names.hpp"

namespace wheelfix {
namespace {

/// The version of CUDA that some of the wheels are for.
struct WheelCuda {
  const CudaSign* sign = nullptr;
  std::size_t wheel = 0;
  bool is_runtime = false;  ///< it is that of the set's runtime
  int major = 0;
  std::optional<CudaVersion> version;  ///< if the minor version is known too

  CudaVersion least() const { return version.value_or(CudaVersion{major, 0}); }
  std::string text() const { return version ? to_string(*version) : fmt::format("{}", major); }
};

class HostChecker {
 public:
  HostChecker(const WheelSet& set, const std::vector<CudaWheel>& wheels, const HostCuda& host, bool needs_gpu)
      : set_(set),
        wheels_(wheels),
        host_(host),
        names_(set),
        without_gpu_(needs_gpu ? Severity::error : Severity::note),
        findings_({}) {}

  std::vector<Finding> run() {
    if (std::ranges::none_of(wheels_, &CudaWheel::uses_cuda)) return {};
    if (set_.system.kind == LoaderKind::windows || set_.system.kind == LoaderKind::dyld) {
      findings_.note(FindingCode::host_not_asked, {}, "the wheels are for another system than this machine's",
                     "run doctor with --host on the machine that will use them");
    } else if (host_.driver == DriverState::absent) {
      report_no_driver();
    } else {
      check_machine();
    }
    return findings_.take();
  }

 private:
  void add(FindingCode code, Severity severity, std::size_t wheel, const CudaSign& sign, std::string message,
           std::string hint) {
    std::optional<std::string> path;
    if (!sign.path.empty()) path = sign.path;
    findings_.add({code, severity, set_.wheels[wheel].wheel().path().string(), std::move(path),
                   std::move(message), std::move(hint)});
  }

  void check_machine() {
    check_driver();
    if (host_.driver == DriverState::works && host_.gpus.empty() && host_.not_asked.empty())
      report_no_gpu(std::string(no_device));
    if (host_.driver == DriverState::refuses) report_no_gpu(host_.driver_trouble);
    if (host_.driver_is_hidden) report_hidden();
    if (!host_.gpus.empty()) check_gpus();
    for (const auto& wheel : wheels_) {
      check_libraries(wheel, CudaProduct::cuda, host_.runtimes);
      check_libraries(wheel, CudaProduct::cudnn, host_.cudnn);
    }
    for (const auto& what : host_.not_asked)
      findings_.note(FindingCode::host_not_asked, {}, what, "what depends on the answer was not checked");
  }

  void report_no_driver() {
    std::string hint = "install NVIDIA's driver; on a machine without an NVIDIA GPU, use wheels for the CPU";
    if (host_.is_wsl)
      hint =
          "in WSL2 the driver is that of Windows: install NVIDIA's there, and not here; its library is "
          "/usr/lib/wsl/lib/libcuda.so.1";
    else if (host_.kernel_driver)
      hint = fmt::format(
          "the kernel has NVIDIA's driver {}, and its library is out of reach: a container "
          "gets it by NVIDIA's Container Toolkit (`--gpus all`)",
          to_string(*host_.kernel_driver));
    findings_.add(FindingCode::host_no_driver, without_gpu_, {},
                  fmt::format("no NVIDIA driver on this machine, so CUDA doesn't work{}: {}", built_for(),
                              host_.driver_trouble),
                  hint);
  }

  void report_no_gpu(const std::string& words) {
    findings_.add(
        FindingCode::host_no_gpu, without_gpu_, {},
        fmt::format("the NVIDIA driver finds no GPU that it can use, so CUDA doesn't work: {}", words),
        host_.is_wsl ? "in WSL2 the driver is that of Windows: update NVIDIA's there, then `wsl --shutdown`"
                     : "see what `nvidia-smi` says; $CUDA_VISIBLE_DEVICES may hide GPUs, and an updated "
                       "driver needs a restart");
  }

  /// ` for torch, built for CUDA 12.8`: the projects that aren't NVIDIA's own, three at most.
  std::string built_for() const {
    constexpr std::size_t most = 3;
    std::vector<std::string> projects, cuda;
    for (const auto& wheel : wheels_) {
      const auto& project = set_.wheels[wheel.wheel].wheel().name().distribution();
      if (wheel.uses_cuda() && !is_nvidia_project(project)) projects.push_back(project);
    }
    for (const auto& [major, version] : versions()) cuda.push_back(version.text());
    if (projects.empty() || cuda.empty()) return "";
    const auto more = projects.size() - std::min(projects.size(), most);
    projects.resize(std::min(projects.size(), most));
    return fmt::format(" for {}{}, built for CUDA {}", fmt::join(projects, ", "),
                       more > 0 ? fmt::format(" and {} more", more) : "", fmt::join(cuda, " and "));
  }

  void report_hidden() {
    findings_.warning(
        FindingCode::host_driver_path, {},
        fmt::format("the loader doesn't find libcuda.so.1 by its name, only {} by its path",
                    host_.driver_name),
        "in WSL2, put /usr/lib/wsl/lib into LD_LIBRARY_PATH, or into a file of /etc/ld.so.conf.d and run "
        "ldconfig");
  }

  /// By major, the version of the set's runtime or, without one, what the wheels say.
  std::map<int, WheelCuda> versions() const {
    std::map<int, WheelCuda> versions;
    const auto add = [&](const WheelCuda& found) {
      auto& known = versions[found.major];
      const bool is_better =
          found.is_runtime == known.is_runtime ? found.least() > known.least() : found.is_runtime;
      if (known.sign == nullptr || is_better) known = found;
    };
    for (const auto& wheel : wheels_) {
      for (const auto& sign : wheel.gives)
        if (sign.is_runtime) add({&sign, wheel.wheel, true, sign.major, sign.version});
      const auto majors = wheel.majors(CudaProduct::cuda);
      if (majors.size() != 1 || !wheel.uses_cuda()) continue;  // it uses what is there
      const int major = *majors.begin();
      const auto toolkit = wheel.toolkit();
      add({wheel.sign(CudaProduct::cuda, major), wheel.wheel, false, major,
           toolkit && toolkit->major == major ? toolkit : std::nullopt});
    }
    return versions;
  }

  void check_driver() {
    if (!host_.driver_cuda) return;
    for (const auto& [major, cuda] : versions()) {
      if (driver_fit(cuda.least(), *host_.driver_cuda, host_.kernel_driver) != DriverFit::insufficient)
        continue;
      const auto oldest = oldest_driver(major);
      add(FindingCode::host_driver_too_old, Severity::error, cuda.wheel, *cuda.sign,
          fmt::format("{}: the wheels are for CUDA {}, and this machine's NVIDIA driver{} is for CUDA {}",
                      insufficient_driver, cuda.text(), kernel_driver(), to_string(*host_.driver_cuda)),
          fmt::format("update the NVIDIA driver{}{}, or use wheels for CUDA {}",
                      host_.is_wsl ? " of Windows, which WSL2 has" : "",
                      oldest ? fmt::format(" to {} or later", to_string(*oldest)) : "",
                      host_.driver_cuda->major));
    }
  }

  std::string kernel_driver() const {
    return host_.kernel_driver ? " " + to_string(*host_.kernel_driver) : "";
  }

  void check_gpus() {
    for (const auto& wheel : wheels_) {
      findings_.add(check_gpu_code(set_, wheel, host_));
    }
    check_own_runtime();
    std::string gpus, cuda;
    std::vector<std::string> names;
    for (const auto& gpu : host_.gpus) names.push_back(to_string(gpu));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (std::ranges::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
          names.begin() + static_cast<std::ptrdiff_t>(i))
        continue;
      const auto count = std::ranges::count(names, names[i]);
      gpus += fmt::format("{}{}{}", gpus.empty() ? "" : ", ", count > 1 ? fmt::format("{} x ", count) : "",
                          names[i]);
    }
    for (const auto& [major, version] : versions()) cuda += (cuda.empty() ? "" : " and ") + version.text();
    findings_.note(FindingCode::host_cuda, {},
                   fmt::format("this machine has NVIDIA's driver{} for CUDA {}, and {}{}", kernel_driver(),
                               host_.driver_cuda ? to_string(*host_.driver_cuda) : "of unknown version", gpus,
                               cuda.empty() ? "" : "; the wheels are for CUDA " + cuda),
                   "");
  }

  /// The runtime that this program has isn't the wheels', but the machine is the same.
  void check_own_runtime() {
    if (!host_.own_runtime) {
      if (host_.not_asked.empty())
        findings_.note(FindingCode::host_not_asked, {},
                       "CUDA's own runtime was not asked: this program was built without the CUDA Toolkit",
                       "");
      return;
    }
    const auto& [version, failure] = *host_.own_runtime;
    const bool fits = host_.driver_cuda &&
                      driver_fit(version, *host_.driver_cuda, host_.kernel_driver) != DriverFit::insufficient;
    if (failure.empty() || !fits) return;
    findings_.warning(FindingCode::host_cuda_fails, {},
                      fmt::format("CUDA's runtime {} finds no GPU here, although the driver has some: {}",
                                  to_string(version), failure),
                      "programs that use CUDA will likely say the same; see what `nvidia-smi` says");
  }

  /// Libraries that no wheel has, but the machine may.
  void check_libraries(const CudaWheel& wheel, CudaProduct product, const std::vector<HostLibrary>& own) {
    if (own.empty() || set_gives(product)) return;
    const CudaSign* first = nullptr;
    for (const auto& sign : wheel.needs) {
      const bool is_main = sign.is_runtime || sign.name.starts_with("libcudnn.so.");
      if (sign.product != product || !is_main) continue;
      if (is_there(set_, names_, sign.name)) return;
      const auto found = std::ranges::find(
          own, sign.name, [](const HostLibrary& library) { return library.path.filename().string(); });
      if (found != own.end()) {
        add(FindingCode::host_library, Severity::note, wheel.wheel, sign,
            fmt::format("needs {}, which no given wheel has; this machine has it: {} ({} {})",
                        printable(sign.name), printable(found->path.string()), to_string(product),
                        printable(found->version)),
            "`--sysroot /` shows whether the loader finds it");
        return;
      }
      if (first == nullptr) first = &sign;
    }
    if (first == nullptr) return;
    add(product == CudaProduct::cuda ? FindingCode::cuda_mismatch : FindingCode::cudnn_mismatch,
        Severity::warning, wheel.wheel, *first,
        fmt::format("is for {} {}, which no given wheel has, and this machine has {} {}: {}, and there is {}",
                    to_string(product), first->major, to_string(product), printable(own.front().version),
                    first->text, printable(own.front().path.string())),
        fmt::format("give the wheels of {} {} that it requires", to_string(product), first->major));
  }

  bool set_gives(CudaProduct product) const {
    return std::ranges::any_of(wheels_, [&](const CudaWheel& wheel) {
      return std::ranges::find(wheel.gives, product, &CudaSign::product) != wheel.gives.end();
    });
  }

  const WheelSet& set_;
  const std::vector<CudaWheel>& wheels_;
  const HostCuda& host_;
  LibraryIndex names_;
  Severity without_gpu_;
  FindingSink findings_;
};

}  // namespace

std::string to_string(const HostGpu& gpu) {
  return fmt::format("{} (compute capability {})", gpu.name, to_string(gpu.capability));
}

std::vector<Finding> check_host_cuda(const WheelSet& set, const std::vector<CudaWheel>& wheels,
                                     const HostCuda& host, bool needs_gpu) {
  return HostChecker(set, wheels, host, needs_gpu).run();
}

}  // namespace wheelfix
