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
  std::string name;  ///< as the driver says it: `NVIDIA H100 80GB HBM3`
  CudaVersion capability;
  std::uint64_t memory = 0;  ///< bytes

  bool operator==(const HostGpu&) const = default;
};

/// A CUDA library among the machine's own.
struct HostLibrary {
  std::filesystem::path path;  ///< where it was found, by the name that a loader asks for if there is one
  std::string version;         ///< as the file's name behind symlinks tells: `12.1.105`, or only `12`

  bool operator==(const HostLibrary&) const = default;
};

/// What a CUDA runtime, cudart, says when it is asked for GPUs.
struct CudaRuntimeWord {
  CudaVersion version;
  std::string failure = {};  ///< in CUDA's words; empty if it finds GPUs

  bool operator==(const CudaRuntimeWord&) const = default;
};

/// How NVIDIA's driver answers.
enum class DriverState {
  unknown,  ///< it crashes, hangs or is none that is known: HostCuda::not_asked tells
  absent,   ///< no library of it loads
  refuses,  ///< it can't be used, as it says itself: there is no GPU, or the kernel's driver is another
  works,
};

/// What the machine has of CUDA.
struct HostCuda {
  DriverState driver = DriverState::unknown;
  std::string driver_trouble;                  ///< why it is absent or refuses
  std::optional<DriverVersion> kernel_driver;  ///< of the module in the kernel
  std::string driver_name;  ///< that of HostCudaOptions::driver_libraries that loads; empty if none does
  std::string driver_library;  ///< the path that it leads to
  /// The loader doesn't find it by its name, the first of driver_libraries, but a later one leads to it.
  bool driver_is_hidden = false;
  std::optional<CudaVersion> driver_cuda;  ///< the greatest version of CUDA that it knows
  std::vector<HostGpu> gpus;
  std::vector<HostLibrary> runtimes;  ///< libcudart
  std::vector<HostLibrary> cudnn;
  std::optional<CudaRuntimeWord> own_runtime;  ///< of the runtime that the program was built with
  bool is_wsl = false;
  std::vector<std::string> not_asked;  ///< what could not be learnt and why, one sentence each
};

struct HostCudaOptions {
  /// Names or paths of the driver's library, the first that loads is asked. On Windows it is nvcuda.dll.
  std::vector<std::string> driver_libraries = {"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"};
  std::filesystem::path root = "/";                 ///< where /proc, /etc and /usr are
  std::vector<std::filesystem::path> folders = {};  ///< to look for libraries in, before all others
  std::chrono::milliseconds time{20'000};  ///< for the driver: a GPU that sleeps takes seconds to wake
  /// Asks the CUDA runtime that the program was built with, if it was; runs in the child too.
  std::function<CudaRuntimeWord()> own_runtime = {};
};

/// Looks at the machine. Its driver's library is loaded in a child process alone, so that one that crashes or
/// hangs is only told of. Further folders are $LD_LIBRARY_PATH, what ld.so.cache names, $CUDA_HOME and
/// $CUDA_PATH with their lib64 and lib, /usr/local/cuda and WSL's. Throws nothing for what isn't there.
HostCuda ask_host_cuda(const HostCudaOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
