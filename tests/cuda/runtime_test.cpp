#include "common/cuda_runtime.hpp"

#include <doctest/doctest.h>

#ifdef WHEELFIX_CUDA_RUNTIME
#include <cuda_runtime_api.h>
#endif

using namespace wheelfix;

TEST_CASE("the built-in CUDA runtime has a version, and CUDA's messages are the known ones") {
  const auto ask = cli::own_cuda_runtime();
#ifdef WHEELFIX_CUDA_RUNTIME
  const auto host = ask_host_cuda({.own_runtime = ask});
  REQUIRE(host.own_runtime);
  CHECK(host.own_runtime->version == CudaVersion{CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10});
  if (host.gpus.empty()) CHECK(!host.own_runtime->failure.empty());
  CHECK(no_kernel_image == cudaGetErrorString(cudaErrorNoKernelImageForDevice));
  CHECK(insufficient_driver == cudaGetErrorString(cudaErrorInsufficientDriver));
  CHECK(unsupported_ptx == cudaGetErrorString(cudaErrorUnsupportedPtxVersion));
  CHECK(no_device == cudaGetErrorString(cudaErrorNoDevice));
#else
  CHECK_FALSE(ask);
#endif
}
