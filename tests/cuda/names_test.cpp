// The names are of libraries in published wheels: torch's for CUDA 11.8, 12.1 and 13.0 on Linux and Windows,
// and NVIDIA's own.
#include "cuda/names.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

std::optional<CudaLibraryName> cuda(int major) {
  return CudaLibraryName{CudaProduct::cuda, major};
}
std::optional<CudaLibraryName> runtime(int major) {
  return CudaLibraryName{CudaProduct::cuda, major, true};
}
std::optional<CudaLibraryName> cudnn(int major) {
  return CudaLibraryName{CudaProduct::cudnn, major};
}

}  // namespace

TEST_CASE("a library's name on Linux says its version of CUDA or cuDNN") {
  CHECK(parse_cuda_library("libcudart.so.12") == runtime(12));
  CHECK(parse_cuda_library("libcudart.so.11.0") == runtime(11));
  CHECK(parse_cuda_library("libcudart-9335f6a2.so.11.0") == runtime(11));
  CHECK(parse_cuda_library("libcublas.so.11") == cuda(11));
  CHECK(parse_cuda_library("libcublasLt.so.13") == cuda(13));
  CHECK(parse_cuda_library("libnvrtc.so.11.2") == cuda(11));
  CHECK(parse_cuda_library("libnvJitLink.so.12") == cuda(12));
  CHECK(parse_cuda_library("libcupti.so.11.8") == cuda(11));
  CHECK(parse_cuda_library("libnppc.so.12") == cuda(12));
  CHECK(parse_cuda_library("libnvjpeg.so.13") == cuda(13));
  CHECK(parse_cuda_library("libcufftw.so.11") == cuda(12));
  CHECK(parse_cuda_library("libcudnn.so.8") == cudnn(8));
  CHECK(parse_cuda_library("libcudnn_ops_infer.so.8") == cudnn(8));
  CHECK(parse_cuda_library("libcudnn_graph.so.9") == cudnn(9));
}

TEST_CASE("a library with its own number says CUDA's only if it comes with one version") {
  CHECK(parse_cuda_library("libcufft.so.11") == cuda(12));
  CHECK(parse_cuda_library("libcufft.so.12") == cuda(13));
  CHECK(parse_cuda_library("libcufft.so.10") == std::nullopt);
  for (const auto* name :
       {"libcurand.so.10", "libcusolver.so.11", "libcusparse.so.12", "libnvToolsExt.so.1", "libnccl.so.2",
        "libcuda.so.1", "libcudnn.so", "libcudart_static.a", "libc10_cuda.so", "libcudart.so.12.py",
        "libnvrtc.alt.so.12", "libcusparseLt.so.0", "curand64_10.dll", "cudart.dll", "torch_cuda.dll",
        "nvToolsExt64_1.dll", "cufft64_10.dll", "cudart64_.dll", ""}) {
    CAPTURE(name);
    CHECK(parse_cuda_library(name) == std::nullopt);
  }
}

TEST_CASE("a DLL's name says it too, with or without the minor version") {
  CHECK(parse_cuda_library("cudart64_12.dll") == runtime(12));
  CHECK(parse_cuda_library("cudart64_110.dll") == runtime(11));
  CHECK(parse_cuda_library("CUDART64_101.DLL") == runtime(10));
  CHECK(parse_cuda_library("cudart64_92.dll") == runtime(9));
  CHECK(parse_cuda_library("cudart64_12-0d6dd1ebd3f5b4a5.dll") == runtime(12));
  CHECK(parse_cuda_library("cublas64_11.dll") == cuda(11));
  CHECK(parse_cuda_library("cublasLt64_13.dll") == cuda(13));
  CHECK(parse_cuda_library("nvrtc64_112_0.dll") == cuda(11));
  CHECK(parse_cuda_library("nvrtc64_120_0.dll") == cuda(12));
  CHECK(parse_cuda_library("nvJitLink_130_0.dll") == cuda(13));
  CHECK(parse_cuda_library("cufft64_11.dll") == cuda(12));
  CHECK(parse_cuda_library("cudnn64_8.dll") == cudnn(8));
  CHECK(parse_cuda_library("cudnn_ops_infer64_8.dll") == cudnn(8));
  CHECK(parse_cuda_library("cudnn_graph64_9.dll") == cudnn(9));
}

TEST_CASE("labels of CUDA are in local versions and in projects' names") {
  CHECK(find_cuda_label("cu118") == CudaLabel{11, CudaVersion{11, 8}, "cu118"});
  CHECK(find_cuda_label("cu128.stripe.5") == CudaLabel{12, CudaVersion{12, 8}, "cu128"});
  CHECK(find_cuda_label("pt21cu121") == CudaLabel{12, CudaVersion{12, 1}, "cu121"});
  CHECK(find_cuda_label("cu12torch2.3cxx11abiFALSE") == CudaLabel{12, std::nullopt, "cu12"});
  CHECK(find_cuda_label("cu92") == CudaLabel{9, CudaVersion{9, 2}, "cu92"});
  CHECK(find_cuda_label("nvidia-cublas-cu12") == CudaLabel{12, std::nullopt, "cu12"});
  CHECK(find_cuda_label("cupy-cuda11x") == CudaLabel{11, std::nullopt, "cuda11"});
  CHECK(find_cuda_label("cupy_cuda112") == CudaLabel{11, CudaVersion{11, 2}, "cuda112"});
  for (const auto* text : {"", "cpu", "cu", "cuda", "nvidia-cuda-runtime", "rocm5.6", "cu1", "cu2023",
                           "focu12", "cuda-python", "cu99999999999999999999"})
    CHECK(find_cuda_label(text) == std::nullopt);
}
