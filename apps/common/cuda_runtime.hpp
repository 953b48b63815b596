#pragma once

#include <functional>
#include <wheelfix/host_cuda.hpp>

namespace cli {

/// Asks the CUDA runtime that is linked in; without a function to call if this was built without the CUDA
/// Toolkit. For a child process alone, as HostCudaOptions has it.
std::function<wheelfix::CudaRuntimeWord()> own_cuda_runtime();

}  // namespace cli
