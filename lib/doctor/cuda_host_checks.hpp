#pragma once

#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/host_cuda.hpp>

#include "doctor/cuda_checks.hpp"

namespace wheelfix {

/// The wheels against the machine, in the words that CUDA will have for it: no driver or no GPU, which ends
/// it; a driver too old, GPUs without code, libraries that the machine would give. `set` was read with
/// cuda_archs. Nothing where no wheel uses CUDA. Findings of the machine alone have no wheel.
std::vector<Finding> check_host_cuda(const WheelSet& set, const std::vector<CudaWheel>& wheels,
                                     const HostCuda& host);

/// Of one wheel's libraries what the machine's GPUs can't run: `host-no-kernel-image` and `host-ptx-too-new`.
std::vector<Finding> check_gpu_code(const WheelSet& set, const CudaWheel& wheel, const HostCuda& host);

/// `NVIDIA H100 80GB HBM3 (compute capability 9.0)`.
std::string to_string(const HostGpu& gpu);

}  // namespace wheelfix
