#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A version of CUDA, or a GPU's compute capability: `12.1`.
struct CudaVersion {
  int major = 0;
  int minor = 0;

  auto operator<=>(const CudaVersion&) const = default;
};

/// `12`, which is 12.0, or `12.1`; a third number is ignored. Nothing for other text.
std::optional<CudaVersion> parse_cuda_version(std::string_view text);
std::string to_string(const CudaVersion& version);

/// The version of NVIDIA's driver: `535.104.05`.
struct DriverVersion {
  std::vector<int> numbers;

  auto operator<=>(const DriverVersion&) const = default;
};

std::optional<DriverVersion> parse_driver_version(std::string_view text);
/// As NVIDIA writes it: `450.80.02`, with two digits in the last of three numbers.
std::string to_string(const DriverVersion& version);

/// GPU code for one kind of GPU: `sm_90a`, machine code, or `compute_90`, PTX, which the driver compiles.
struct CudaArch {
  enum class Kind { machine_code, ptx };
  enum class Reach {
    forward,  ///< no letter: newer GPUs too
    family,   ///< f: those of the same family
    exact,    ///< a: only this one
  };

  Kind kind = Kind::machine_code;
  CudaVersion capability;
  Reach reach = Reach::forward;

  bool operator==(const CudaArch&) const = default;
};

std::optional<CudaArch> parse_cuda_arch(std::string_view text);

/// Whether a GPU of this compute capability runs the code. Source: NVIDIA's CUDA Programming Guide, on binary
/// compatibility (same major, same or higher minor; of Tegra's GPUs, Jetson's, only the same), on PTX
/// compatibility, and on architecture-specific (a) and family-specific (f) features.
bool runs_on(const CudaArch& arch, const CudaVersion& gpu);

enum class KernelImage {
  machine_code,  ///< there is code for the GPU
  ptx,           ///< only PTX, which the driver compiles at the first use
  none,
};

/// What a GPU finds in code for these architectures, like `sm_80` and `compute_90`. Other text is ignored.
KernelImage kernel_image(const std::vector<std::string>& archs, const CudaVersion& gpu);

/// The first CUDA whose compiler makes code for a GPU of this compute capability, from 7.5 on, as far as it
/// is known here. Source: the CUDA Toolkit's release notes.
std::optional<CudaVersion> first_compiler(const CudaVersion& gpu);

/// Whether a CUDA runtime works with a driver.
enum class DriverFit {
  newer,       ///< the driver knows that version of CUDA
  same_major,  ///< by minor-version compatibility: PTX that is as new as the runtime is refused
  insufficient,
};

/// `driver` is the newest version of CUDA that the driver knows; `kernel_driver` is its own version, if
/// known. Source: NVIDIA's CUDA Compatibility.
DriverFit driver_fit(const CudaVersion& runtime, const CudaVersion& driver,
                     const std::optional<DriverVersion>& kernel_driver);

/// The oldest driver for Linux that a runtime of this major works with, for 11 and later, as far as it is
/// known here. Source: as above.
std::optional<DriverVersion> oldest_driver(int runtime_major);

// What CUDA says, word for word (cudaGetErrorString).
constexpr std::string_view no_kernel_image = "no kernel image is available for execution on the device";
constexpr std::string_view insufficient_driver =
    "CUDA driver version is insufficient for CUDA runtime version";
constexpr std::string_view unsupported_ptx = "the provided PTX was compiled with an unsupported toolchain.";
constexpr std::string_view no_device = "no CUDA-capable device is detected";

}  // namespace wheelfix
#pragma GCC visibility pop
