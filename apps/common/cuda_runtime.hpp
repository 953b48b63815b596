#pragma once

#include <functional>
#include <wheelfix/host_cuda.hpp>

namespace cli {

/// Asks the CUDA runtime that is linked in; empty if this was built without the CUDA Toolkit. Only for a
/// child process: see HostCudaOptions.
std::function<wheelfix::CudaRuntimeWord()> own_cuda_runtime();

}  // namespace cli
