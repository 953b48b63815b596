#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <wheelfix/cuda.hpp>

namespace wheelfix {

enum class CudaProduct { cuda, cudnn };

/// `CUDA` and `cuDNN`.
std::string_view to_string(CudaProduct product) noexcept;

/// What the name of a library says, on Linux (`libcudart.so.12`, `libcudnn_ops_infer.so.8`) and on Windows
/// (`cudart64_110.dll`, `cudnn64_8.dll`), also with the hash that auditwheel and delvewheel add.
struct CudaLibraryName {
  CudaProduct product = CudaProduct::cuda;
  int major = 0;
  bool is_runtime = false;  ///< cudart

  bool operator==(const CudaLibraryName&) const = default;
};

/// Nothing for names without a version of CUDA: libcurand.so.10 is of CUDA 10 to 13, libcusolver.so.11 and
/// libcusparse.so.12 are of two. Source: the libraries of NVIDIA's wheels for CUDA 11, 12 and 13.
std::optional<CudaLibraryName> parse_cuda_library(std::string_view file_name);

/// Whether a library with this name asks NVIDIA's driver for GPUs: libcuda.so.1, nvcuda.dll.
bool is_driver_interface(std::string_view library_name);

/// Of a project on PyPI, whether its version is CUDA's own, or whether its major is.
bool has_cuda_version(std::string_view project);
bool has_cuda_major(std::string_view project);

/// NVIDIA's packages of its libraries, whose versions are the libraries' own: `nvidia-cudnn-cu12`.
bool is_nvidia_project(std::string_view project);

/// A version of CUDA in a project's name or in a local version label.
struct CudaLabel {
  int major = 0;
  std::optional<CudaVersion> version;  ///< if there is a minor version
  std::string text;                    ///< as written there

  bool operator==(const CudaLabel&) const = default;
};

/// `cu128`, `cu12`, `cuda12x` between other letters and digits: `nvidia-cublas-cu12`, `pt21cu121`.
std::optional<CudaLabel> find_cuda_label(std::string_view text);

}  // namespace wheelfix
