#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <wheelfix/cuda.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct HostGpu {
  std::string name;  ///< from the driver: `NVIDIA H100 80GB HBM3`
  CudaVersion capability;
  std::uint64_t memory = 0;  ///< bytes

  bool operator==(const HostGpu&) const = default;
};

/// A CUDA library of the machine.
struct HostLibrary {
  std::filesystem::path path;  ///< where it was found, under the name that a loader uses, if there is one
  std::string version;         ///< from the name of the file that symlinks lead to: `12.1.105`, or only `12`

  bool operator==(const HostLibrary&) const = default;
};

/// The answer of a CUDA runtime, cudart, about GPUs.
struct CudaRuntimeWord {
  CudaVersion version;
  std::string failure = {};  ///< CUDA's message; empty if it finds GPUs

  bool operator==(const CudaRuntimeWord&) const = default;
};

/// The state of NVIDIA's driver.
enum class DriverState {
  unknown,  ///< it crashes, hangs or isn't a known one: HostCuda::not_asked has more
  absent,   ///< no library of it loads
  refuses,  ///< by its own answer it can't be used: there is no GPU, or the kernel's driver is another
  works,
};

/// The CUDA of the machine.
struct HostCuda {
  DriverState driver = DriverState::unknown;
  std::string driver_trouble;                  ///< why it is absent or refuses
  std::optional<DriverVersion> kernel_driver;  ///< of the module in the kernel
  std::string
      driver_name;  ///< the one of HostCudaOptions::driver_libraries that loads; empty if not one does
  std::string driver_library;  ///< the path that it leads to
  /// The loader doesn't find it by its name, the first of driver_libraries, but by a later one.
  bool driver_is_hidden = false;
  std::optional<CudaVersion> driver_cuda;  ///< the newest version of CUDA that it knows
  std::vector<HostGpu> gpus;
  std::vector<HostLibrary> runtimes;  ///< libcudart
  std::vector<HostLibrary> cudnn;
  std::optional<CudaRuntimeWord> own_runtime;  ///< of the runtime that the program was built with
  bool is_wsl = false;
  std::vector<std::string> not_asked;  ///< what could not be found out and why, one sentence each
};

struct HostCudaOptions {
  /// Names or paths of the driver's library; the first that loads is used. On Windows it is nvcuda.dll.
  std::vector<std::string> driver_libraries = {"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"};
  std::filesystem::path root = "/";                 ///< where /proc, /etc and /usr are
  std::vector<std::filesystem::path> folders = {};  ///< to search for libraries first
  std::chrono::milliseconds time{20'000};  ///< for the driver: a GPU that sleeps takes seconds to wake
  /// Asks the CUDA runtime that the program was built with, if it was; runs in the child too.
  std::function<CudaRuntimeWord()> own_runtime = {};
};

/// Looks at the machine. Its driver's library is loaded only in a child process, so that one that crashes or
/// hangs is only reported. Also searches $LD_LIBRARY_PATH, what ld.so.cache names, $CUDA_HOME and $CUDA_PATH
/// with their lib64 and lib, /usr/local/cuda and WSL's folder. Doesn't throw for what is missing.
HostCuda ask_host_cuda(const HostCudaOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
