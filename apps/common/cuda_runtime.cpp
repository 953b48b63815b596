#include "common/cuda_runtime.hpp"

#ifdef WHEELFIX_CUDA_RUNTIME
#include <cuda_runtime_api.h>
#endif

namespace cli {

std::function<wheelfix::CudaRuntimeWord()> own_cuda_runtime() {
#ifdef WHEELFIX_CUDA_RUNTIME
  return [] {
    int version = 0, count = 0;
    wheelfix::CudaRuntimeWord word;
    if (cudaRuntimeGetVersion(&version) == cudaSuccess) word.version = {version / 1000, version % 1000 / 10};
    if (const auto error = cudaGetDeviceCount(&count); error != cudaSuccess)
      word.failure = cudaGetErrorString(error);
    return word;
  };
#else
  return {};
#endif
}

}  // namespace cli
